package replay

import "slices"

// In a pid namespace that was made in the trace a process calls its children by other ids
// than the trace does (pid_namespaces(7)): what clone returns and wait4 takes. Which is
// which is told by the order of births.

// seenAs finds the child that the step's call has made, when it has been seen before the
// call ended.
func (st *Step) seenAs(inner int) *Process {
	if !st.Proc.inside {
		return nil
	}
	from := entered(st.Event)
	for _, k := range slices.Backward(st.Proc.Children) { // in the order of their births
		if k.Forked == nil || k.Forked.Index < from {
			break
		}
		if k.Inner == 0 && k.PID != inner {
			return k
		}
	}
	return nil
}

// maxAwaited is how many children may be known by their inner ids alone.
const maxAwaited = 1000

// awaits remembers a child that is known by its inner id alone.
func (s *State) awaits(t *Thread) {
	t.Proc.Inner = t.TID
	if s.awaited = append(s.awaited, t); len(s.awaited) > maxAwaited {
		s.awaited = s.awaited[1:]
	}
}

// awaitedAs gives the first of them, of a parent if that is known, the id of the trace;
// nil when there is none.
func (s *State) awaitedAs(tid int, parent *Process) *Thread {
	for i, t := range s.awaited {
		if parent != nil && t.Proc.Parent != parent {
			continue
		}
		s.awaited = append(s.awaited[:i], s.awaited[i+1:]...)
		if s.threads[t.TID] == t {
			delete(s.threads, t.TID)
		}
		t.TID, t.Proc.PID = tid, tid
		s.know(t)
		return t
	}
	return nil
}
