package merge

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// files takes a set apart: "== 12" begins the file of thread 12. A file whose text
// ends with \ is cut off there.
func files(set string) map[int]string {
	logs := map[int]string{}
	for part := range strings.SplitSeq("\n"+set, "\n== ") {
		name, log, _ := strings.Cut(part, "\n")
		if tid, err := strconv.Atoi(name); err == nil {
			log, cut := strings.CutSuffix(strings.TrimSuffix(log, "\n"), "\\")
			if logs[tid] = log; !cut {
				logs[tid] += "\n"
			}
		}
	}
	return logs
}

// membersOf makes members of logs, those that are any.
func membersOf(logs map[int]string) (members []Member) {
	for tid, log := range logs {
		name := "ff." + strconv.Itoa(tid)
		open := func() (parser.Reader, func(), error) {
			r, err := parser.New(strings.NewReader(log), name)
			return r, func() {}, err
		}
		head, err := parser.ReadHead(strings.NewReader(log), name)
		if err == nil {
			members = append(members, Member{tid, head, open})
		}
	}
	return members
}

// brief is an event in a word: "7:read", halves "7:read(" and "7:)read", "7:SIGTERM", "7:end".
func brief(e *event.Event) string {
	text := "?"
	switch {
	case e.Kind == event.Entered:
		text = e.Call.Name + "("
	case e.Call != nil && e.Call.Entered >= 0:
		text = ")" + e.Call.Name
	case e.Call != nil:
		text = e.Call.Name
	case e.Signal != nil:
		text = e.Signal.Name
	case e.Exit != nil && e.Exit.SupersededBy > 0:
		text = "superseded"
	case e.Exit != nil:
		text = "end"
	}
	return fmt.Sprintf("%d:%s", e.TID, text)
}

// merged gives the events of a set in a word each.
func merged(t *testing.T, m *Reader) string {
	t.Helper()
	var words []string
	for i := 0; ; i++ {
		e, err := m.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Index != i {
			t.Errorf("event %d has number %d", i, e.Index)
		}
		words = append(words, brief(e))
	}
	if n := m.Stats().Events; n != len(words) {
		t.Errorf("%d events counted as %d", len(words), n)
	}
	return strings.Join(words, " ")
}

var orderTests = []struct{ name, set, want string }{
	{"a child comes after its fork, and before its parent goes on", `
== 1
execve("/bin/sh", ["sh"], 0x7ffc /* 3 vars */) = 0
fork() = 2
close(3) = 0
wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 2
+++ exited with 1 +++
== 2
close(4) = 0
write(2, "no\n", 3) = 3
+++ exited with 1 +++
`, "1:execve 1:fork 2:close 2:write 2:end 1:close 1:wait4 1:end"},
	{"the command has the higher id: ids began anew", `
== 30000
execve("/bin/sh", ["sh"], 0x7ffc /* 3 vars */) = 0
clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f) = 12
+++ exited with 0 +++
== 12
close(4) = 0
+++ exited with 0 +++
`, "30000:execve 30000:clone 12:close 12:end 30000:end"},
	{"waitid, SIGCHLD", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
fork() = 2
fork() = 3
--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=3, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
waitid(P_ALL, 0, {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=2, si_uid=0, si_status=SIGKILL, si_utime=0, si_stime=0}, WEXITED, NULL) = 0
== 2
pause() = ?
+++ killed by SIGKILL +++
== 3
getpid() = 3
kill(2, SIGKILL) = 0
+++ exited with 0 +++
`, "1:execve 1:fork 2:pause 2:end 1:fork 3:getpid 3:kill 3:end 1:SIGCHLD 1:waitid"},
	{"a signal comes after the kill", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
fork() = 2
getpid() = 1
kill(2, SIGTERM) = 0
kill(2, SIGTERM) = 0
wait4(2, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGTERM}], 0, NULL) = 2
== 2
pause() = ? ERESTARTNOHAND (To be restarted if no handler)
--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---
getppid() = 1
--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---
+++ killed by SIGTERM +++
`, "1:execve 1:fork 2:pause 1:getpid 1:kill 1:kill 2:SIGTERM 2:getppid 2:SIGTERM 2:end 1:wait4"},
	{"a stop is no end", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
fork() = 2
wait4(2, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}], WUNTRACED, NULL) = 2
kill(2, SIGKILL) = 0
wait4(2, NULL, 0, NULL) = 2
== 2
getpid() = 2
--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---
+++ killed by SIGKILL +++
`, "1:execve 1:fork 2:getpid 1:wait4 1:kill 2:SIGTERM 2:end 1:wait4"},
	{"vfork: the parent waits for the exec", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x7f, stack_size=0x9000}, 88) = 2
close(3) = 0
wait4(2, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
== 2
--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0} ---
execve("/bin/y", ["y"], 0x7ffc /* 3 vars */) = 0
kill(2, SIGUSR1) = 0
+++ exited with 0 +++
`, "1:execve 1:clone3 2:SIGUSR1 2:execve 2:kill 2:end 1:close 1:wait4"},
	{"threads end when one calls exit_group, the first last", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 2
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 3
futex(0x7f, FUTEX_WAIT, 1, NULL) = ?
+++ exited with 7 +++
== 2
futex(0x7f, FUTEX_WAIT, 2, NULL) = ?
+++ exited with 7 +++
== 3
exit_group(7) = ?
+++ exited with 7 +++
`, "1:execve 1:clone 2:futex 1:clone 3:exit_group 3:end 2:end 1:futex 1:end"},
	{"a thread goes on after another has woken it, and a join after the thread's end", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 2
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 3
futex(0x7f03, FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME, 3, NULL, FUTEX_BITSET_MATCH_ANY) = 0
exit_group(1) = ?
+++ exited with 1 +++
== 2
openat(AT_FDCWD, "early", O_RDONLY) = 3
+++ exited with 1 +++
== 3
futex(0x55, FUTEX_WAIT_PRIVATE, 0, NULL) = 0
write(2, "failed", 6) = 6
exit(0) = ?
+++ exited with 0 +++
`, "1:execve 1:clone 2:openat 1:clone 3:futex 3:write 3:exit 3:end 1:futex 1:exit_group 2:end 1:end"},
	{"woken by a thread that is younger", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 2
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 3
exit_group(1) = ?
+++ exited with 1 +++
== 2
futex(0x55, FUTEX_WAIT_PRIVATE, 0, NULL) = 0
write(2, "failed", 6) = 6
exit(0) = ?
+++ exited with 0 +++
== 3
openat(AT_FDCWD, "peers", O_RDONLY) = -1 ENOENT (No such file or directory)
futex(0x55, FUTEX_WAKE_PRIVATE, 1) = 1
exit(0) = ?
+++ exited with 0 +++
`, "1:execve 1:clone 1:clone 3:openat 3:futex 3:exit 3:end 2:futex 2:write 2:exit 2:end 1:exit_group 1:end"},
	{"a message comes after what other threads do", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 2
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 3
exit_group(1) = ?
+++ exited with 1 +++
== 2
write(2, "failed", 6) = 6
exit(0) = ?
+++ exited with 0 +++
== 3
openat(AT_FDCWD, "peers", O_RDONLY) = -1 ENOENT (No such file or directory)
+++ exited with 1 +++
`, "1:execve 1:clone 1:clone 3:openat 2:write 2:exit 2:end 1:exit_group 3:end 1:end"},
	{"an eventfd is read after it was written", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
eventfd2(0, EFD_CLOEXEC) = 5
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 2
openat(AT_FDCWD, "/dev/null", O_RDONLY) = 6
write(5, "\1\0\0\0\0\0\0\0", 8) = 8
exit_group(1) = ?
+++ exited with 1 +++
== 2
read(5, "\1\0\0\0\0\0\0\0", 8) = 8
close(5) = 0
+++ exited with 1 +++
`, "1:execve 1:eventfd2 1:clone 1:openat 1:write 2:read 2:close 1:exit_group 2:end 1:end"},
	{"a child reads after its parent has written", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
pipe([3, 4]) = 0
fork() = 2
close(3) = 0
write(4, "ab", 2) = 2
exit_group(1) = ?
+++ exited with 1 +++
== 2
dup2(3, 0) = 0
execve("/bin/y", ["y"], 0x7ffc /* 3 vars */) = 0
read(0, "ab", 4096) = 2
exit_group(1) = ?
+++ exited with 1 +++
`, "1:execve 1:pipe 1:fork 2:dup2 2:execve 1:close 1:write 1:exit_group 1:end 2:read 2:exit_group 2:end"},
	{"a descriptor that execve closed and another file got", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [3, 4]) = 0
fork() = 2
getpid() = 1
exit_group(1) = ?
+++ exited with 1 +++
== 2
fcntl(3, F_SETFD, 0) = 0
execve("/bin/y", ["y"], 0x7ffc /* 3 vars */) = 0
openat(AT_FDCWD, "words", O_RDONLY) = 3
read(3, "ab", 4096) = 2
exit_group(1) = ?
+++ exited with 1 +++
`, "1:execve 1:socketpair 1:fork 2:fcntl 2:execve 2:openat 2:read 2:exit_group 2:end 1:getpid 1:exit_group 1:end"},
	{"a wake is for the thread that has waited for the longest", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 2
clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7f) = 3
futex(0x55, FUTEX_WAKE_PRIVATE, 1) = 1
read(3, "x", 1) = 1
futex(0x55, FUTEX_WAKE_PRIVATE, 1) = 1
exit_group(1) = ?
+++ exited with 1 +++
== 2
futex(0x55, FUTEX_WAIT_PRIVATE, 0, NULL) = 0
openat(AT_FDCWD, "first", O_RDONLY) = 3
futex(0x56, FUTEX_WAIT_PRIVATE, 0, NULL) = ?
+++ exited with 1 +++
== 3
futex(0x55, FUTEX_WAIT_PRIVATE, 0, NULL) = 0
openat(AT_FDCWD, "second", O_RDONLY) = 3
+++ exited with 1 +++
`, "1:execve 1:clone 1:clone 1:futex 2:futex 2:openat 2:futex 1:read 1:futex 3:futex 3:openat 1:exit_group 3:end 2:end 1:end"},
	{"files missing: what is waited for does not come", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
fork() = 2
wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
kill(3, SIGTERM) = 0
== 3
--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=77, si_uid=0} ---
+++ killed by SIGTERM +++
`, "1:execve 1:fork 1:wait4 1:kill 3:SIGTERM 3:end"},
	{"contradiction: each waits for the other's end", `
== 1
execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
+++ exited with 0 +++
== 2
wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 1
+++ exited with 0 +++
`, "1:execve 2:wait4 2:end 1:wait4 1:end"},
	{"attached to: nothing begins with an execve, and no call made them", `
== 5
restart_syscall(<... resuming interrupted read ...>) = 0
wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 6
== 6
read(0, "", 1) = 0
+++ exited with 0 +++
`, "5:restart_syscall 6:read 6:end 5:wait4"},
	{"times decide, and calls that wait have two halves", `
== 1
10:00:00.000001 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
10:00:00.000002 fork() = 2
10:00:00.000003 read(3, "no\n", 10) = 3
10:00:00.000030 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
10:00:00.000050 +++ exited with 0 +++
== 2
10:00:00.000010 write(4, "no\n", 3) = 3
10:00:00.000040 +++ exited with 0 +++
`, "1:execve 1:fork 1:read( 2:write 1:)read 1:wait4( 2:end 1:)wait4 1:end"},
	{"strace -T tells when a call ended", `
== 1
1700000000.000001 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0 <0.000001>
1700000000.000002 fork() = 2 <0.000100>
1700000000.000103 close(3) = 0 <0.000001>
1700000000.000105 write(1, "x", 1) = 1 <0.000010>
== 2
1700000000.000010 close(4) = 0 <0.000001>
1700000000.000110 close(5) = 0 <0.000001>
`, "1:execve 1:fork 2:close 1:close 1:write( 2:close 1:)write"},
	{"whole seconds: the same order as without times inside of one", `
== 1
10:00:00 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
10:00:00 fork() = 2
10:00:00 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
10:00:02 +++ exited with 0 +++
== 2
10:00:00 close(4) = 0
10:00:01 close(5) = 0
10:00:02 +++ exited with 0 +++
`, "1:execve 1:fork 2:close 1:wait4( 2:close 2:end 1:)wait4 1:end"},
	{"midnight", `
== 1
23:59:58.000000 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
23:59:59.000000 close(3) = 0
00:00:01.000000 fork() = 2
00:00:03.000000 close(4) = 0
== 2
00:00:02.000000 close(5) = 0
00:00:04.000000 +++ exited with 0 +++
`, "1:execve 1:close 1:fork 2:close 1:close 2:end"},
	{"two midnights", `
== 1
23:59:58.000000 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
12:00:00.000000 close(3) = 0
23:00:00.000000 close(3) = 0
00:00:01.000000 fork() = 2
00:00:03.000000 close(4) = 0
== 2
00:00:02.000000 close(5) = 0
00:00:04.000000 +++ exited with 0 +++
`, "1:execve 1:close 1:close 1:fork 2:close 1:close 2:end"},
	{"differences of times tell nothing", `
== 1
     0.000000 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
     5.000000 fork() = 2
     0.000010 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
== 2
     0.000005 close(5) = 0
     0.000001 +++ exited with 0 +++
`, "1:execve 1:fork 2:close 2:end 1:wait4"},
	{"a call that does not end", `
== 1
10:00:00.000001 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
10:00:00.000002 fork() = 2
10:00:00.000003 read(3, \
== 2
10:00:00.000010 close(5) = 0
10:00:00.000011 +++ exited with 0 +++
`, "1:execve 1:fork 1:read( 2:close 2:end 1:)read"},
}

func TestOrder(t *testing.T) {
	for _, test := range orderTests {
		t.Run(test.name, func(t *testing.T) {
			if got := merged(t, New(membersOf(files(test.set)))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// The halves of a call hold together what the whole did.
func TestHalves(t *testing.T) {
	m := New(membersOf(files(`
== 1
10:00:00.000001 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
10:00:00.000002 accept(3, {sa_family=AF_UNIX}, [128 => 2]) = 4
10:00:00.000003 recvfrom(3, "ab"..., 10, 0, NULL, NULL) = 3
10:00:00.000030 +++ exited with 0 +++
== 2
10:00:00.000002 close(4) = 0
10:00:00.000010 write(4, "no\n", 3) = 3
`)))
	var got strings.Builder
	for {
		e, err := m.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got.Write(append(event.Append(nil, e, event.Format{PID: event.BarePID, Times: event.DayTimes, Digits: 6}), '\n'))
	}
	const want = `1     10:00:00.000001 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0
1     10:00:00.000002 accept(3 <unfinished ...>
2     10:00:00.000002 close(4)          = 0
1     10:00:00.000003 <... accept resumed>, {sa_family=AF_UNIX}, [128 => 2]) = 4
1     10:00:00.000003 recvfrom(3 <unfinished ...>
2     10:00:00.000010 write(4, "no\n", 3) = 3
1     10:00:00.000030 <... recvfrom resumed>, "ab"..., 10, 0, NULL, NULL) = 3
1     10:00:00.000030 +++ exited with 0 +++
`
	if got.String() != want {
		t.Errorf("got\n%s", &got)
	}
}

func TestCommands(t *testing.T) {
	for _, test := range []struct {
		set  string
		want int
	}{
		{orderTests[0].set, 1},
		{"== 1\nexecve(\"/a\", [\"a\"], NULL) = 0\n== 2\nexecve(\"/b\", [\"b\"], NULL) = 0\n", 2},
		{"== 5\nread(0, \"\", 1) = 0\n== 6\nread(0, \"\", 1) = 0\n", 0},
		{"== 1\n10:00:01.0 execve(\"/a\", [\"a\"], NULL) = 0\n10:00:02.1 vfork() = 2\n== 2\n10:00:02.0 execve(\"/b\", [\"b\"], NULL) = 0\n", 1},
	} {
		m := New(membersOf(files(test.set)))
		merged(t, m)
		if m.Commands() != test.want {
			t.Errorf("%d commands in %s", m.Commands(), test.set)
		}
	}
}

// What is skipped in one file is told of the whole.
func TestStats(t *testing.T) {
	m := New(membersOf(files("== 1\nexecve(\"/a\", [\"a\"], NULL) = 0\nfork() = 2\nclose(3) = what?\n== 2\nclose(3) = 0\nclose(4) = what?\n")))
	merged(t, m)
	s := m.Stats()
	if s.Kind != "strace" || s.Calls != 3 || s.Skipped != 2 || len(s.First) != 2 {
		t.Errorf("%+v", s)
	}
}

// A file that can't be read ends the stream with its error, once.
func TestOpenFails(t *testing.T) {
	gone := errors.New("gone")
	members := membersOf(files("== 1\nexecve(\"/a\", [\"a\"], NULL) = 0\n"))
	members = append(members, Member{TID: 2, Open: func() (parser.Reader, func(), error) { return nil, nil, gone }})
	m := New(members)
	var got error
	for range 3 {
		if _, err := m.Read(); err != nil && err != io.EOF {
			got = errors.Join(got, err)
		}
	}
	if got == nil || got.Error() != "gone" {
		t.Errorf("error %v", got)
	}
}
