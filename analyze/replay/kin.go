package replay

import "github.com/stracex/stracex/event"

// Where the calls that make processes are not in the trace (strace -Z, -e trace=file),
// other events tell whose child a process is.

// childEnded takes a child from the signal that tells its parent of its end:
// SIGCHLD {si_code=CLD_EXITED, si_pid=2961, si_status=111}.
func (s *State) childEnded(t *Thread, e *event.Event) {
	if e.Signal == nil || e.Signal.Name != "SIGCHLD" {
		return
	}
	pid := int(e.Signal.Info.Field("si_pid").Int)
	if c := s.Process(pid); c != nil && c.PID == pid && s.stray(c) && !t.Proc.Descends(c) {
		c.adopt(t.Proc)
	}
}

// Unfollowed counts the processes and threads of whose life only the birth is in the
// trace, when there are no others beside one: strace without -f.
func (s *State) Unfollowed() int {
	seen, unseen := 0, 0
	for _, t := range s.threads {
		if t.seen {
			seen++
		} else {
			unseen++
		}
	}
	if seen > 1 {
		return 0
	}
	return unseen
}

// begins: the process's part of the trace begins with a program.
func (p *Process) begins() bool {
	return len(p.Execs) > 0 && p.Execs[0].Event.Index == p.First.Index
}

// stray: nobody is known to have made the process, and the trace holds its beginning.
func (s *State) stray(p *Process) bool { return p.Parent == nil && p != s.Root && !p.Before }

// Settle ends the replay: what appeared after the command and ended before it came from
// it: strace -f follows nothing else. That the first process is the command, and none
// that was attached to, is said by its execve; or by the caller, when the trace can't.
func (s *State) Settle(command bool) {
	root := s.Root
	if root == nil || root.Exit == nil || !command && !root.begins() {
		return
	}
	for _, p := range s.All {
		if s.stray(p) && p.Exit != nil && p.Ended.Index < root.Ended.Index {
			p.adopt(root)
		}
	}
}
