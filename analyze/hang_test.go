package analyze_test

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/event"
)

// thread starts thread 2 of process 1, child process 2, which has its own.
const (
	thread = "1 clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 2\n"
	child  = "1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n"
)

// hungIn gives the diagnosis of a command that had not ended when the log did, and of
// whose first thread's call the capture has found out something, "" for nothing.
func hungIn(t *testing.T, log, found string) *analyze.Diagnosis {
	t.Helper()
	a := analyze.New()
	list := events(t, shell+log)
	for i, e := range list {
		if e.TID == 1 && e.Kind == event.Returned && e.Call.Unfinished && found != "" {
			enter := *list[i]
			enter.Kind = event.Entered
			a.Add(&enter)
			a.Add(&event.Event{Kind: event.Evidence, TID: 1, Evidence: &event.Seen{Text: []string{found}}})
		}
		a.Add(e)
	}
	a.SetHung()
	return a.Diagnose()
}

// Which of several waits holds all up, and what is said of it.
func TestWaits(t *testing.T) {
	const sleep = "2 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=9, tv_nsec=0},  <unfinished ...>\n"
	const poll = "2 poll([{fd=9, events=POLLIN}], 1, -1 <unfinished ...>\n"
	for _, test := range []struct {
		name, log string
		found     string
		call      string
		said      string
	}{
		{"the first thread before others", thread + "2 read(3</srv/b>,  <unfinished ...>\n1 read(4</srv/a>,  <unfinished ...>\n", "", "read", "/srv/a"},
		{"an idle thread", thread + "2 futex(0x7f00, FUTEX_WAIT, 1, NULL <unfinished ...>\n1 epoll_wait(4,  <unfinished ...>\n", "", "epoll_wait", ""},
		{"a thread that all wait for", thread + "1 futex(0x7f00, FUTEX_WAIT, 1, NULL <unfinished ...>\n2 read(4</srv/a>,  <unfinished ...>\n", "", "read", "/srv/a"},
		{"a child", child + sleep + "1 wait4(-1,  <unfinished ...>\n", "", "clock_nanosleep", "for a time to pass"},
		{"a child that has a name", child + sleep + "1 waitid(P_ALL, 0,  <unfinished ...>\n", "", "clock_nanosleep", "for a time to pass"},
		{"the other end of a pipe", "1 pipe([3, 4]) = 0\n" + child + "1 close(4) = 0\n" + poll + "1 read(3,  <unfinished ...>\n", "", "poll", ""},
		{"the other end of a pair", "1 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n" + child + "1 close(4) = 0\n2 close(3) = 0\n" + poll + "1 recvfrom(3,  <unfinished ...>\n", "", "poll", ""},
		{"the holder of a lock", child + sleep + "1 flock(3</srv/lock>, LOCK_EX <unfinished ...>\n", "the lock is held by sh[2]", "flock", "holds. sh[2] waits for a time to pass"},
		{"a lock of fcntl", child + sleep + "1 fcntl(3</srv/lock>, F_SETLKW, {l_type=F_WRLCK} <unfinished ...>\n", "the lock is held by sh[2]", "fcntl", "sh[2] waits for a time to pass"},
		{"a holder that is not in the trace", "1 flock(3</srv/lock>, LOCK_EX <unfinished ...>\n", "the lock is held by backup[99]", "flock", "which backup[99] holds"},
		{"nobody knows who holds it", "1 flock(3</srv/lock>, LOCK_EX <unfinished ...>\n", "", "flock", "which another process holds"},
		{"a server that does not accept", child + "2 socket(AF_UNIX, SOCK_STREAM, 0) = 3\n2 bind(3, {sa_family=AF_UNIX, sun_path=\"/srv/s\"}, 9) = 0\n2 listen(3, 1) = 0\n" + sleep +
			"1 socket(AF_UNIX, SOCK_STREAM, 0) = 5\n1 connect(5, {sa_family=AF_UNIX, sun_path=\"/srv/s\"}, 9 <unfinished ...>\n", "", "connect", "sh[2] waits for a time to pass"},
		{"what was found of the other end", "1 read(0</srv/fifo>,  <unfinished ...>\n", "nobody has the other end open", "read", "Nobody has the other end open."},
		{"a semaphore", "1 semtimedop(3, [{sem_num=0, sem_op=-1, sem_flg=0}], 1, NULL <unfinished ...>\n", "", "semtimedop", "for a semaphore of set 3"},
		{"the end of a FIFO", "1 openat(AT_FDCWD, \"/srv/fifo\", O_RDONLY <unfinished ...>\n", "", "openat", "for /srv/fifo to be opened: a FIFO of which nobody opens the other end, or a file system"},
		{"the end of a FIFO, as was seen", "1 openat(AT_FDCWD, \"/srv/fifo\", O_RDONLY <unfinished ...>\n", "it is a FIFO, of which nobody has opened the other end", "openat", "for somebody to open the other end of /srv/fifo."},
		{"a file system's server", "1 openat(AT_FDCWD, \"/mnt/far/a\", O_RDONLY <unfinished ...>\n", "the file system waits in request_wait_answer for its server sshfs[99]", "openat", "for sshfs[99] of the file system behind /mnt/far/a"},
		{"a file system's server that is not here", "1 openat(AT_FDCWD, \"/mnt/far/a\", O_RDONLY <unfinished ...>\n", "the file system waits in rpc_wait_bit_killable", "openat", "for the server of the file system behind /mnt/far/a"},
		{"a handler that raises the signal again", "1 read(4</srv/a>, 0x7ffe, 9) = -1 EINTR (Interrupted system call)\n1 --- SIGINT {si_signo=SIGINT, si_code=SI_USER, si_pid=99, si_uid=0} ---\n" +
			"1 tgkill(1, 1, SIGINT) = 0\n1 rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)\n1 --- SIGINT {si_signo=SIGINT, si_code=SI_TKILL, si_pid=1, si_uid=0} ---\n1 +++ killed by SIGINT +++\n", "", "read", "/srv/a"},
		{"room", "1 write(1</srv/fifo>, \"x\", 1 <unfinished ...>\n", "", "write", "for room to write to /srv/fifo"},
		{"a client", "1 accept(3, NULL, NULL <unfinished ...>\n", "", "accept", "for a client to connect"},
	} {
		d := hungIn(t, test.log, test.found)
		if len(d.Causes) == 0 {
			t.Errorf("%s: no cause", test.name)
			continue
		}
		if c := d.Causes[0]; c.Syscall != test.call || !strings.Contains(c.Explanation, test.said) {
			t.Errorf("%s: %s, %q", test.name, c.Syscall, c.Explanation)
		}
	}
}

// Who holds a lock can be looked into, or be found.
func TestAdviceOnLocks(t *testing.T) {
	const lock = "1 flock(3</srv/lock>, LOCK_EX <unfinished ...>\n"
	for _, test := range []struct {
		log, found, want string
	}{
		{lock, "the lock is held by backup[99]", "stracex why -p 99"},
		{lock, "", "lslocks | grep -F /srv/lock"},
		{strings.Replace(lock, "/srv/lock", "/srv/$(reboot)", 1), "", "lslocks | grep -F '/srv/$(reboot)'"},
		{"1 read(0</srv/fifo>,  <unfinished ...>\n", "", ""},
	} {
		got := strings.Join(hungIn(t, test.log, test.found).Causes[0].Advice, "\n")
		if !strings.Contains(got, test.want) || test.want == "" && strings.Contains(got, "lock") {
			t.Errorf("%s: %q, want %q", test.log, got, test.want)
		}
	}
}

// A command that somebody ended since it hung did not fail by itself.
func TestInterrupted(t *testing.T) {
	const wait = "1 read(0</srv/fifo>,  <unfinished ...>\n"
	from := func(signal, pid string) string {
		return "1 --- " + signal + " {si_signo=" + signal + ", si_code=SI_USER, si_pid=" + pid + ", si_uid=0} ---\n"
	}
	for _, test := range []struct{ name, log, want string }{
		{"Ctrl-C", wait + from("SIGINT", "99") + "1 +++ killed by SIGINT +++\n", "hung"},
		{"a limit of time", wait + from("SIGTERM", "99") + "1 +++ killed by SIGTERM +++\n", "hung"},
		{"that it took as its end", wait + from("SIGTERM", "99") + "1 exit_group(3) = ?\n1 +++ exited with 3 +++\n", "failed"},
		{"it went well all the same", wait + from("SIGINT", "99") + "1 exit_group(0) = ?\n1 +++ exited with 0 +++\n", "ok"},
		{"its own child", child + wait + from("SIGINT", "2") + "1 +++ killed by SIGINT +++\n", "failed"},
		{"another signal", wait + from("SIGUSR1", "99") + "1 +++ killed by SIGUSR1 +++\n", "failed"},
	} {
		if got := diagnose(t, shell+test.log).Outcome.Status; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
