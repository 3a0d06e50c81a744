package analyze

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// A program that must not run twice keeps its process id in a file. The next one reads
// it and asks whether that process lives, with signal 0 (kill(2)). EPERM says so too: it
// is somebody else's.
//
//	read(3, "24830\n", 128) = 6
//	kill(24830, 0) = -1 EPERM (Operation not permitted)
//	write(2, "FATAL pidfile exists, another instance running?\n", 48) = 48

// asksLife says whether a call only asks whether a process lives.
func asksLife(c *event.Call) bool {
	sig := c.Arg(1)
	return c.Name == "kill" && sig.Kind == event.Int && sig.Int == 0
}

// foundAlive remembers the file that the id of a living process was read from.
func (f *facts) foundAlive(h *history, st *replay.Step) {
	pid := strconv.FormatInt(st.Event.Call.Arg(0).Int, 10)
	const few = 8
	list := f.words.read[h]
	for _, r := range slices.Backward(list[max(0, len(list)-few):]) {
		if src := h.sources[r.file.Path]; src != nil && r.file.Kind == replay.PathFile && strings.TrimSpace(r.text) == pid {
			h.alive = &source{file: src.file, path: src.path, first: src.first, pos: position{st.Event.Index, st.Seq}, ev: r.ev, names: pid}
			return
		}
	}
}

// stillAlive is the file that told of a living process right before the message.
func stillAlive(_ *facts, s *suspect) []*candidate {
	src := s.hist.alive
	if src == nil || src.pos.index >= s.anchor.pos.index || src.pos.seq < s.hist.execSeq || s.anchor.pos.seq-src.pos.seq > answerWindow {
		return nil
	}
	c := dataCause(s, src, src.pos)
	c.between = max(0, s.anchor.pos.seq-src.pos.seq-1)
	c.alive = true
	return []*candidate{c}
}

// aliveCause tells whose id the file has.
func aliveCause(out *Cause, c *candidate) {
	s := c.source
	out.Summary = fmt.Sprintf("%s names process %s, which lives", s.path, s.names)
	out.Explanation = fmt.Sprintf("%s read the process id %s from %s, and found that there is such a process: it takes it for another instance of itself.", name(c.sus.hist.proc), s.names, s.path)
	out.Advice = append(out.Advice, fmt.Sprintf("see what it is: ps -p %s; if it is another instance, stop that, or let it do the work; if the id has come to another program since, remove %s", s.names, s.path))
}
