package replay_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// play replays an strace log and gives the state and the steps.
func play(t *testing.T, log string) (*replay.State, []replay.Step) {
	t.Helper()
	r, err := parser.New(strings.NewReader(strings.TrimLeft(log, "\n")), "test.log")
	if err != nil {
		t.Fatal(err)
	}
	s := replay.New()
	var steps []replay.Step
	for {
		e, err := r.Read()
		if err == io.EOF {
			return s, steps
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == event.Unknown {
			t.Fatalf("line %d not understood: %s", e.Line, e.Text)
		}
		steps = append(steps, s.Apply(e))
	}
}

// last gives the step of the last call of this name.
func last(t *testing.T, steps []replay.Step, name string) replay.Step {
	t.Helper()
	for i := len(steps) - 1; i >= 0; i-- {
		if e := steps[i].Event; e.Kind == event.Returned && e.Call.Name == name {
			return steps[i]
		}
	}
	t.Fatalf("no call %s", name)
	return replay.Step{}
}

func TestPaths(t *testing.T) {
	tests := []struct{ name, log, want string }{
		{"absolute", `
10 openat(AT_FDCWD, "/a//b/../c", O_RDONLY) = 3
`, "/a/c"},
		{"relative to getcwd", `
10 getcwd("/srv", 4096) = 5
10 openat(AT_FDCWD, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/srv/x/y"},
		{"getcwd told later", `
10 openat(AT_FDCWD, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
10 getcwd("/srv", 4096) = 5
`, "/srv/x/y"},
		{"getcwd after a relative chdir", `
10 openat(AT_FDCWD, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
10 chdir("sub") = 0
10 getcwd("/srv/sub", 4096) = 9
`, "/srv/x/y"},
		{"a shell makes sure of $PWD", `
10 newfstatat(AT_FDCWD, "/srv/app", {st_mode=S_IFDIR|0755, st_size=4096, ...}, 0) = 0
10 newfstatat(AT_FDCWD, ".", {st_mode=S_IFDIR|0755, st_size=4096, ...}, 0) = 0
10 openat(AT_FDCWD, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/srv/app/x/y"},
		{"$PWD is another directory", `
10 newfstatat(AT_FDCWD, "/srv/app", {st_mode=S_IFDIR|0755, st_size=4096, ...}, 0) = 0
10 newfstatat(AT_FDCWD, ".", {st_mode=S_IFDIR|0700, st_size=80, ...}, 0) = 0
10 openat(AT_FDCWD, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, ""},
		{"in one above a directory never told", `
10 chdir("..") = 0
10 openat(AT_FDCWD, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, ""},
		{"above a directory never told", `
10 openat(AT_FDCWD, "../../x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, ""},
		{"above a directory that was told", `
10 chdir("sub") = 0
10 getcwd("/srv/sub", 4096) = 9
10 openat(AT_FDCWD, "../../x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/x/y"},
		{"directory never told", `
10 openat(AT_FDCWD, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, ""},
		{"chdir", `
10 chdir("/var/spool") = 0
10 openat(AT_FDCWD, "tmp/x", O_RDWR|O_CREAT, 0600) = -1 EACCES (Permission denied)
`, "/var/spool/tmp/x"},
		{"failed chdir", `
10 chdir("/var") = 0
10 chdir("/nowhere") = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "x", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/var/x"},
		{"fchdir through a dup", `
10 openat(AT_FDCWD, "/var/lib", O_RDONLY|O_DIRECTORY) = 3
10 dup(3) = 7
10 close(3) = 0
10 fchdir(7) = 0
10 openat(AT_FDCWD, "x", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/var/lib/x"},
		{"dirfd of a dirfd", `
10 openat(AT_FDCWD, "/p", O_RDONLY|O_DIRECTORY) = 3
10 openat(3, "auth", O_RDONLY|O_DIRECTORY) = 4
10 openat(4, "conf", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/p/auth/conf"},
		{"chroot to here", `
10 chdir("/jail") = 0
10 chroot(".") = 0
10 openat(AT_FDCWD, "etc/x", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/etc/x"},
		{"cut path", `
10 chdir("/a") = 0
10 openat(AT_FDCWD, "some/lo"..., O_RDONLY) = -1 ENOENT (No such file or directory)
`, ""},
		{"annotated", `
10 openat(AT_FDCWD</home/me>, "x", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/home/me/x"},
		{"child inherits", `
10 chdir("/var") = 0
10 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f0000000a10) = 11
10 chdir("/elsewhere") = 0
11 openat(AT_FDCWD, "x", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/var/x"},
		{"child shares with CLONE_FS", `
10 chdir("/var") = 0
10 clone(child_stack=NULL, flags=CLONE_FS|SIGCHLD) = 11
10 chdir("/elsewhere") = 0
11 openat(AT_FDCWD, "x", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/elsewhere/x"},
		{"child seen before its parent's call ends", `
10 chdir("/var") = 0
10 vfork( <unfinished ...>
11 openat(AT_FDCWD, "x", O_RDONLY) = -1 ENOENT (No such file or directory)
10 <... vfork resumed>) = 11
`, "/var/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, steps := play(t, tt.log)
			st := last(t, steps, "openat")
			if got := s.Abs(st.Paths[0]); got != tt.want {
				t.Errorf("path %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDescriptors(t *testing.T) {
	tests := []struct{ name, log, want string }{
		{"reused number", `
10 openat(AT_FDCWD, "/a", O_RDONLY) = 3
10 close(3) = 0
10 socket(AF_UNIX, SOCK_STREAM, 0) = 3
10 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0
10 fsync(3) = 0
`, "a socket connected to unix:/run/x"},
		{"address above a directory never told", `
10 socket(AF_UNIX, SOCK_STREAM, 0) = 3
10 connect(3, {sa_family=AF_UNIX, sun_path="../x"}, 110) = 0
10 fsync(3) = 0
`, "a socket connected to unix:../x"},
		{"dup of stderr", `
10 dup(2) = 3
10 fsync(3) = 0
`, "stderr"},
		{"fcntl F_DUPFD_CLOEXEC is closed by exec", `
10 openat(AT_FDCWD, "/a", O_RDONLY) = 3
10 fcntl(3, F_DUPFD_CLOEXEC, 10) = 10
10 execve("/bin/x", ["x"], 0x7ffc00000000 /* 1 var */) = 0
10 fsync(10) = -1 EBADF (Bad file descriptor)
`, ""},
		{"F_SETFD", `
10 openat(AT_FDCWD, "/a", O_RDONLY|O_CLOEXEC) = 3
10 fcntl(3, F_SETFD, 0) = 0
10 execve("/bin/x", ["x"], 0x7ffc00000000 /* 1 var */) = 0
10 fsync(3) = 0
`, "/a"},
		{"close_range", `
10 openat(AT_FDCWD, "/a", O_RDONLY) = 3
10 close_range(3, 4294967295, 0) = 0
10 fsync(3) = -1 EBADF (Bad file descriptor)
`, ""},
		{"a child's close leaves the parent's", `
10 openat(AT_FDCWD, "/a", O_RDONLY) = 3
10 clone(child_stack=NULL, flags=SIGCHLD) = 11
11 close(3) = 0
10 fsync(3) = 0
`, "/a"},
		{"a thread's close is everybody's", `
10 openat(AT_FDCWD, "/a", O_RDONLY) = 3
10 clone(child_stack=0x7f0000000000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 11
11 close(3) = 0
10 fsync(3) = -1 EBADF (Bad file descriptor)
`, ""},
		{"SCM_RIGHTS", `
10 socketpair(AF_UNIX, SOCK_STREAM, 0, [4, 5]) = 0
10 clone(child_stack=NULL, flags=SIGCHLD) = 11
10 openat(AT_FDCWD, "/secret", O_RDONLY) = 6
10 sendmsg(4, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="x", iov_len=1}], msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[6]}], msg_controllen=24, msg_flags=0}, 0) = 1
11 recvmsg(5, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="x", iov_len=1}], msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[9]}], msg_controllen=24, msg_flags=0}, 0) = 1
11 fsync(9) = 0
`, "/secret"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, steps := play(t, tt.log)
			if got := s.Describe(last(t, steps, "fsync").File); got != tt.want {
				t.Errorf("descriptor is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestProcesses(t *testing.T) {
	s, _ := play(t, `
10 execve("/bin/sh", ["sh", "-c", "x"], 0x7ffc00000000 /* 1 var */) = 0
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>
11 execve("/bin/cat", ["cat", "f"], 0x7ffc00000000 /* 1 var */ <unfinished ...>
10 <... clone resumed>) = 11
10 wait4(-1,  <unfinished ...>
11 <... execve resumed>) = 0
11 exit_group(3) = ?
11 +++ exited with 3 +++
10 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 11
10 exit_group(4) = ?
10 +++ exited with 4 +++
`)
	root := s.Root
	if root.PID != 10 || root.Program != "/bin/sh" || root.Exit == nil || root.Exit.Code != 4 {
		t.Fatalf("root is %+v", root)
	}
	if len(root.Children) != 1 {
		t.Fatalf("%d children", len(root.Children))
	}
	c := root.Children[0]
	if c.Program != "/bin/cat" || c.Exit == nil || c.Exit.Code != 3 || c.Reaped == nil || !c.Failed() || !c.Descends(root) {
		t.Errorf("child is %+v", c)
	}
}

func TestExecFromAThread(t *testing.T) {
	s, _ := play(t, `
10 execve("/bin/a", ["a"], 0x7ffc00000000 /* 1 var */) = 0
10 openat(AT_FDCWD, "/log", O_WRONLY) = 3
10 clone(child_stack=0x7f0000000000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 11
10 pause( <unfinished ...>
11 execve("/bin/b", ["b"], 0x7ffc00000000 /* 1 var */ <unfinished ...>
10 <... pause resumed>) = ?
10 +++ superseded by execve in pid 11 +++
10 <... execve resumed>) = 0
10 exit_group(1) = ?
10 +++ exited with 1 +++
`)
	if s.Root.Program != "/bin/b" || s.Root.Exit == nil || s.Root.Exit.Code != 1 || len(s.All) != 1 {
		t.Errorf("root is %+v, %d processes", s.Root, len(s.All))
	}
}

// Peek sees a call as it is before it takes effect, also the first of a child
// whose birth goes on.
func TestPeek(t *testing.T) {
	r, err := parser.New(strings.NewReader(`10 openat(AT_FDCWD, "/a", O_RDONLY) = 3
10 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
11 close(3) = 0
`), "test.log")
	if err != nil {
		t.Fatal(err)
	}
	s := replay.New()
	for {
		e, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		peek, again := s.Peek(e), s.Peek(e)
		st := s.Apply(e)
		if peek.Thread != again.Thread || peek.Thread != st.Thread {
			t.Errorf("%s: other threads", e.Call.Name)
		}
		if e.Call.Name != "close" {
			continue
		}
		if s.Describe(peek.File) != "/a" || s.Describe(again.File) != "/a" || st.Thread.Files.Get(3) != nil {
			t.Errorf("close of %q, then %q is open", s.Describe(peek.File), s.Describe(st.Thread.Files.Get(3)))
		}
		return
	}
}
