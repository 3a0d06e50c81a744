package merge

import (
	"io"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// source is a file with the event of it that comes next.
type source struct {
	Member
	at     int // place in the queue
	reader parser.Reader
	done   func()
	event  *event.Event // the next one to give; nil: not read yet
	ahead  *event.Event // the one behind it, when that had to be looked at
	ended  bool         // nothing is left behind event
	key    int64        // when event is due, in ticks
	shift  int64        // nanoseconds from midnight of the file's first day back to the set's
	half   *half        // of event, when its first half has been given
	opened map[int]int  // numbers of Entered events: the file's to the stream's

	// What is known of the thread.
	birth   int     // how many sources began before it, from 1; 0: not begun
	born    bool    // a call that made it was seen
	group   *group  // its process
	child   *source // made by vfork: it waits for its exec or end
	execed  bool    // it has executed a program
	left    bool    // it has called exit or exit_group
	exited  bool    // its end was given, or its file's
	waitFor need    // of event
	role    role    // of event
	arrived int     // when it came there, among all
}

// group is a process: threads that share a thread-group id.
type group struct {
	leader  int // its thread-group id
	living  map[*source]bool
	leaving bool        // exit_group or execve was called, which end the other threads
	fatal   string      // the signal that was received last
	ends    map[int]end // descriptors of pipes
}

// maxOpened bounds the memory for a log with first halves that never end.
const maxOpened = 1 << 16

// load makes the file's next event the one to give. io.EOF: there is none.
func (s *source) load(m *Reader) error {
	e := s.ahead
	s.ahead, s.half = nil, nil
	if e == nil {
		if s.ended {
			return io.EOF
		}
		var err error
		if e, err = s.read(m); err != nil {
			return err
		}
	}
	s.event = e
	s.key = max(s.key, m.key(e, s.key))
	s.waitFor, s.role = needOf(e), roleOf(e)
	m.arrivals++
	s.arrived = m.arrivals
	return m.findEnd(s)
}

// read reads an event, and gives it the thread's id and the set's time.
func (s *source) read(m *Reader) (*event.Event, error) {
	e, err := s.reader.Read()
	if err != nil {
		return nil, err
	}
	e.TID = s.TID
	switch {
	case m.clock == event.NoClock && e.Time.Clock == event.RunClock:
		e.Time = event.Time{} // counted from another file's line
	case e.Time.Clock == event.DayClock:
		e.Time.NS += s.shift
	}
	return e, nil
}

// number gives the event its place in the stream.
func (s *source) number(e *event.Event, n int) {
	inner := e.Index
	e.Index = n
	switch {
	case e.Kind == event.Entered:
		if s.opened == nil {
			s.opened = map[int]int{}
		}
		if len(s.opened) < maxOpened {
			s.opened[inner] = n
		}
	case s.half != nil && s.half.given:
		e.Call.Entered = s.half.index
		e.Call.SetShown(s.half.shown)
	case e.Kind == event.Returned && e.Call.Entered >= 0:
		outer, ok := s.opened[e.Call.Entered]
		delete(s.opened, e.Call.Entered)
		if e.Call.Entered = outer; !ok {
			e.Call.Entered = -1
			e.Call.ShowNone()
		}
	}
}

// over: nothing more will come from the thread.
func (s *source) over() {
	s.exited = true
	if s.group != nil {
		delete(s.group.living, s)
		if len(s.group.living) == 0 {
			s.group.closeAll(true)
		}
	}
}

// adopt makes s known as a thread that parent has made (nil: it is not known who
// has), in the parent's process or in one of its own.
func (m *Reader) adopt(s, parent *source, process bool) {
	m.births++
	s.birth = m.births
	if process {
		s.group = &group{leader: s.TID, living: map[*source]bool{}}
		if parent != nil {
			s.group.inherit(parent.group)
		}
	} else {
		s.group = parent.group
	}
	s.group.living[s] = true
}
