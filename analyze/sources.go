package analyze

import (
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// source is something that a process read from.
type source struct {
	file  *replay.File
	path  string
	first position // when it was found first
	found position // when it was found last, by which call
	by    string
	pos   position // when it was found or read last
	// ev is the call that found it, the first of several of one name; then the first
	// read, and the read that brought nothing.
	ev     event.Kept
	wanted int64  // bytes that a write of it was given, and that was cut short
	looks  int    // how often it was found
	head   string // of a file that is no library, see libraries.go
	short  int64  // bytes of a library that is cut off
	names  string // the id of a living process, see alive.go
	// machine is that of a library for another one.
	machine uint16
}

// found remembers that something of this name is there.
func (f *facts) found(h *history, st *replay.Step) {
	p := st.Paths[0]
	if p == "" && len(st.Given) > 0 {
		p = st.Given[0]
	}
	at := position{st.Event.Index, st.Seq}
	s := h.sources[p]
	if s == nil {
		if len(h.sources) >= maxSources {
			return
		}
		if h.sources == nil {
			h.sources = map[string]*source{}
		}
		s = &source{first: at, path: p}
		h.sources[p] = s
		f.charge(h, sourceCost+len(st.Event.Call.Text()))
	}
	s.pos, s.found, s.by = at, at, abi.Plain(st.Event.Call.Name)
	s.looks++
	if st.Made != nil {
		s.file = st.Made
	}
	s.seen(st)
}

// placed remembers that a file has its new name.
func (f *facts) placed(h *history, st *replay.Step) {
	if len(st.Paths) < 2 || !strings.HasPrefix(st.Event.Call.Name, "rename") && !strings.HasPrefix(st.Event.Call.Name, "link") {
		return
	}
	other := *st
	other.Paths, other.Given = st.Paths[1:], st.Given[1:]
	f.found(h, &other)
}

// seen makes the step the one that stands for the source, unless one of that name
// does already.
func (s *source) seen(st *replay.Step) {
	if s.ev.Name() != st.Event.Call.Name || st.EOF {
		s.ev = st.Kept()
	}
}
