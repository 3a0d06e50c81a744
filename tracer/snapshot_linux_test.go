package tracer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/stx"
)

// fakeProc makes a /proc with one process.
func fakeProc(t *testing.T, files, links map[string]string) string {
	t.Helper()
	proc := t.TempDir()
	for name, text := range files {
		name = filepath.Join(proc, "7", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range links {
		name = filepath.Join(proc, "7", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	return proc
}

func TestSnapshot(t *testing.T) {
	proc := fakeProc(t, map[string]string{
		"status": "Name:\tsh\nUmask:\t0027\nState:\tS (sleeping)\nTgid:\t7\nPid:\t7\nPPid:\t3\n" +
			"Uid:\t1000\t1001\t1002\t1003\nGid:\t1\t2\t3\t4\nGroups:\t10 20 \n" +
			"CapInh:\t0000000000000001\nCapPrm:\t0000000000000002\nCapEff:\t000001ffffffffff\nCapBnd:\t0000000000000004\nCapAmb:\t0000000000000008\n" +
			"NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n",
		"cmdline":      "sh\x00-c\x00a b\x00\x00",
		"limits":       "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 unlimited            files     \nMax realtime timeout      unlimited            unlimited            us        \nMax something new         1 2\n",
		"attr/current": "docker-default (enforce)\n\x00",
		"fdinfo/0":     "pos:\t12\nflags:\t0100000\nmnt_id:\t29\nino:\t5\n",
		"fdinfo/10":    "pos:\t0\nflags:\t02000002\nmnt_id:\t29\nino:\t5\n",
	}, map[string]string{
		"exe": "/bin/dash", "cwd": "/work dir", "root": "/", "fd/0": "/etc/passwd", "fd/10": "socket:[123]", "fd/9": "pipe:[4]",
		"ns/mnt": "mnt:[4026531841]", "ns/net": "net:[4026531840]",
	})
	want := &stx.Process{
		At: "exec", PID: 7, PPID: 3, Exe: "/bin/dash", Argv: []string{"sh", "-c", "a b", ""}, Cwd: "/work dir", Root: "/",
		UID: [4]uint32{1000, 1001, 1002, 1003}, GID: [4]uint32{1, 2, 3, 4}, Groups: []uint32{10, 20},
		CapInh: 1, CapPrm: 2, CapEff: 0x1ffffffffff, CapBnd: 4, CapAmb: 8, Umask: 0o27,
		Limits: []stx.Limit{{Name: "RLIMIT_NOFILE", Soft: 1024, Hard: ^uint64(0)}, {Name: "RLIMIT_RTTIME", Soft: ^uint64(0), Hard: ^uint64(0)}},
		FDs: []stx.FD{{N: 0, Target: "/etc/passwd", Flags: 0o100000, Pos: 12}, {N: 9, Target: "pipe:[4]"},
			{N: 10, Target: "socket:[123]", Flags: 0o2000002}},
		NoNewPrivs: true, Seccomp: 2,
		NS:       []stx.Namespace{{Type: "mnt", ID: "mnt:[4026531841]"}, {Type: "net", ID: "net:[4026531840]"}},
		Security: "docker-default (enforce)",
	}
	if diff := cmp.Diff(want, snapshot(proc, 7, "exec")); diff != "" {
		t.Error(diff)
	}
	empty := &stx.Process{At: "exec", PID: 8, Seccomp: -1}
	if diff := cmp.Diff(empty, snapshot(proc, 8, "exec")); diff != "" {
		t.Error(diff)
	}
}

// A program that was started by a link beside its file goes by the link's name,
// other names that a process has given itself don't count.
func TestSnapshotStartedAs(t *testing.T) {
	bin := t.TempDir()
	file, link := filepath.Join(bin, "multi"), filepath.Join(bin, "serverd")
	other := filepath.Join(bin, "worker")
	for _, name := range []string{file, other} {
		if err := os.WriteFile(name, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("multi", link); err != nil {
		t.Fatal(err)
	}
	for comm, want := range map[string]string{"serverd": link, "multi": file, "worker": file, "main: idle": file, "../x": file} {
		proc := fakeProc(t, map[string]string{"comm": comm + "\n"}, map[string]string{"exe": file, "root": "/"})
		if got := snapshot(proc, 7, "attach").Exe; got != want {
			t.Errorf("comm %q: %s, want %s", comm, got, want)
		}
	}
}

// The kernel of this machine must have no limit that we don't know.
func TestSnapshotOfSelf(t *testing.T) {
	s := snapshot("/proc", os.Getpid(), "attach")
	if len(s.Limits) != len(limitNames) {
		t.Errorf("limits %+v", s.Limits)
	}
	exe, _ := os.Executable()
	if s.Exe != exe || !slices.Equal(s.Argv, os.Args) || s.PPID != os.Getppid() || s.UID[1] != uint32(os.Geteuid()) {
		t.Errorf("snapshot %+v", s)
	}
	if i := slices.IndexFunc(s.NS, func(n stx.Namespace) bool { return n.Type == "mnt" }); i < 0 || !strings.HasPrefix(s.NS[i].ID, "mnt:[") {
		t.Errorf("namespaces %+v", s.NS)
	}
}
