package analyze

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestTraces holds traces, cut to what shows their shape, to the cause that must be found.
func TestTraces(t *testing.T) {
	files, err := filepath.Glob("testdata/shapes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(ar.Files); i += 2 {
			t.Run(filepath.Base(file)+" "+ar.Files[i].Name, func(t *testing.T) {
				if got, points := cause(t, ar.Files[i].Data); got != strings.TrimSpace(string(ar.Files[i+1].Data)) {
					t.Errorf("found %q, %v", got, points)
				}
			})
		}
	}
}

// What takes many calls to show.
func TestLongTraces(t *testing.T) {
	const begin = "5 execve(\"/srv/bin/app\", [\"app\"], 0x7ffc /* 9 vars */) = 0\n"
	many := strings.Repeat("5 getpid() = 5\n", 130)
	end := "5 exit_group(1) = ?\n5 +++ exited with 1 +++\n"
	look := "5 openat(AT_FDCWD, \"/lib/libwallet.so.5\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)\n5 openat(AT_FDCWD, \"/usr/lib/libwallet.so.5\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)\n"
	key := "5 newfstatat(AT_FDCWD, \"/srv/key\", 0x7ffc, 0) = -1 ENOENT (No such file or directory)\n"
	says := "5 write(2, \"app: can't go on\\n\", 17) = 17\n"
	moved := ""
	for _, tmp := range []string{"a", "b", "c", "d"} {
		moved += "5 rename(\"/srv/lock/" + tmp + "\", \"/srv/lock/held\") = -1 ENOTEMPTY (Directory not empty)\n5 clock_nanosleep(CLOCK_MONOTONIC, 0, {tv_sec=1, tv_nsec=0}, NULL) = 0\n"
	}
	for _, test := range []struct{ name, log, want string }{
		{"a library right before the message", begin + key + look + says + end, "search openat ENOENT /lib/libwallet.so.5"},
		{"a library that was done without", begin + look + many + key + says + end, "syscall newfstatat ENOENT /srv/key"},
		{"a plain file where a folder was to be made", begin + "5 access(\"/srv/opt\", R_OK) = -1 ENOENT (No such file or directory)\n5 mkdir(\"/srv/data\", 0755) = -1 EEXIST (File exists)\n5 newfstatat(AT_FDCWD, \"/srv/data\", {st_mode=S_IFREG|0644, st_size=1, ...}, 0) = 0\n5 write(2, \"app: can't open folder data\\n\", 28) = 28\n" + end,
			"syscall mkdir EEXIST /srv/data"},
		{"a lock that is tried in a sweep", begin + "5 openat(AT_FDCWD, \"/srv/perf/13495\", O_RDONLY|O_CLOEXEC) = 6\n5 flock(6, LOCK_EX|LOCK_NB) = -1 EAGAIN (Resource temporarily unavailable)\n5 close(6) = 0\n" + many + many + key + says + end,
			"syscall newfstatat ENOENT /srv/key"},
		{"what it did after Ctrl-C", begin + moved + "5 --- SIGINT {si_signo=SIGINT, si_code=SI_KERNEL} ---\n" + many + end, "syscall rename ENOTEMPTY /srv/lock/held"},
	} {
		if got, points := cause(t, []byte(test.log)); got != test.want {
			t.Errorf("%s: %q, %v", test.name, got, points)
		}
	}
	found := &candidate{kind: "search", score: 9, reasons: []string{"x"}, found: true}
	if found.worth() {
		t.Error("what a search found is named")
	}
}

// Of several places that were searched, what is said is that of the best one: that the
// others were found elsewhere takes nothing from it.
func TestGroupedFound(t *testing.T) {
	log := "5 execve(\"/srv/bin/app\", [\"app\"], 0x7ffc /* 9 vars */) = 0\n" +
		"5 newfstatat(AT_FDCWD, \"/srv/a/x.build\", 0x7ffc, 0) = -1 ENOENT (No such file or directory)\n" +
		"5 newfstatat(AT_FDCWD, \"/srv/b/x.build\", {st_mode=S_IFREG|0644, st_size=1, ...}, 0) = 0\n" +
		"5 newfstatat(AT_FDCWD, \"/srv/c/x.build\", 0x7ffc, 0) = -1 ENOENT (No such file or directory)\n" +
		"5 write(2, \"app: no file c/x.build\\n\", 23) = 23\n5 exit_group(1) = ?\n5 +++ exited with 1 +++\n"
	if got, points := cause(t, []byte(log)); !strings.Contains(got, "x.build") || strings.Contains(got, "data") {
		t.Errorf("%q, %v", got, points)
	}
}
