package parser

import (
	"io"

	"github.com/stracex/stracex/event"
)

// Head is what the beginning of a trace tells of the whole.
type Head struct {
	Kind   string     // "capture" or "strace"
	Column bool       // every line names its thread: strace -f -o, not -ff
	TID    int        // the thread that it begins with; 0: the text does not tell, -1: several
	First  event.Time // of the first event that has one
	Coarse bool       // the times are whole seconds (strace -t)
	Call   string     // name of the first call, "" when there is none
}

const (
	headSize   = 8 << 10
	headEvents = 64 // a program's loader says its id within these: set_tid_address(2)
)

// ReadHead reads the beginning of a trace. The errors are those of [New].
func ReadHead(r io.Reader, name string) (Head, error) {
	p, err := New(io.LimitReader(r, headSize), name)
	if err != nil {
		return Head{}, err
	}
	h := Head{Kind: p.Stats().Kind, Coarse: true}
	for range headEvents {
		e, err := p.Read()
		if err != nil {
			break // cut short by us, or to be told by who reads it all
		}
		h.add(e)
	}
	if u, ok := p.(*unpacked); ok {
		p = u.Reader
	}
	if s, ok := p.(*straceReader); ok {
		h.Column = s.who.column
	}
	h.Coarse = h.Coarse && h.First.Clock != event.NoClock
	return h, nil
}

func (h *Head) add(e *event.Event) {
	if h.First.Clock == event.NoClock {
		h.First = e.Time
	}
	h.Coarse = h.Coarse && e.Time.NS%1e9 == 0
	if h.Call == "" && e.Call != nil {
		h.Call = e.Call.Name
	}
	switch {
	case e.TID == 0:
	case h.TID == 0:
		h.TID = e.TID
	case h.TID != e.TID:
		h.TID = -1
	}
}
