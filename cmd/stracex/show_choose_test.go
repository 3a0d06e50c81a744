package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// chosenLog is a trace of which show -e and -P print a part. Its lines are as
// show prints them.
const chosenLog = `5     execve("/bin/x", ["x"], 0x7ffd /* 2 vars */) = 0
5     getcwd("/srv", 4096)              = 5
5     openat(AT_FDCWD, "data", O_RDONLY) = 3
5     dup2(3, 9)                        = 9
5     mkdir("/srv/sub", 0777)           = 0
5     chdir("sub")                      = 0
5     stat("../data", 0x7ffd)           = 0
5     stat("data", 0x7ffd)              = -1 ENOENT (No such file or directory)
5     stat("/srv/da"..., 0x7ffd)        = 0
5     clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>
6     read(3,  <unfinished ...>
5     <... clone resumed>)              = 6
5     getpid( <unfinished ...>
6     <... read resumed>"x", 1)         = 1
5     <... getpid resumed>)             = 5
6     close(3)                          = 0
6     openat(AT_FDCWD, "/etc/other", O_RDONLY) = 3
6     read(3, "y", 1)                   = 1
6     poll([{fd=3, events=POLLIN}, {fd=9, events=POLLIN}], 2, 0) = 0 (Timeout)
6     pselect6(10, [3 9], NULL, NULL, NULL, NULL) = 1 (in [3])
6     pselect6(10, [3], NULL, NULL, NULL, NULL) = 1 (in [3])
6     epoll_ctl(4, EPOLL_CTL_ADD, 9, {events=EPOLLIN, data=0x9}) = 0
6     rename("/etc/other", "/srv/data") = 0
6     mount("/srv/data", "/mnt", "ext4", 0, NULL) = 0
6     frob("/srv/data")                 = 0
6     openat(9, "", O_RDONLY)           = 5
6     +++ exited with 3 +++
5     --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=6, si_uid=0, si_status=3} ---
5     read(3, "z", 1)                   = 1
5     read(-1, 0x7ffd, 1)               = -1 EBADF (Bad file descriptor)
5     close_range(3, 9, 0)              = 0
5     read(9, 0x7ffd, 1)                = -1 EBADF (Bad file descriptor)
5     +++ exited with 4 +++
`

// chosen gives the lines of the log that begin with one of the words behind the
// thread's id, in order.
func chosen(t *testing.T, log string, begins ...string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(log) {
		if len(begins) > 0 && strings.HasPrefix(line[6:], begins[0]) {
			b.WriteString(line)
			begins = begins[1:]
		}
	}
	if len(begins) > 0 {
		t.Fatalf("the log has no line %v here", begins)
	}
	// Where its halves meet, a call is whole.
	return strings.Replace(b.String(), `read(3,  <unfinished ...>
6     <... read resumed>"x", 1)         = 1`, `read(3, "x", 1)                   = 1`, 1)
}

// TestShowHalves checks that a call is whole where nothing between its halves is
// shown, and in halves where something is.
func TestShowHalves(t *testing.T) {
	const log = `5 1795381683.100000 read(0,  <unfinished ...>
6 1795381683.200000 getpid() = 6
6 1795381683.250000 write(1, "x", 1 <unfinished ...>
5 1795381683.300000 <... read resumed>"a", 1) = 1
6 1795381683.400000 <... write resumed>) = 1
5 1795381683.500000 read(0,  <unfinished ...>
6 1795381683.600000 +++ exited with 0 +++
5 1795381683.700000 <... read resumed>"b", 1) = 1
5 1795381683.800000 read(0,  <unfinished ...>
6 1795381683.900000 getpid( <unfinished ...>
`
	const want = `#3 5     1795381683.100000 read(0, "a", 1) = 1
#5 5     1795381683.500000 read(0,  <unfinished ...>
#6 6     1795381683.600000 +++ exited with 0 +++
#7 5     1795381683.700000 <... read resumed>"b", 1) = 1
#10 5     1795381683.800000 read(0 <unfinished ...>) = ?
`
	flags := showFlags{times: 3, index: true}
	if err := flags.calls.Set("read"); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := showText(&got, log, &flags); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
}

func TestShowChoice(t *testing.T) {
	data := []string{`openat(AT_FDCWD, "data"`, "dup2", `stat("../data`, "read(3,", "<... read", "close(3", "poll",
		"pselect6(10, [3 9]", "epoll_ctl", "rename", "mount", "openat(9", "+++", "---", "read(3", "+++"}
	for _, test := range []struct {
		name, calls string
		paths       []string
		want        []string
	}{
		{"everything", "all", nil, strings.Split(strings.Repeat(",", strings.Count(chosenLog, "\n")-1), ",")},
		{"nothing", "none", nil, []string{"+++", "---", "+++"}},
		{"calls", "trace=stat,read", nil, []string{"stat", "stat", "stat", "read", "<... read", "read", "+++", "---", "read", "read", "read", "+++"}},
		{"all but", "!%desc,%file,clone,getpid", nil, []string{"frob", "+++", "---", "close_range", "+++"}},
		{"path", "", []string{"/srv//data"}, data},
		{"also relative, from where the command began", "", []string{"./data"}, data},
		{"as it was given", "", []string{"../data"}, []string{`stat("../data`, "+++", "---", "+++"}},
		{"as it was given, elsewhere", "", []string{"/x", "/srv/sub/data"}, []string{`stat("data`, "+++", "---", "+++"}},
		{"two", "", []string{"/srv/sub", "/etc/other"}, []string{"mkdir", "chdir", `openat(AT_FDCWD, "/etc`, "read(3, \"y", "poll",
			"pselect6", "pselect6", "rename", "+++", "---", "+++"}},
		{"what was cut is not known", "", []string{"/srv/da"}, []string{"+++", "---", "+++"}},
		{"path and calls", "read", []string{"/srv/data"}, []string{"read(3,", "<... read", "+++", "---", "read(3", "+++"}},
	} {
		flags := showFlags{paths: test.paths}
		if test.calls != "" {
			if err := flags.calls.Set(test.calls); err != nil {
				t.Fatal(test.name, err)
			}
		}
		want := chosen(t, chosenLog, test.want...)
		var got bytes.Buffer
		if err := showText(&got, chosenLog, &flags); err != nil {
			t.Fatal(err)
		}
		if got.String() != want {
			t.Errorf("%s: got\n%swant\n%s", test.name, got.String(), want)
		}
	}
}

// TestShowPathUntold checks -P where a log does not say where it began, or says
// itself what descriptors lead to.
func TestShowPathUntold(t *testing.T) {
	const log = `5     <... read resumed>"x", 1)         = 1
5     openat(AT_FDCWD, "data", O_RDONLY) = 3
5     read(3, "x", 1)                   = 1
5     chdir("sub")                      = 0
5     stat("../data", 0x7ffd)           = 0
5     stat("../../data", 0x7ffd)        = 0
5     read(4</gone/by>(deleted), "x", 1) = 1
5     read(5<socket:[17]>, "x", 1)      = 1
7     read(3</srv/data>, "y", 1)        = 1
`
	for path, begins := range map[string][]string{
		"data":        {"openat", "read(3,", `stat("../data`},
		"../data":     {`stat("../data`},
		"/gone/by":    {"read(4"},
		"socket:[17]": {"read(5"},
		"/srv/data":   {"read(3<"},
	} {
		var got bytes.Buffer
		if err := showText(&got, log, &showFlags{paths: []string{path}, pids: true, decos: true}); err != nil {
			t.Fatal(err)
		}
		if want := chosen(t, log, begins...); got.String() != want {
			t.Errorf("%s: got\n%swant\n%s", path, got.String(), want)
		}
	}
}

// What is kept of calls whose return was lost must not grow with the trace.
func TestShowChoiceLost(t *testing.T) {
	c := newChooser(&showFlags{}, nil)
	for i := range 1000 {
		e := event.Event{Kind: event.Entered, TID: 5, Index: i, Call: &event.Call{Name: "read", Entered: -1}}
		if !c.chooses(&e) {
			t.Fatal("a call is not chosen")
		}
	}
	if len(c.inside) != 1 || !c.inside[999] {
		t.Errorf("%d calls are kept", len(c.inside))
	}
	c.chooses(&event.Event{Kind: event.Exited, TID: 5})
	if len(c.inside)+len(c.entered) != 0 {
		t.Errorf("%v, %v are kept of a thread that has ended", c.inside, c.entered)
	}
}
