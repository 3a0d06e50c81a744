package analyze_test

import (
	"strings"
	"testing"
)

// TestKiller: who sent SIGKILL is said of what it was sent to and of what lies below that,
// not of others that end by it at the same time.
func TestKiller(t *testing.T) {
	const begin = "1 execve(\"/bin/sup\", [\"sup\"], 0x7ffe /* 5 vars */) = 0\n" +
		"1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n2 execve(\"/bin/a\", [\"a\"], 0x7ffe /* 5 vars */) = 0\n"
	const kill, killed = "1 kill(2, SIGKILL) = 0\n", "2 +++ killed by SIGKILL +++\n1 wait4(2, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 2\n"
	const other = "3 execve(\"/bin/b\", [\"b\"], 0x7ffe /* 5 vars */) = 0\n3 +++ killed by SIGKILL +++\n"
	const reaped = "1 wait4(3, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 3\n"
	const end = "1 exit_group(137) = ?\n1 +++ exited with 137 +++\n"
	for _, c := range []struct{ name, log, program, want string }{
		{"sent to it", begin + kill + killed + end, "/bin/a", "find out why sup[1] ended it"},
		{"sent to another", begin + "1 clone(child_stack=NULL, flags=SIGCHLD) = 3\n" + kill + killed + other + reaped + end, "/bin/b", "out-of-memory"},
		{"sent to the one above it", begin + "2 clone(child_stack=NULL, flags=SIGCHLD) = 3\n" + kill + other + killed + end, "/bin/b", "find out why sup[1] ended it"},
	} {
		found := false
		for _, cause := range diagnose(t, c.log).Causes {
			if cause.Program == c.program {
				found = true
				if advice := strings.Join(cause.Advice, " "); !strings.Contains(advice, c.want) {
					t.Errorf("%s: %q, want %q", c.name, advice, c.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: no cause in %s", c.name, c.program)
		}
	}
}
