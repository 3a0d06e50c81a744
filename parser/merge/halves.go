package merge

import (
	"io"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// half is a call whose first half was given, or has to be: other threads' events
// come before its end.
type half struct {
	end   event.Time
	key   int64 // of end
	given bool
	index int // of the Entered event
	shown int // its arguments
}

// findEnd finds out when the call to give has ended: strace -T tells, else a
// call that waits has ended shortly before the thread's next event.
//
// A call that makes a child is given whole when it begins, so that whoever reads
// it knows the child's parent and what they share.
func (m *Reader) findEnd(s *source) error {
	e := s.event
	if m.clock == event.NoClock || e.Kind != event.Returned || e.Time.Clock != m.clock ||
		e.Call.Entered >= 0 || e.Call.Partial || makesChild(e.Call.Name) {
		return nil
	}
	h := &half{end: e.Time}
	switch {
	case e.Call.Unfinished && e.Call.Ret.Note == "":
		h.key = never
	case e.Call.Unfinished: // let go of there
	case e.Call.Duration >= 0:
		h.end.NS += e.Call.Duration
		h.key = h.end.NS / m.tick
	case waits(e.Call.Name):
		if err := m.lookAhead(s); err != nil {
			return err
		}
		h.key = never // for all that is known, where nothing follows
		if s.ahead != nil {
			h.key = max(s.key, m.key(s.ahead, s.key))
			h.end.NS = max(h.end.NS, s.ahead.Time.NS)
		}
	}
	if h.key > s.key {
		s.half = h
	}
	return nil
}

// lookAhead reads the event behind the one to give, which then has to be a copy.
func (m *Reader) lookAhead(s *source) error {
	s.event = s.event.Keep()
	s.waitFor = needOf(s.event)
	var err error
	s.ahead, err = s.read(m)
	if err == io.EOF {
		s.ended, err = true, nil
	}
	return err
}

// isSplit says whether the call to give has to be given in two halves: something
// else happens before it has ended.
func (m *Reader) isSplit(s *source) bool {
	if s.half == nil || s.half.given {
		return false
	}
	other := m.queue.second()
	return other <= s.half.key && other != never
}

// firstHalf gives the beginning of a call, and has the rest wait for its end.
func (m *Reader) firstHalf(s *source) *event.Event {
	s.event = s.event.Keep() // the two share the arguments
	e, h := s.event, s.half
	args := argsAtEntry(e.Call)
	first := &event.Event{Index: m.count(), File: e.File, Line: e.Line, TID: e.TID, Comm: e.Comm, Time: e.Time,
		Kind: event.Entered, Call: event.NewCall(e.Call.Name, args...)}
	h.given, h.index, h.shown = true, first.Index, len(args)
	e.Time = h.end
	s.key = h.key
	m.queue.fix(s)
	return first
}

// argsAtEntry gives the arguments that strace writes when a call begins: those
// before the first that the kernel fills.
func argsAtEntry(c *event.Call) []event.Value {
	args := c.Args()
	desc := abi.Lookup(c.Name)
	for i := range args {
		switch {
		case desc == nil:
		case i >= len(desc.Args) || desc.Args[i].Dir&abi.InOut == abi.Out:
			return args[:i:i]
		case args[i].After != nil:
			args = append([]event.Value(nil), args[:i+1]...)
			args[i].After = nil
			return args
		}
	}
	return args
}

// waits says whether a call may take long: another thread has to do something
// first, or time to pass.
func waits(name string) bool { return waiting[name] }

var waiting = map[string]bool{
	"wait4": true, "waitid": true, "waitpid": true,
	"read": true, "readv": true,
	"recv": true, "recvfrom": true, "recvmsg": true, "recvmmsg": true, "recvmmsg_time64": true,
	"accept": true, "accept4": true, "connect": true,
	"poll": true, "ppoll": true, "ppoll_time64": true, "select": true, "_newselect": true, "pselect6": true, "pselect6_time64": true,
	"epoll_wait": true, "epoll_pwait": true, "epoll_pwait2": true, "io_getevents": true, "io_uring_enter": true,
	"futex": true, "futex_time64": true, "futex_wait": true, "futex_waitv": true, "flock": true, "fcntl": true, "fcntl64": true,
	"semop": true, "semtimedop": true, "msgrcv": true, "mq_timedreceive": true,
	"pause": true, "rt_sigsuspend": true, "rt_sigtimedwait": true, "sigsuspend": true,
	"nanosleep": true, "clock_nanosleep": true, "restart_syscall": true,
}
