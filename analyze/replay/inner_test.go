package replay_test

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// What is called by other ids inside of a pid namespace is the process of the trace.
func TestInnerIDs(t *testing.T) {
	const (
		begin = `10 unshare(CLONE_NEWPID) = 0
10 clone(child_stack=NULL, flags=SIGCHLD) = 11
11 getppid() = 0
`
		exits = `12 exit_group(5) = ?
12 +++ exited with 5 +++
`
		waits = `11 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 5}], 0, NULL) = 2
`
	)
	for name, log := range map[string]string{
		"seen after its maker's call": begin + "11 clone(child_stack=NULL, flags=SIGCHLD) = 2\n" + exits + waits,
		"seen before":                 begin + "11 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>\n12 getppid() = 1\n11 <... clone resumed>) = 2\n" + exits + waits,
		"over before":                 begin + "11 vfork( <unfinished ...>\n" + exits + "11 <... vfork resumed>) = 2\n" + waits,
		"entered by setns": strings.Replace(begin, "unshare(CLONE_NEWPID)", `setns(3</proc/9/ns/pid>, 0)`, 1) +
			"11 clone(child_stack=NULL, flags=SIGCHLD) = 2\n" + exits + waits,
		"made by clone": "10 clone(child_stack=NULL, flags=CLONE_NEWPID|SIGCHLD) = 11\n" +
			"11 clone(child_stack=NULL, flags=SIGCHLD) = 2\n" + exits + waits,
	} {
		s, steps := play(t, log)
		if got := len(s.All); got != 3 {
			t.Errorf("%s: %d processes, not 3", name, got)
		}
		k := last(t, steps, "wait4").Child
		if k == nil || k.PID != 12 || k.Inner != 2 || k.Exit == nil || k.Exit.Code != 5 {
			t.Errorf("%s: it has waited for %+v", name, k)
		}
	}
}

// A capture tells of the birth itself, after the call.
func TestInnerIDsOfCapture(t *testing.T) {
	s := replay.New()
	r, err := parser.New(strings.NewReader(`10 unshare(CLONE_NEWPID) = 0
10 clone(child_stack=NULL, flags=SIGCHLD) = 11
11 clone(child_stack=NULL, flags=SIGCHLD) = 2
11 clone(child_stack=NULL, flags=SIGCHLD) = 3
`), "")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for {
		e, err := r.Read()
		if err != nil {
			break
		}
		s.Apply(e)
		n++
	}
	for i, tid := range []int{12, 13} {
		s.Apply(&event.Event{Index: n + i, TID: tid, Kind: event.Started, Start: &event.Start{PID: tid, Parent: 11}})
		if p := s.Process(tid); p == nil || p.Inner != i+2 {
			t.Errorf("%d is %+v", tid, p)
		}
	}
	if len(s.All) != 4 {
		t.Errorf("%d processes, not 4", len(s.All))
	}
}
