package replay

import "github.com/stracex/stracex/event"

// thread gives the event's thread; one that was never announced is the child
// of a thread that is just making one, or else stands by itself.
func (s *State) thread(e *event.Event) *Thread {
	if t := s.recent; t != nil && t.TID == e.TID && !t.Ended {
		return t
	}
	if t := s.threads[e.TID]; t != nil && !t.Ended {
		s.recent = t
		return t
	}
	e = e.Keep()
	if len(s.pending) > 0 {
		p := s.maker(e)
		return s.child(p, e.TID, cloneFlags(p.Pending.Call), p.Pending)
	}
	if t := s.threads[0]; t != nil && !t.Ended {
		return s.nowKnown(t, e.TID)
	}
	if t := s.awaitedAs(e.TID, nil); t != nil {
		return t
	}
	return s.orphan(e)
}

// maker is the thread in whose call the thread was made that begins with e: the one that
// has waited for the longest, unless what it makes begins otherwise. A thread of glibc's
// begins with rseq or set_robust_list, a forked process with the latter, a child of vfork
// with neither.
func (s *State) maker(e *event.Event) *Thread {
	if e.Call != nil && e.Call.Name != "set_robust_list" {
		for _, p := range s.pending {
			if isThread := cloneFlags(p.Pending.Call)&cloneThread != 0; isThread == (e.Call.Name == "rseq") {
				return p
			}
		}
	}
	return s.pending[0]
}

// nowKnown: a log of one process that has no column of ids, in whose middle a call
// tells the id. From there on its lines have it.
func (s *State) nowKnown(t *Thread, tid int) *Thread {
	delete(s.threads, 0)
	if t.Proc.PID == 0 {
		t.Proc.PID = tid
	}
	t.TID = tid
	s.know(t)
	return t
}

// orphan is a process whose birth the trace does not hold.
func (s *State) orphan(e *event.Event) *Thread {
	p := &Process{PID: e.TID, First: e, Last: e.Index, Threads: 1}
	t := &Thread{TID: e.TID, Proc: p, Files: newTable(), FS: &FS{Root: "/", Cwd: s.newBase()}}
	for i, f := range s.std {
		t.Files.set(i, f, false, event.Kept{})
	}
	p.Std = t.Files.std()
	s.add(p, t)
	return t
}

func (s *State) add(p *Process, t *Thread) {
	if s.Root == nil {
		s.Root = p
	}
	s.All = append(s.All, p)
	s.know(t)
}

// child makes the thread tid, born of parent.
func (s *State) child(parent *Thread, tid int, flags uint64, e *event.Event) *Thread {
	t := &Thread{TID: tid, Files: parent.Files, FS: parent.FS}
	if flags&cloneFiles == 0 {
		t.Files = parent.Files.copy()
	}
	if flags&cloneFS == 0 {
		fs := *parent.FS
		t.FS = &fs
	}
	if flags&cloneThread != 0 {
		t.Proc = parent.Proc
		t.Proc.Threads++
		s.know(t)
		return t
	}
	pp := parent.Proc
	p := &Process{PID: tid, Parent: pp, Program: pp.Program, Argv: pp.Argv, Cred: pp.Cred, Dropped: pp.Dropped, Forked: e, First: e, Last: e.Index, Threads: 1}
	if flags&cloneParent != 0 && pp.Parent != nil {
		p.Parent = pp.Parent
	}
	p.inside = pp.inside || pp.below || flags&cloneNewPID != 0
	p.Parent.Children = append(p.Parent.Children, p)
	p.Std = t.Files.std()
	t.Proc = p
	s.add(p, t)
	return t
}

// started is a birth that the source announced itself.
func (s *State) started(e *event.Event) *Step {
	b := e.Start
	if b == nil {
		return s.begin(e, nil)
	}
	if t := s.threads[e.TID]; t != nil && !t.Ended {
		return s.begin(e, t)
	}
	parent := s.threads[b.Parent]
	var t *Thread
	switch {
	case b.Parent != 0 && parent != nil && !parent.Ended:
		if b.Flags&cloneThread == 0 {
			t = s.awaitedAs(e.TID, parent.Proc)
		}
		if t == nil {
			t = s.child(parent, e.TID, b.Flags, e)
		}
	case b.Parent == 0 && b.PID == 0 && len(s.pending) > 0:
		// strace's "Process N attached" for a new child
		t = s.thread(e)
	case b.PID != 0 && b.PID != e.TID && s.threads[b.PID] != nil:
		leader := s.threads[b.PID]
		t = s.child(leader, e.TID, cloneThread|cloneFiles|cloneFS, e)
	default:
		if b.PID == 0 && s.Root != nil {
			// A notice about a thread of which nothing is known yet: its
			// first call, or its parent's result, will say more.
			return s.begin(e, nil)
		}
		t = s.orphan(e)
		t.Proc.Before = b.Attached
		if !b.Attached && s.Root.Before {
			s.Root = t.Proc // the command, beside processes that were attached to
		}
	}
	return s.begin(e, t)
}

func (s *State) exited(t *Thread, e *event.Event) {
	s.leave(t)
	x := e.Exit
	if x == nil {
		return
	}
	if x.SupersededBy != 0 {
		s.supersede(t, x.SupersededBy)
		return
	}
	t.Ended = true
	p := t.Proc
	p.Threads--
	// The leader's status is the process's; a thread that calls exit alone
	// leaves the others running.
	if t.TID == p.PID || p.Threads <= 0 || x.Signal != "" {
		p.Exit, p.Ended = x, e
	}
}

// supersede: thread `by` of the same process has called execve and is known by
// the leader's id from now on.
func (s *State) supersede(leader *Thread, by int) {
	other := s.threads[by]
	if other == nil {
		return
	}
	delete(s.threads, by)
	s.recent = nil
	leader.Proc.Threads = 1
	leader.Files, leader.FS = other.Files, other.FS
	leader.Pending = other.Pending
	leader.Ended = false
}

func makesChild(name string) bool {
	switch name {
	case "clone", "clone3", "fork", "vfork":
		return true
	}
	return false
}
