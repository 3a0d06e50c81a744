package replay_test

import (
	"io"
	"strconv"
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
		steps = append(steps, *s.Apply(e).Keep())
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
		{"strace -y tells it from outside the root", `
10 chroot("/srv/jail") = 0
10 openat(AT_FDCWD</srv/jail/var>, "../x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/x/y"},
		{"strace -y tells a folder beside the root", `
10 chroot("/srv/jail") = 0
10 openat(AT_FDCWD</srv/jailer>, "x/y", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/srv/jailer/x/y"},
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
		{"chroot out again, from a folder that was left outside", `
10 chdir("/") = 0
10 chroot("/jail") = 0
10 chroot(".") = 0
10 chdir("srv") = 0
10 chroot("/jail") = 0
10 chroot(".") = 0
10 openat(AT_FDCWD, "x", O_RDONLY) = -1 ENOENT (No such file or directory)
`, "/x"},
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
		e = e.Keep()
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

// The command is the root, also when processes were attached to before it.
func TestRootBesideAttached(t *testing.T) {
	s := replay.New()
	for i, e := range []*event.Event{
		{TID: 5, Kind: event.Started, Start: &event.Start{PID: 5, Attached: true}},
		{TID: 9, Kind: event.Started, Start: &event.Start{PID: 9}},
		{TID: 10, Kind: event.Started, Start: &event.Start{PID: 10, Parent: 9, Flags: 17}},
		{TID: 7, Kind: event.Started, Start: &event.Start{PID: 7, Attached: true}},
	} {
		e.Index = i
		s.Apply(e)
	}
	if s.Root == nil || s.Root.PID != 9 || s.Root.Before {
		t.Errorf("%+v", s.Root)
	}
}

// What a capture says of FIFOs makes those who opened one ends of one pipe; which end is
// theirs their modes tell.
func TestFIFOEnds(t *testing.T) {
	s := replay.New()
	opens := func(tid int, name string, flags uint64) *event.Event {
		return &event.Event{TID: tid, Kind: event.Snapshot, Process: &event.Process{At: "socket", PID: tid,
			FDs: []event.FD{{N: 3, Target: "/run/jobs", Flags: flags, Peer: name}}}}
	}
	var files []*replay.File
	for i, e := range []*event.Event{opens(1, "FIFO:[7:1]", 1), opens(2, "FIFO:[7:1]", 0), opens(3, "FIFO:[7:2]", 2)} {
		e.Index = i
		files = append(files, s.Apply(e).Thread.Files.Get(3))
	}
	if a, b := files[0], files[1]; a.Pipe == nil || a.Pipe != b.Pipe || !a.Write || b.Write || a.Path != "/run/jobs" {
		t.Errorf("%+v and %+v", a, b)
	}
	if files[2].Pipe == files[0].Pipe || !files[2].Write {
		t.Errorf("another FIFO: %+v", files[2])
	}
}

// Logs of strace 6.1 -f -yy, of a client and a server on one machine. Each has two
// clients that connect in one order and are accepted in the other, or one that isn't
// in the log.
func TestNamedEnds(t *testing.T) {
	tests := []struct{ name, log, want string }{ // want: the process at the other end of the last recvfrom
		{"Unix", `
10 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3<UNIX-STREAM:[4718197]>
10 bind(3<UNIX-STREAM:[4718197]>, {sa_family=AF_UNIX, sun_path="s.sock"}, 9) = 0
10 listen(3<UNIX-STREAM:[4718197,"s.sock"]>, 5) = 0
11 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 4<UNIX-STREAM:[4718202]>
11 connect(4<UNIX-STREAM:[4718202]>, {sa_family=AF_UNIX, sun_path="/tmp/yy/s.sock"}, 17) = 0
10 accept4(3<UNIX-STREAM:[4718197,"s.sock"]>, {sa_family=AF_UNIX}, [110 => 2], SOCK_CLOEXEC) = 4<UNIX-STREAM:[4718201->4718202,"s.sock"]>
11 sendto(4<UNIX-STREAM:[4718202->4718201]>, "hello", 5, 0, NULL, 0) = 5
10 recvfrom(4<UNIX-STREAM:[4718201->4718202,"s.sock"]>, "hello", 10, 0, NULL, NULL) = 5
`, "11"},
		{"TCP", `
10 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3<TCP:[4719638]>
10 bind(3<TCP:[4719638]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
10 listen(3<TCP:[127.0.0.1:51641]>, 5) = 0
11 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 4<TCP:[4719086]>
11 connect(4<TCP:[4719086]>, {sa_family=AF_INET, sin_port=htons(51641), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
10 accept4(3<TCP:[127.0.0.1:51641]>, {sa_family=AF_INET, sin_port=htons(42654), sin_addr=inet_addr("127.0.0.1")}, [16], SOCK_CLOEXEC) = 4<TCP:[127.0.0.1:51641->127.0.0.1:42654]>
11 sendto(4<TCP:[127.0.0.1:42654->127.0.0.1:51641]>, "hello", 5, 0, NULL, 0) = 5
10 recvfrom(4<TCP:[127.0.0.1:51641->127.0.0.1:42654]>, "hello", 10, 0, NULL, NULL) = 5
`, "11"},
		{"accepted in another order", `
10 listen(3<TCP:[127.0.0.1:80]>, 5) = 0
11 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4<TCP:[1]>
12 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4<TCP:[2]>
11 connect(4<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
12 connect(4<TCP:[2]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
10 accept4(3<TCP:[127.0.0.1:80]>, NULL, NULL, 0) = 4<TCP:[127.0.0.1:80->127.0.0.1:2002]>
10 accept4(3<TCP:[127.0.0.1:80]>, NULL, NULL, 0) = 5<TCP:[127.0.0.1:80->127.0.0.1:2001]>
11 sendto(4<TCP:[127.0.0.1:2001->127.0.0.1:80]>, "one", 3, 0, NULL, 0) = 3
12 sendto(4<TCP:[127.0.0.1:2002->127.0.0.1:80]>, "two", 3, 0, NULL, 0) = 3
10 recvfrom(4<TCP:[127.0.0.1:80->127.0.0.1:2002]>, "two", 10, 0, NULL, NULL) = 3
`, "12"},
		{"of a client that is not in the log", `
10 bind(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path="/s"}, 9) = 0
10 listen(3<UNIX-STREAM:[1,"/s"]>, 5) = 0
11 socket(AF_UNIX, SOCK_STREAM, 0) = 4<UNIX-STREAM:[2]>
11 connect(4<UNIX-STREAM:[2]>, {sa_family=AF_UNIX, sun_path="/s"}, 17) = 0
10 accept(3<UNIX-STREAM:[1,"/s"]>, NULL, NULL) = 4<UNIX-STREAM:[4->3,"/s"]>
10 recvfrom(4<UNIX-STREAM:[4->3,"/s"]>, "hello", 10, 0, NULL, NULL) = 5
`, ""},
		{"a port that is used again", `
10 listen(3<TCP:[127.0.0.1:80]>, 5) = 0
11 sendto(4<TCP:[127.0.0.1:2001->127.0.0.1:80]>, "one", 3, 0, NULL, 0) = 3
10 accept4(3<TCP:[127.0.0.1:80]>, NULL, NULL, 0) = 4<TCP:[127.0.0.1:80->127.0.0.1:2001]>
11 close(4<TCP:[127.0.0.1:2001->127.0.0.1:80]>) = 0
10 close(4<TCP:[127.0.0.1:80->127.0.0.1:2001]>) = 0
10 accept4(3<TCP:[127.0.0.1:80]>, NULL, NULL, 0) = 4<TCP:[127.0.0.1:80->127.0.0.1:2001]>
10 recvfrom(4<TCP:[127.0.0.1:80->127.0.0.1:2001]>, "two", 10, 0, NULL, NULL) = 3
`, ""},
		{"UDP is not TCP", `
11 sendto(4<TCP:[127.0.0.1:2001->127.0.0.1:80]>, "one", 3, 0, NULL, 0) = 3
10 recvfrom(4<UDP:[127.0.0.1:80->127.0.0.1:2001]>, "two", 10, 0, NULL, NULL) = 3
`, ""},
		{"asked for by the server", `
10 accept4(3, {sa_family=AF_UNIX}, [110 => 2], 0) = 5
11 socket(AF_UNIX, SOCK_STREAM, 0) = 3
11 connect(3, {sa_family=AF_UNIX, sun_path="s.sock"}, 110) = 0
10 getsockopt(5, SOL_SOCKET, SO_PEERCRED, {pid=11, uid=0, gid=0}, [12]) = 0
11 recvfrom(3, "hello", 10, 0, NULL, NULL) = 5`, "10"},
		{"asked for before the client's log begins", `
10 accept4(3, {sa_family=AF_UNIX}, [110 => 2], 0) = 5
10 getsockopt(5, SOL_SOCKET, SO_PEERCRED, {pid=11, uid=0, gid=0}, [12]) = 0
11 socket(AF_UNIX, SOCK_STREAM, 0) = 3
11 connect(3, {sa_family=AF_UNIX, sun_path="s.sock"}, 110) = 0
11 recvfrom(3, "hello", 10, 0, NULL, NULL) = 5`, "10"},
		{"one of two that the client has connected", `
11 socket(AF_UNIX, SOCK_STREAM, 0) = 3
11 connect(3, {sa_family=AF_UNIX, sun_path="s.sock"}, 110) = 0
11 socket(AF_UNIX, SOCK_STREAM, 0) = 4
11 connect(4, {sa_family=AF_UNIX, sun_path="t.sock"}, 110) = 0
10 accept4(3, {sa_family=AF_UNIX}, [110 => 2], 0) = 5
10 getsockopt(5, SOL_SOCKET, SO_PEERCRED, {pid=11, uid=0, gid=0}, [12]) = 0
11 recvfrom(3, "hello", 10, 0, NULL, NULL) = 5`, ""},
		{"told by the kernel with what was sent", `
10 accept4(3, {sa_family=AF_UNIX}, [110 => 2], 0) = 5<UNIX-STREAM:[7]>
11 socket(AF_UNIX, SOCK_STREAM, 0) = 3
11 connect(3, {sa_family=AF_UNIX, sun_path="s.sock"}, 110) = 0
10 recvmsg(5, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="hi", iov_len=9}], msg_iovlen=1, msg_control=[{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=11, uid=0, gid=0}}], msg_controllen=32, msg_flags=0}, 0) = 2
11 recvfrom(3, "hello", 10, 0, NULL, NULL) = 5`, "10"},
		{"told of a datagram, which each sender sends for itself", `
10 socket(AF_UNIX, SOCK_DGRAM, 0) = 5
11 socket(AF_UNIX, SOCK_DGRAM, 0) = 3
11 connect(3, {sa_family=AF_UNIX, sun_path="s.sock"}, 110) = 0
10 recvmsg(5, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="hi", iov_len=9}], msg_iovlen=1, msg_control=[{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=11, uid=0, gid=0}}], msg_controllen=32, msg_flags=0}, 0) = 2
11 recvfrom(3, "hello", 10, 0, NULL, NULL) = 5`, ""},
		{"another option", `
11 socket(AF_UNIX, SOCK_STREAM, 0) = 3
11 connect(3, {sa_family=AF_UNIX, sun_path="s.sock"}, 110) = 0
10 accept4(3, {sa_family=AF_UNIX}, [110 => 2], 0) = 5
10 getsockopt(5, SOL_SOCKET, SO_RCVBUF, [11], [4]) = 0
11 recvfrom(3, "hello", 10, 0, NULL, NULL) = 5`, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			_, steps := play(t, tc.log)
			st := last(t, steps, "recvfrom")
			if st.File == nil || st.File.Sock == nil {
				t.Fatal("no socket")
			}
			got := ""
			if pair := st.File.Sock.Pair; pair != nil {
				got = strconv.Itoa(pair.By.PID)
				if pair.Sock.Pair != st.File {
					t.Error("the other end has another")
				}
			}
			if got != tc.want {
				t.Errorf("the other end is process %q, want %q", got, tc.want)
			}
		})
	}
}

// Of two calls that make a child at the same time, the child's first call tells which
// it comes from: else a program would be taken for that of another process.
func TestTwoMakers(t *testing.T) {
	const first = "10 execve(\"/bin/sh\", [\"sh\"], 0x7ffc /* 1 var */) = 0\n10 vfork() = 20\n20 execve(\"/bin/knot\", [\"knot\"], 0x7ffc /* 1 var */) = 0\n"
	const threads = "20 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, exit_signal=0} <unfinished ...>\n"
	const vfork = "10 vfork( <unfinished ...>\n"
	const thread, sleep = "21 rseq(0x7f, 0x20, 0, 0x53053053) = 0\n", "11 execve(\"/bin/sleep\", [\"sleep\"], 0x7ffc /* 1 var */) = 0\n"
	const ends = "20 <... clone3 resumed>) = 21\n10 <... vfork resumed>) = 11\n21 openat(AT_FDCWD, \"x\", O_RDONLY) = 3\n"
	for _, log := range []string{first + threads + vfork + sleep + thread + ends, first + vfork + threads + thread + sleep + ends, first + threads + vfork + thread + sleep + ends} {
		s, steps := play(t, log)
		st := last(t, steps, "openat")
		if st.Proc.Program != "/bin/knot" || s.Process(11) == nil || s.Process(11).Program != "/bin/sleep" {
			t.Errorf("%s\nthe thread runs %s", log, st.Proc.Program)
		}
	}
}
