package replay

import (
	"fmt"

	"github.com/stracex/stracex/event"
)

// A message queue is like a pipe that all who use it share: POSIX ones have a name and
// a descriptor (mq_overview(7)), those of System V a number (sysvipc(7)).

// queue gives the queue of a name.
func (s *State) queue(name string, st *Step) *File {
	f := s.queues[name]
	if f != nil {
		return f
	}
	f = s.newFile(PipeFile, event.Kept{}, st.Proc)
	s.nextID++
	f.Pipe = &Pipe{ID: s.nextID, Queue: name}
	if s.queues == nil {
		s.queues = map[string]*File{}
	}
	if len(s.queues) < maxInflight {
		s.queues[name] = f
	}
	return f
}

func queueOpened(s *State, st *Step, c *event.Call) {
	if ok(c) {
		f := s.queue(c.Arg(0).Str, st)
		s.put(st, int(c.Ret.Value), f, true)
	}
}

func queueSent(s *State, st *Step, c *event.Call) {
	st.File = s.numbered(st, c)
	written(s, st, c)
}

func queueReceived(s *State, st *Step, c *event.Call) {
	st.File = s.numbered(st, c)
	readDone(s, st, c)
}

// numbered is the queue of System V that a call uses.
func (s *State) numbered(st *Step, c *event.Call) *File {
	return s.queue(fmt.Sprint(c.Arg(0).Int), st)
}
