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
	if c := s.Process(pid); c != nil && c.PID == pid && c.Exit != nil {
		s.found(c, t.Proc)
	}
}

// found: p turns out to have made c, whose beginning the trace does not hold.
func (s *State) found(c, p *Process) {
	if !s.stray(c) || p.Descends(c) {
		return
	}
	c.adopt(p)
	if c == s.Root {
		s.Root = p.eldest()
	}
}

// eldest is the first ancestor that is known.
func (p *Process) eldest() *Process {
	for depth := 0; p.Parent != nil && depth < 1<<16; depth++ {
		p = p.Parent
	}
	return p
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

// Begins: the process's part of the trace begins with a program.
func (p *Process) Begins() bool {
	return len(p.Execs) > 0 && p.Execs[0].Event.Index == p.First.Index
}

// stray: nobody is known to have made the process, and it is not the command for sure.
func (s *State) stray(p *Process) bool {
	return p.Parent == nil && !p.Before && (p != s.Root || !p.Begins())
}

// Settle ends the replay: what appeared after the command and ended before it came from
// it: strace -f follows nothing else. That the first process is the command, and none
// that was attached to, is said by its execve; or by the caller, when the trace can't.
func (s *State) Settle(command bool) {
	for _, p := range s.All {
		p.settleCrash()
	}
	s.takeLast()
	s.joinThreads()
	root := s.Root
	if root == nil || root.Exit == nil || !command && !root.Begins() {
		return
	}
	for _, p := range s.All {
		if p != root && s.stray(p) && p.Exit != nil && p.Ended.Index < root.Ended.Index {
			p.adopt(root)
		}
	}
}

// settleCrash ends a process of which a signal like SIGSEGV is the last word: the line
// that it was killed is missing.
func (p *Process) settleCrash() {
	if e := p.signaled; p.Exit == nil && e != nil && e.Index == p.Last && e.Signal != nil && Crashes(e.Signal.Name) {
		p.Exit, p.Ended = &event.Exit{Signal: e.Signal.Name}, e
	}
}

// Crashes says whether a signal tells of an error of the program itself.
func Crashes(signal string) bool {
	switch signal {
	case "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGTRAP", "SIGSYS":
		return true
	}
	return false
}

// takeLast takes for the command the process that ended last, where the trace does not
// begin with the command's execve: strace -f goes on to the end of all. Where one signal
// killed them, the order says nothing.
func (s *State) takeLast() {
	if s.Root == nil || !s.stray(s.Root) {
		return
	}
	if s.Root.Exit == nil {
		s.takeChild()
		s.takeCrash()
		return
	}
	for _, p := range s.All {
		if s.stray(p) && p.Exit != nil && p.Ended.Index > s.Root.Ended.Index && (p.Exit.Signal == "" || *p.Exit != *s.Root.Exit) {
			s.Root = p
		}
	}
}

// takeChild takes a child for the command, where the trace was searched for its id: of
// its parent it holds only what is about the child.
func (s *State) takeChild() {
	var last *Process
	for _, c := range s.Root.Children {
		if c.Exit != nil && (last == nil || c.Ended.Index > last.Ended.Index) {
			last = c
		}
	}
	if last != nil && s.Root.Calls <= 2*len(s.Root.Children) {
		s.Root = last
	}
}

// takeCrash takes for the command the first process that crashed, after which the one
// that was taken for it did nothing: it may be another thread of it.
func (s *State) takeCrash() {
	for _, p := range s.All {
		if s.stray(p) && p.Exit != nil && Crashes(p.Exit.Signal) && s.Root.Exit == nil && p.Ended.Index > s.Root.Last {
			s.Root = p
		}
	}
}

// joinThreads makes children of what are threads, by all that the trace tells: they end
// with one status that is not everybody's, right before a process that ends with it too.
func (s *State) joinThreads() {
	const together = 4 // lines
	ended := map[int]*Process{}
	for _, p := range s.All {
		if p.Ended != nil {
			ended[p.Ended.Index] = p
		}
	}
	for _, p := range s.All {
		if p == s.Root || !s.stray(p) || p.Exit == nil || p.Exit.Code < 2 {
			continue
		}
		for i := range together {
			if q := ended[p.Ended.Index+1+i]; q != nil && *q.Exit == *p.Exit && !q.Descends(p) {
				p.adopt(q)
				break
			}
		}
	}
}
