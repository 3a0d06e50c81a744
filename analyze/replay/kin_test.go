package replay_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// TestEnds: how a process ended is also told by its last call, and by its parent's wait.
func TestEnds(t *testing.T) {
	for _, c := range []struct{ name, log, want string }{
		{"its last call", `
10 execve("/bin/a", ["a"], 0x7ffc00000000 /* 1 var */) = 0
10 exit_group(3) = ?
`, "10: 3"},
		{"a negative status", `
10 exit_group(-1) = ?
`, "10: 255"},
		{"the log's own line counts", `
10 exit_group(3) = ?
10 +++ killed by SIGSEGV +++
`, "10: SIGSEGV"},
		{"a thread's exit is not the process's", `
10 clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 11
11 exit(0) = ?
`, "10: alive"},
		{"the parent's wait", `
10 fork() = 11
11 getpid() = 11
10 waitpid(11, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0) = 11
`, "10: alive, 11: SIGKILL"},
	} {
		s, _ := play(t, c.log)
		var got []string
		for _, p := range s.All {
			got = append(got, fmt.Sprintf("%d: %s", p.PID, how(p.Exit)))
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func how(x *event.Exit) string {
	switch {
	case x == nil:
		return "alive"
	case x.Signal != "":
		return x.Signal
	}
	return fmt.Sprint(x.Code)
}

// TestIDToldLate: a log without ids stays one process's when a call tells its id.
func TestIDToldLate(t *testing.T) {
	s, _ := play(t, `execve("/bin/a", ["a"], 0x7ffc00000000 /* 1 var */) = 0
`+strings.Repeat("close(3) = 0\n", 20000)+`set_tid_address(0x7f00) = 74835
exit_group(1) = ?
+++ exited with 1 +++
`)
	if len(s.All) != 1 || s.Root.PID != 74835 || how(s.Root.Exit) != "1" || s.Root.Program != "/bin/a" {
		t.Errorf("%d processes, the first %+v", len(s.All), s.Root)
	}
}

// TestKin: whose child a process is, without the call that made it.
func TestKin(t *testing.T) {
	const begin = "10 execve(\"/bin/a\", [\"a\"], 0x7ffc00000000 /* 1 var */) = 0\n"
	const two = "11 close(3) = -1 EBADF (Bad file descriptor)\n12 close(3) = -1 EBADF (Bad file descriptor)\n12 +++ exited with 1 +++\n"
	const told = "11 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=12, si_uid=0, si_status=1} ---\n"
	const end = "11 +++ exited with 1 +++\n10 +++ exited with 1 +++\n"
	for _, c := range []struct {
		name, log string
		command   bool
		want      string
	}{
		{"by its parent's signal", begin + two + told + end, false, "11 of 10, 12 of 11"},
		{"strace -f follows only what the command made", begin + two + end, false, "11 of 10, 12 of 10"},
		{"attached to one after the other", "10 close(3) = 0\n" + two + end, false, ""},
		{"the caller knows better", "10 close(3) = 0\n" + two + end, true, "11 of 10, 12 of 10"},
		{"threads, by their end", "10 close(3) = 0\n12 close(3) = 0\n12 +++ exited with 7 +++\n11 +++ exited with 7 +++\n10 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=11, si_uid=0, si_status=7} ---\n10 +++ exited with 3 +++\n", false, "12 of 11, 11 of 10"},
		{"it outlives the command", begin + "11 close(3) = 0\n10 +++ exited with 0 +++\n11 +++ exited with 1 +++\n", false, ""},
	} {
		s, _ := play(t, c.log)
		s.Settle(c.command)
		var got []string
		for _, p := range s.All {
			if p.Parent != nil {
				got = append(got, fmt.Sprintf("%d of %d", p.PID, p.Parent.PID))
			}
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestUnfollowed(t *testing.T) {
	const fork = "clone(child_stack=NULL, flags=SIGCHLD) = 11\n"
	for _, c := range []struct {
		log  string
		want int
	}{
		{"10 " + fork + "10 close(3) = 0\n", 1},
		{"10 " + fork + "11 close(3) = 0\n", 0},
		{"10 close(3) = 0\n", 0},
	} {
		s, _ := play(t, c.log)
		if got := s.Unfollowed(); got != c.want {
			t.Errorf("%s: %d, want %d", c.log, got, c.want)
		}
	}
}
