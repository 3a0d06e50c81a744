package analyze_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/event"
)

// hungAfter gives the diagnosis of a command that had not ended when the log did.
func hungAfter(t *testing.T, log string, more ...*event.Event) *analyze.Diagnosis {
	t.Helper()
	a := analyze.New()
	list := events(t, log)
	at := slices.IndexFunc(list, func(e *event.Event) bool { return e.Call != nil && e.Call.Unfinished })
	if at < 0 || len(more) > 0 && more[0].Kind != event.Evidence {
		at = len(list)
	}
	for i, e := range slices.Insert(list, at, more...) {
		if e.Kind == event.Comment || e.Kind == event.Stopped || e.Kind == event.Evidence {
			e.Index = i
		}
		a.Add(e)
	}
	a.SetHung()
	return a.Diagnose()
}

const shell = "1 execve(\"/bin/sh\", [\"sh\"], 0x7ffc00000000 /* 1 var */) = 0\n1 chdir(\"/srv\") = 0\n"

func TestHangs(t *testing.T) {
	look := strings.Repeat("1 newfstatat(AT_FDCWD, \"ready\", 0x7ffc00000000, 0) = -1 ENOENT (No such file or directory)\n1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0}, NULL) = 0\n", 9)
	gone := strings.Repeat("1 newfstatat(AT_FDCWD, \"flag\", {st_mode=S_IFREG|0644, ...}, 0) = 0\n1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0}, NULL) = 0\n", 5)
	burst := strings.Repeat("1 openat(AT_FDCWD, \"/srv/.theme\", O_RDONLY) = -1 ENOENT (No such file or directory)\n", 7) + strings.Repeat("1 close(9) = 0\n", 300)
	var children strings.Builder
	for pid := 10; pid < 15; pid++ {
		fmt.Fprintf(&children, "1 clone(child_stack=NULL, flags=SIGCHLD) = %d\n%d socket(AF_INET, SOCK_STREAM, 0) = 3\n", pid, pid)
		fmt.Fprintf(&children, "%d connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED (Connection refused)\n%d exit_group(1) = ?\n%d +++ exited with 1 +++\n", pid, pid, pid)
		fmt.Fprintf(&children, "1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = %d\n", pid)
	}
	const loop = `1 epoll_create1(EPOLL_CLOEXEC) = 3
1 eventfd2(0, EFD_NONBLOCK) = 4
1 socket(AF_INET, SOCK_STREAM, 0) = 5
1 connect(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0
1 socket(AF_UNIX, SOCK_STREAM, 0) = 6
1 bind(6, {sa_family=AF_UNIX, sun_path="s"}, 4) = 0
1 listen(6, 5) = 0
1 epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN, data=0x4}) = 0
1 epoll_ctl(3, EPOLL_CTL_ADD, 5, {events=EPOLLIN, data=0x5}) = 0
`
	for _, test := range []struct {
		name, log string
		more      []*event.Event
		want      string // kind, call, errno, what, signal and a part of the summary
	}{
		{"looks again and again", shell + look, nil, "syscall newfstatat ENOENT /srv/ready"},
		{"waits for what is there to go away", shell + gone + "1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0},  <unfinished ...>\n", nil, "hang newfstatat  /srv/flag it waits for /srv/flag to go away"},
		{"looked, and went on to sleep", shell + gone + strings.Repeat("1 close(9) = 0\n", 20) + "1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0},  <unfinished ...>\n", nil, "hang clock_nanosleep"},
		{"kept out by a folder", shell + strings.Repeat("1 mkdir(\"/srv/lock\", 0777) = -1 EEXIST (File exists)\n1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0}, NULL) = 0\n", 2) + "1 mkdir(\"/srv/lock\", 0777) = -1 EEXIST (File exists)\n1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=30, tv_nsec=0},  <unfinished ...>\n", nil, "syscall mkdir EEXIST /srv/lock"},
		{"one child after another", shell + children.String() + "1 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0},  <unfinished ...>\n", nil, "syscall connect ECONNREFUSED 127.0.0.1:9"},
		{"a wait is better known", shell + look + "1 flock(4</srv/lock>, LOCK_EX <unfinished ...>\n", nil, "hang flock  /srv/lock"},
		{"begun again", shell + "1 restart_syscall(<... resuming interrupted clock_nanosleep ...> <unfinished ...>\n", nil, "hang clock_nanosleep   sh waits for a time to pass"},
		{"begun again after an attach", shell + "1 poll([{fd=3</srv/fifo>, events=POLLIN}], 1, 9000) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)\n1 restart_syscall(<... resuming interrupted poll ...> <unfinished ...>\n", nil, "hang poll  /srv/fifo sh waits in poll for something to happen on /srv/fifo"},
		{"opens what is no FIFO", shell + "1 openat(AT_FDCWD, \"m\", O_WRONLY|O_CREAT|O_NONBLOCK, 0666 <unfinished ...>\n", nil, "hang openat  /srv/m sh waits for /srv/m to be opened"},
		{"begun again, of no name", shell + "1 restart_syscall(<... resuming interrupted system call ...> <unfinished ...>\n", nil, "hang restart_syscall   sh waits in restart_syscall"},
		{"looked in its time, and went on", shell + burst + "1 futex(0x7f00, FUTEX_WAIT_PRIVATE, 3, NULL <unfinished ...>\n", nil, "hang futex"},
		{"an event loop that asked something", shell + loop + "1 write(5, \"GET /\", 5) = 5\n1 epoll_wait(3,  <unfinished ...>\n", nil, "hang epoll_wait  10.0.0.1:80 sh waits for an answer from 10.0.0.1:80"},
		{"one that was answered", shell + loop + "1 write(5, \"GET /\", 5) = 5\n1 read(5, \"200\", 99) = 3\n1 epoll_wait(3,  <unfinished ...>\n", nil, "hang epoll_wait   sh waits for something"},
		{"an event loop beside a child", shell + loop + "1 close(5) = 0\n1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n2 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=9, tv_nsec=0},  <unfinished ...>\n1 epoll_wait(3,  <unfinished ...>\n", nil, "hang clock_nanosleep"},
		{"threads that wait for each other", shell + loop + "1 close(5) = 0\n1 clone(child_stack=0x7f0000000000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 2\n1 clone(child_stack=0x7f0000000000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 3\n2 futex(0x7f00, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>\n3 nanosleep({tv_sec=0, tv_nsec=10000000},  <unfinished ...>\n1 epoll_wait(3,  <unfinished ...>\n", nil, "hang futex   sh waits for another thread"},
		{"poll", shell + loop + "1 poll([{fd=4, events=POLLIN}, {fd=5, events=POLLIN}], 2, -1 <unfinished ...>\n", nil, "hang poll  10.0.0.1:80 sh waits for an answer"},
		{"select", shell + loop + "1 select(6, [4 5], NULL, NULL, NULL <unfinished ...>\n", nil, "hang select  10.0.0.1:80 sh waits for an answer"},
		{"poll for clients", shell + loop + "1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n1 poll([{fd=6, events=POLLIN}], 1, -1 <unfinished ...>\n2 pause( <unfinished ...>\n2 read(0,  <unfinished ...>\n", nil, "hang read"},
		{"at work", shell, []*event.Event{{TID: 1, Kind: event.Comment, Code: "running", Text: "sh[1] was at work"}}, "hang    it is busy"},
		{"stopped", shell, []*event.Event{{TID: 1, Kind: event.Stopped, Signal: &event.SignalInfo{Name: "SIGTTIN"}}}, "hang   SIGTTIN it is stopped by SIGTTIN"},
	} {
		d := hungAfter(t, test.log, test.more...)
		if len(d.Causes) == 0 {
			t.Errorf("%s: no cause", test.name)
			continue
		}
		c := d.Causes[0]
		got := strings.TrimRight(fmt.Sprint(c.Kind, " ", c.Syscall, " ", text(c.Errno), " ", text(c.Path)+text(c.Address)+text(c.Signal), " ", c.Summary), " ")
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Who has what a thread waits for is in a capture: threads that have each other's mutex
// are a circle, and an open may wait for a lease.
func TestHolders(t *testing.T) {
	const thread = "1 clone(child_stack=0x7f0000000000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 2\n"
	holds := func(tid int, text string) *event.Event {
		return &event.Event{TID: tid, Kind: event.Evidence, Evidence: &event.Seen{Text: []string{text}}}
	}
	in := func(tid int, call string) string { return fmt.Sprintf("%d %s <unfinished ...>\n", tid, call) }
	for _, test := range []struct {
		name, log string
		more      []*event.Event
		want      []string // what the first cause says
	}{
		{"a circle of threads", thread + in(1, "futex(0x7f10, FUTEX_WAIT_PRIVATE, 2, NULL") + in(2, "futex(0x7f20, FUTEX_WAIT_PRIVATE, 2, NULL"),
			[]*event.Event{holds(1, "the mutex is held by thread [2]"), holds(2, "the mutex is held by thread sh[1]")},
			[]string{"for the mutex that thread 2 holds, in a circle", "a deadlock"}},
		{"a thread that sleeps", thread + in(1, "futex(0x7f10, FUTEX_WAIT_PRIVATE, 2, NULL") + in(2, "pause("),
			[]*event.Event{holds(1, "the mutex is held by thread [2]")}, []string{"sh waits for a signal"}},
		{"a lease", in(1, "openat(AT_FDCWD, \"shared\", O_RDONLY"),
			[]*event.Event{holds(1, "the lease on it is held by perl[7], which was asked to give it back")},
			[]string{"for the lease on /srv/shared to be given back", "The lease on it is held by perl[7]"}},
	} {
		d := hungAfter(t, shell+test.log, test.more...)
		if len(d.Causes) == 0 {
			t.Errorf("%s: no cause", test.name)
			continue
		}
		for _, want := range test.want {
			if c := d.Causes[0]; !strings.Contains(c.Summary+"\n"+c.Explanation, want) {
				t.Errorf("%s: %q lacks %q", test.name, c.Summary+"\n"+c.Explanation, want)
			}
		}
	}
}

// Two processes that wait for each other are a circle.
func TestDeadlock(t *testing.T) {
	d := hungAfter(t, shell+`1 pipe([3, 4]) = 0
1 pipe([5, 6]) = 0
1 clone(child_stack=NULL, flags=SIGCHLD) = 2
2 close(3) = 0
2 close(6) = 0
1 close(4) = 0
1 close(5) = 0
1 read(3,  <unfinished ...>
2 read(5,  <unfinished ...>
`)
	if len(d.Causes) == 0 || !strings.Contains(d.Causes[0].Explanation, "deadlock") {
		t.Errorf("%+v", d.Causes)
	}
}

// Threads that wait for one another's mutex are one too; what the tracer has found of
// who holds which tells. A thread that waits for one that is at rest is none.
func TestThreadsDeadlock(t *testing.T) {
	const log = shell + `1 clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 2
1 futex(0x7fa0, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
2 futex(0x7fb0, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
`
	holds := func(tid, other int) *event.Event {
		return &event.Event{TID: tid, Kind: event.Evidence, Evidence: &event.Seen{Text: []string{fmt.Sprintf("the mutex is held by thread [%d]", other)}}}
	}
	for _, c := range []struct {
		name string
		more []*event.Event
		want string
	}{
		{"both", []*event.Event{holds(1, 2), holds(2, 1)}, "it waits for the mutex that thread 2 holds. Thread 2 waits for the mutex that thread 1 holds. They wait for each other: a deadlock."},
		{"one", []*event.Event{holds(1, 2)}, "it waits for another thread."},
		{"nothing is known", nil, "it waits for another thread."},
	} {
		a := analyze.New()
		for _, e := range events(t, log) {
			if e.Kind == event.Returned && e.Call.Name == "futex" { // the log's end
				for _, seen := range c.more {
					a.Add(seen)
				}
				c.more = nil
			}
			a.Add(e)
		}
		a.SetHung()
		d := a.Diagnose()
		if len(d.Causes) == 0 || !strings.HasSuffix(d.Causes[0].Explanation, c.want) {
			t.Errorf("%s: %+v", c.name, d.Causes)
		}
	}
}

// How long a wait was is told where the trace has times.
func TestWaitLasted(t *testing.T) {
	for log, want := range map[string]string{
		"1 10:00:00.000000 flock(4</srv/lock>, LOCK_EX <unfinished ...>\n2 10:00:04.500000 getpid() = 2\n": " for 4.5 s ",
		"1 1795381683.0 flock(4</srv/lock>, LOCK_EX <unfinished ...>\n2 1795381783.0 getpid() = 2\n":       " for 1m40s ",
		"1 10:00:00.000000 flock(4</srv/lock>, LOCK_EX <unfinished ...>\n2 10:00:00.010000 getpid() = 2\n": "",
		"1 23:59:59.000000 flock(4</srv/lock>, LOCK_EX <unfinished ...>\n":                                 "",
		"1 flock(4</srv/lock>, LOCK_EX <unfinished ...>\n2 getpid() = 2\n":                                 "",
	} {
		d := hungAfter(t, log)
		if len(d.Causes) == 0 {
			t.Fatalf("%s: no cause", log)
		}
		got := d.Causes[0].Explanation
		if !strings.Contains(got, want) || want == "" && strings.Contains(got, "flock for ") {
			t.Errorf("%s: %s", log, got)
		}
	}
}

// What the kernel holds, in whatever call, is the wait that counts, and no FIFO.
func TestHeldByKernel(t *testing.T) {
	const log = shell + "1 openat(AT_FDCWD, \"m/y\", O_WRONLY|O_CREAT, 0666 <unfinished ...>\n2 renameat2(AT_FDCWD, \"/a\", AT_FDCWD, \"/b\", 0 <unfinished ...>\n"
	for held, want := range map[int]string{1: "/srv/m/y", 2: "/a"} {
		a := analyze.New()
		for _, e := range events(t, log) {
			if e.Kind == event.Returned && (e.Call.Name == "openat" || e.Call.Name == "renameat2") && e.TID == held {
				a.Add(&event.Event{TID: held, Kind: event.Evidence, Evidence: &event.Seen{Text: []string{"the kernel does not let it be interrupted in a < b"}}})
			}
			a.Add(e)
		}
		a.SetHung()
		d := a.Diagnose()
		if len(d.Causes) == 0 || text(d.Causes[0].Path) != want || !strings.Contains(d.Causes[0].Summary, "waits for the disk or file system behind "+want) {
			t.Errorf("%d: %+v", held, d.Causes)
		}
	}
}
