package analyze

import (
	"slices"
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// ran is the log of a program that makes these calls, says these words, and fails.
func ran(calls, said string) []byte {
	if said != "" {
		calls += wrote("2", said)
	}
	return []byte("7 execve(\"/srv/bin/tool\", [\"tool\"], 0x7ffe /* 5 vars */) = 0\n" + calls + "7 exit_group(1) = ?\n7 +++ exited with 1 +++\n")
}

// ruleGave is what a rule has given for the first cause of a log.
func ruleGave(t *testing.T, log []byte, rule string) float64 {
	t.Helper()
	_, points := cause(t, log)
	i := slices.IndexFunc(points, func(p Points) bool { return p.Rule == rule })
	if i < 0 {
		return 0
	}
	return points[i].Points
}

func TestFoundElsewhere(t *testing.T) {
	for _, test := range []struct {
		errno, path, found, by string
		before                 bool
		want                   float64
	}{
		{"ENOENT", "/srv/a/x.dat", "/srv/b/x.dat", "openat", false, -7},
		{"ENOTDIR", "/srv/a/x.dat", "/srv/b/x.dat", "openat", false, -7},
		{"EACCES", "/srv/a/x.dat", "/srv/b/x.dat", "openat", false, -3},
		{"EMFILE", "/srv/a/x.dat", "/srv/b/x.dat", "openat", false, 0},
		{"ENOENT", "/srv/a/x.dat", "/srv/b/x.dat", "openat", true, 0},
		{"ENOENT", "/srv/a/x.dat", "/srv/b/y.dat", "openat", false, 0},
		{"EACCES", "/srv/a/x.dat", "/srv/a/x.dat", "newfstatat", false, 0},
		{"ENOENT", "/srv/a/x.tar.gz", "/srv/a/x.tar", "openat", true, -4},
	} {
		c := failedWith("openat", test.errno, test.path, "")
		c.pos = position{5, 5}
		at := position{9, 9}
		if test.before {
			at = position{1, 1}
		}
		c.sus.hist.byBase = map[string]*source{strings.TrimPrefix(test.found[len("/srv/a"):], "/"): {path: test.found, by: test.by, found: at}}
		if got, _ := foundElsewhere(nil, c); got != test.want {
			t.Errorf("%s of %s, and %s found: %v, want %v", test.errno, test.path, test.found, got, test.want)
		}
	}
}

func TestFallback(t *testing.T) {
	for _, test := range []struct {
		errno, path string
		next        next
		want        float64
	}{
		{"ENOENT", "/srv/a.conf", next{true, position{6, 6}, "/etc/b.ini"}, -2},
		{"ENOENT", "/srv/a.conf", next{true, position{6, 6}, "/srv/b.conf"}, -2.5},
		{"ENOENT", "/srv/a.conf", next{true, position{9, 9}, "/etc/b.ini"}, -1},
		{"EACCES", "/srv/a.conf", next{true, position{9, 9}, "/etc/b.ini"}, -0.5},
		{"ENOENT", "/srv/a.conf", next{true, position{6, 6}, ""}, 0},
		{"ENOENT", "/srv/a.conf", next{}, 0},
		{"ENOENT", "/srv/a.conf", next{true, position{60, 60}, "/etc/b.ini"}, 0}, // after the message
	} {
		c := failedWith("openat", test.errno, test.path, "")
		c.pos, c.fail.next, c.sus.anchor.pos = position{5, 5}, test.next, position{50, 50}
		if got, _ := fallback(nil, c); got != test.want {
			t.Errorf("%s of %s, then %+v: %v, want %v", test.errno, test.path, test.next, got, test.want)
		}
	}
}

// What the kernel lacks is asked for; what a thread may not do is handed over.
func TestHandedOver(t *testing.T) {
	for errno, want := range map[string]float64{"EACCES": 3.5, "ENOSYS": 0} {
		c := failedWith("openat", errno, "/srv/x", "")
		c.fail.handed, c.fail.tid = "its thread ended right after it", 8
		if got, _ := handedOver(nil, c); got != want {
			t.Errorf("%s: %v", errno, got)
		}
		c.sus.anchor.line.tid = 8 // the thread speaks itself
		if got, _ := handedOver(nil, c); got != 0 {
			t.Errorf("%s, and said so: %v", errno, got)
		}
	}
}

// A setting of the kernel that is to be changed is no probe.
func TestProbeForWriting(t *testing.T) {
	for flags, probe := range map[string]bool{"O_RDONLY": true, "O_WRONLY": false, "O_RDWR": false} {
		log := ran("7 open(\"/proc/sys/net/core/none\", "+flags+") = -1 ENOENT (No such file or directory)\n", "cannot set /proc/sys/net/core/none")
		if got := ruleGave(t, log, "start-up probe"); got < 0 != probe {
			t.Errorf("%s: %v", flags, got)
		}
	}
}

func TestNothingToRead(t *testing.T) {
	opened := func(reads int, eof bool) *replay.File {
		return &replay.File{Kind: replay.PathFile, Reads: int64(reads), EOF: eof}
	}
	peer := func(addr string) *replay.File {
		return &replay.File{Kind: replay.SocketFile, Sock: &replay.Socket{Peer: addr}}
	}
	for _, test := range []struct {
		name, path, said string
		file             *replay.File
		between          int
		want             float64
	}{
		{"it was read", "/srv/a.conf", "a.conf: bad value", opened(2, false), 9, 1},
		{"long ago", "/srv/a.conf", "a.conf: bad value", opened(2, false), 900, 0},
		{"it was empty", "/srv/a.conf", "a.conf: bad value", opened(0, true), 9, 4},
		{"its end is spoken of", "/srv/a.conf", "a.conf: unexpected end of file", opened(2, true), 9, 5.5},
		{"a call failed", "/srv/a.conf", "a.conf: Permission denied", opened(2, false), 9, -2},
		{"where the program stood", "/srv/a.sh", "a.sh: 3: bad value", opened(2, false), 9, -3},
		{"only later words name it", "/srv/a.conf", "bad value", opened(2, false), 9, -1},
		{"one of the system", "/etc/a.conf", "a.conf: bad value", opened(2, false), 9, -3},
		{"its own name", "/srv/bin/tool", "tool: bad value", nil, 9, -4},
		{"near", "", "no usable answer", peer("10.0.0.7:443"), 9, 3},
		{"far", "", "no usable answer", peer("10.0.0.7:443"), 90, 1.5},
		{"a name server", "", "cannot resolve it", peer("10.0.0.7:53"), 90, 5},
	} {
		c := failedWith("", "", "", test.said)
		c.fail, c.kind, c.between = nil, "data", test.between
		c.source = &source{path: test.path, file: test.file, ev: event.KeepWhole(&event.Event{Kind: event.Returned, Call: &event.Call{Name: "read", Entered: -1}})}
		if got, _ := nothingToRead(nil, c); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// A file that was only looked for says less, and one that can be run still less.
func TestOnlyLooked(t *testing.T) {
	gave := func(mode string) float64 {
		return ruleGave(t, ran("7 newfstatat(AT_FDCWD, \"/srv/plugin\", {st_mode="+mode+", st_size=9, ...}, 0) = 0\n", "/srv/plugin is not for me"), "nothing to read")
	}
	if folder, file, program := gave("S_IFDIR|0755"), gave("S_IFREG|0644"), gave("S_IFREG|0755"); !(folder > file && file > program) {
		t.Errorf("folder %v, file %v, program %v", folder, file, program)
	}
}

func TestUntraced(t *testing.T) {
	for _, test := range []struct {
		code, parent, between int
		said                  string
		want                  float64
	}{
		{1, 2, 50, "not ready", 4}, {2, 2, 50, "not ready", 6}, {1, 2, 3, "*** [all] Error 1", 8.5}, {1, 2, 50, "*** [all] Error 1", 4}, {3, 2, 3, "*** [all] Error 1", 4},
	} {
		c := failedWith("", "", "", test.said)
		c.fail, c.ghost, c.between = nil, &reaped{code: test.code}, test.between
		c.sus.hist.proc.Exit = &event.Exit{Code: test.parent}
		if got, _ := untraced(nil, c); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestSearches(t *testing.T) {
	miss := func(call, path string) string {
		return "7 " + call + "(AT_FDCWD, \"" + path + "\", 0) = -1 ENOENT (No such file or directory)\n"
	}
	for _, test := range []struct{ name, calls, want string }{
		{"one place, opened in the end", miss("newfstatat", "/srv/x.conf") + miss("openat", "/srv/x.conf"), "syscall openat ENOENT /srv/x.conf"},
		{"two places", miss("openat", "/srv/a/x.conf") + miss("openat", "/srv/b/x.conf"), "search openat ENOENT /srv/a/x.conf"},
		{"two sockets", "7 connect(3, {sa_family=AF_UNIX, sun_path=\"/srv/a/x.datck\"}, 16) = -1 ENOENT (No such file or directory)\n7 connect(3, {sa_family=AF_UNIX, sun_path=\"/srv/b/x.datck\"}, 16) = -1 ENOENT (No such file or directory)\n", "syscall connect ENOENT /srv/b/x.datck unix:/srv/b/x.datck"},
		{"a rename", "7 rename(\"/srv/a/x\", \"/srv/c\") = -1 ENOENT (No such file or directory)\n7 rename(\"/srv/b/x\", \"/srv/c\") = -1 ENOENT (No such file or directory)\n", "syscall rename ENOENT /srv/b/x"},
	} {
		if got, _ := cause(t, ran(test.calls, "not ready")); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	up := miss("openat", "/srv/a/b/c/x.mod") + miss("openat", "/srv/a/b/x.mod") + miss("openat", "/srv/a/x.mod") + miss("openat", "/srv/x.mod")
	if got := ruleGave(t, ran(up, "not ready"), "search upwards"); got >= 0 {
		t.Errorf("a search upwards: %v", got)
	}
}

// The end of a file is that of the one which was read last.
func TestEndOfLastRead(t *testing.T) {
	read := func(path string) string {
		return "7 openat(AT_FDCWD, \"" + path + "\", O_RDONLY) = 3\n7 read(3, \"{\", 99) = 1\n7 close(3) = 0\n"
	}
	if got, _ := cause(t, ran(read("/srv/b.json")+read("/srv/a.json")+read("/etc/c.json"), "unexpected end of input")); got != "data read /srv/a.json" {
		t.Error(got)
	}
}

// A kept status passes the blame on, even past a child that says more.
func TestKeptStatus(t *testing.T) {
	child := func(pid, code, call string) string {
		return "7 clone(child_stack=NULL, flags=SIGCHLD) = " + pid + "\n" + pid + " " + call + "\n" + pid + " exit_group(" + code + ") = ?\n" + pid + " +++ exited with " + code + " +++\n"
	}
	log := func(status string) []byte {
		return []byte("7 execve(\"/bin/sh\", [\"sh\"], 0x7ffe /* 5 vars */) = 0\n" + child("8", "3", "openat(AT_FDCWD, \"/srv/data.in\", O_RDONLY) = -1 ENOENT (No such file or directory)") +
			child("9", "1", "openat(AT_FDCWD, \"/srv/state\", O_RDONLY) = -1 EACCES (Permission denied)\n9 write(2, \"cp: /srv/state: Permission denied\\n\", 34) = 34") +
			"7 exit_group(" + status + ") = ?\n7 +++ exited with " + status + " +++\n")
	}
	if got, _ := cause(t, log("3")); got != "syscall openat ENOENT /srv/data.in" {
		t.Error(got)
	}
	if got, _ := cause(t, log("1")); got != "syscall openat EACCES /srv/state" {
		t.Error(got)
	}
}
