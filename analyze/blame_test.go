package analyze

import (
	"slices"
	"strings"
	"testing"
)

// forked is a child that a process starts, with what it does, and its end.
func forked(parent, pid, status, calls string) string {
	s := parent + " clone(child_stack=NULL, flags=SIGCHLD) = " + pid + "\n"
	for line := range strings.Lines(calls) {
		s += pid + " " + line
	}
	return s + pid + " exit_group(" + status + ") = ?\n" + pid + " +++ exited with " + status + " +++\n"
}

const (
	sh      = "7 execve(\"/bin/sh\", [\"sh\"], 0x7ffe /* 5 vars */) = 0\n"
	missing = "openat(AT_FDCWD, \"/srv/in\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
	over    = "7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"
)

// TestUpstream follows a pipe that brought nothing to who should have written to it.
func TestUpstream(t *testing.T) {
	pipes := sh + "7 pipe([3, 4]) = 0\n7 pipe([5, 6]) = 0\n"
	reader := func(from string) string {
		return forked("7", "9", "1", "dup2("+from+", 0) = 0\nopenat(AT_FDCWD, \"/srv/own.conf\", O_RDONLY) = -1 ENOENT (No such file or directory)\n")
	}
	for _, test := range []struct {
		name, log string
		want      []string // rules that gave points
	}{
		{"nothing came", pipes + forked("7", "8", "1", "dup2(4, 1) = 1\n"+missing) + reader("3") + over, []string{"failed writer", "no input"}},
		{"over one that passes it on", pipes + forked("7", "8", "1", "dup2(4, 1) = 1\n"+missing) + forked("7", "10", "0", "dup2(3, 0) = 0\ndup2(6, 1) = 1\n") + reader("5") + over, []string{"failed writer", "no input"}},
	} {
		got, points := cause(t, []byte(test.log))
		if got != "syscall openat ENOENT /srv/in" {
			t.Errorf("%s: found %s", test.name, got)
		}
		for _, rule := range test.want {
			if !slices.ContainsFunc(points, func(p Points) bool { return p.Rule == rule }) {
				t.Errorf("%s: %q gave nothing: %v", test.name, rule, points)
			}
		}
	}
	// Where something came, the writer is nearer than a stranger only.
	some := pipes + forked("7", "8", "1", "dup2(4, 1) = 1\nwrite(1, \"x\", 1) = 1\n"+missing) + reader("3") + over
	if got, points := cause(t, []byte(some)); slices.ContainsFunc(points, func(p Points) bool { return p.Rule == "no input" }) {
		t.Errorf("found %s: %v", got, points)
	}
	// A writer whose reader has gone did not fail first.
	gone := pipes + strings.Replace(forked("7", "8", "1", "dup2(4, 1) = 1\n"+missing), "exited with 1", "killed by SIGPIPE", 1) + reader("3") + over
	if got, points := cause(t, []byte(gone)); slices.ContainsFunc(points, func(p Points) bool { return p.Rule == "failed writer" }) {
		t.Errorf("found %s: %v", got, points)
	}
}

// A child that was killed after the command had been is a consequence.
func TestKilledFromOutside(t *testing.T) {
	log := sh + "7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n8 " + missing + "8 exit_group(1) = ?\n8 +++ exited with 1 +++\n7 +++ killed by SIGKILL +++\n"
	if got, _ := cause(t, []byte(log)); got != "signal SIGKILL" {
		t.Error(got)
	}
}

// A daemon that was left in the background counts if it failed by itself, in time.
func TestOrphans(t *testing.T) {
	daemon := func(end string) string {
		return sh + "7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n8 clone(child_stack=NULL, flags=SIGCHLD) = 9\n8 exit_group(0) = ?\n8 +++ exited with 0 +++\n9 " + missing + end
	}
	for _, test := range []struct{ name, log, want string }{
		{"it failed", daemon("9 exit_group(1) = ?\n9 +++ exited with 1 +++\n") + over, "syscall openat ENOENT /srv/in"},
		{"it failed before its parent ended", sh + "7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n8 clone(child_stack=NULL, flags=SIGCHLD) = 9\n9 " + missing + "9 exit_group(1) = ?\n9 +++ exited with 1 +++\n8 exit_group(0) = ?\n8 +++ exited with 0 +++\n" + over, "syscall openat ENOENT /srv/in"},
		{"it ended well", daemon("9 exit_group(0) = ?\n9 +++ exited with 0 +++\n") + over, "nothing"},
		{"it was ended", daemon("7 kill(9, SIGTERM) = 0\n9 +++ killed by SIGTERM +++\n") + over, "nothing"},
		{"it failed after all was over", strings.Replace(daemon(""), "9 "+missing, "", 1) + over + "9 " + missing + "9 exit_group(1) = ?\n9 +++ exited with 1 +++\n", "nothing"},
	} {
		if got, _ := cause(t, []byte(test.log)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
