package merge

import "github.com/stracex/stracex/event"

const (
	second = int64(1e9)
	day    = 24 * 3600 * second
	never  = 1<<63 - 1 // a key: after all others
)

// commonClock says which times order the members' events, and within how many
// nanoseconds they don't.
func commonClock(members []Member) (clock event.Clock, tick int64) {
	coarse := true
	for i, member := range members {
		c := member.Head.First.Clock
		if i == 0 {
			clock = c
		}
		if c != clock || c == event.RunClock {
			return event.NoClock, 1
		}
		coarse = coarse && member.Head.Coarse
	}
	if coarse {
		return clock, second
	}
	return clock, 1
}

// key is the tick in which an event is due; one without a time comes right after
// the one before it.
func (m *Reader) key(e *event.Event, before int64) int64 {
	if m.clock == event.NoClock || e.Time.Clock != m.clock {
		return before
	}
	return e.Time.NS / m.tick
}

// firstKeys says when the files begin. With times of day a file that begins
// earlier than the command is of a day after.
func (m *Reader) firstKeys() {
	var root *source
	for _, s := range m.sources {
		if root == nil || s.likelierRoot(root) {
			root = s
		}
	}
	for _, s := range m.sources {
		first := s.Head.First
		if m.clock == event.DayClock && isEarlier(first.NS, root) {
			s.shift = day
		}
		if m.clock != event.NoClock {
			s.key = (first.NS + s.shift) / m.tick
		}
	}
}

// isEarlier: nothing begins before the command, and no two threads that strace -p
// attaches to begin half a day apart.
func isEarlier(ns int64, root *source) bool {
	if root.Head.Call == "execve" {
		return ns < root.Head.First.NS
	}
	return ns < root.Head.First.NS-day/2
}

// likelierRoot: the command begins with an execve, and has a lower id than what
// it starts, as long as ids have not begun anew.
func (s *source) likelierRoot(o *source) bool {
	if a, b := s.Head.Call == "execve", o.Head.Call == "execve"; a != b {
		return a
	}
	return s.TID < o.TID
}

// bornAt puts a thread that begins before the call that made it into the days
// after: a file's times of day count from its own first day.
func (m *Reader) bornAt(s *source, e *event.Event) {
	if m.clock != event.DayClock || e.Time.Clock != event.DayClock || s.reader != nil {
		return
	}
	if late := e.Time.NS - s.Head.First.NS - s.shift; late > day/2 {
		days := (late + day/2) / day * day
		s.shift += days
		s.key += days / m.tick
	}
}
