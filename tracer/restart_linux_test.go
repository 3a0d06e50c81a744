package tracer

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stracex/stracex/tracer/choice"
)

// A call that a signal breaks off goes on, or doesn't, as without a tracer, and
// both halves of one that goes on are recorded.
func TestRestart(t *testing.T) {
	prog := program(t, "restart")
	plain, err := exec.Command(prog).Output()
	if err != nil || !strings.Contains(string(plain), "nanosleep, caught: -1 EINTR, caught 10, rest 1, whole time 0\n") ||
		!strings.Contains(string(plain), "poll, stopped: 0 , caught 0, rest 0, whole time 1\n") {
		t.Fatalf("%v\n%s", err, plain)
	}
	for _, calls := range []*choice.Set{nil, choice.Diagnosis().With(mustParse("clock_nanosleep"))} {
		c := trace(t, Options{Argv: []string{prog}, Calls: calls})
		if c.stdout != string(plain) || c.result.ExitCode != 0 {
			t.Errorf("traced:\n%splain:\n%s", c.stdout, plain)
		}
		restarted := 0
		for _, tc := range c.named("restart_syscall") {
			if tc.exit != nil && tc.exit.Ret == 0 {
				restarted++
			}
		}
		broken := 0
		for _, tc := range append(c.named("clock_nanosleep"), c.named("poll")...) {
			if tc.exit != nil && tc.exit.Ret == -516 { // ERESTART_RESTARTBLOCK
				broken++
			}
		}
		// By a stop and by SIGCHLD, whose default is to be ignored.
		if restarted < 4 || broken < 6 {
			t.Errorf("%d calls were broken off, %d ended after that", broken, restarted)
		}
	}
}
