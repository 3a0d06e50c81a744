package analyze

import (
	"fmt"
	"slices"

	"github.com/stracex/stracex/analyze/replay"
)

// hungUp: what a process read last before its message was the end of a connection, on
// which it had asked something. The one that took the request has closed it, or was
// killed. A gateway then says so in its own words.
//
//	20 writev(8, [{iov_base="GET /orders", …}], 1) = 11
//	10 read(6, "GET /orders", 4096) = 11
//	10 openat(AT_FDCWD, "orders.html", O_RDONLY) = -1 ENOENT (No such file or directory)
//	10 close(6) = 0
//	20 recvfrom(8, "", 4096, 0, NULL, NULL) = 0
//	20 writev(4, [{iov_base="HTTP/1.1 502 Bad Gateway", …}], 1) = 24
func (f *facts) hungUp(s *suspect) []*suspect {
	in := f.heardLast(s)
	if in == nil || in.text != "" || in.file.Sock == nil || in.file.Sock.Pair == nil {
		return nil
	}
	took := f.lastReader(in.file.Sock.Pair, in.pos.index)
	if took == nil {
		return f.endedHolding(s, in)
	}
	if took.hist == s.hist || !f.unanswered(in) {
		return nil
	}
	h := took.hist
	a := partingOf(took, in.pos.index)
	if e := h.proc.Exit; e != nil && e.Signal != "" {
		a = anchorOf(h) // it was killed, and so all was closed
	}
	k := s.to(h, "end", a)
	k.gets("hung up", 3.5)
	k.relay = &relay{"", in, took}
	k.because = fmt.Sprintf("%s took the request of %s, and hung up without an answer", name(h.proc), name(s.hist.proc))
	return []*suspect{k}
}

// endedHolding: nobody read from the connection; a process that had its other end has
// failed right before, and so closed it, as one that is started for each connection.
func (f *facts) endedHolding(s *suspect, in *passed) []*suspect {
	pair := in.file.Sock.Pair
	var last *replay.Process
	for _, p := range f.state.All {
		if p == s.hist.proc || !p.Failed() || p.Ended.Index > in.pos.index+closedFirst || last != nil && p.Ended.Index < last.Ended.Index {
			continue
		}
		if p.Std[0] == pair || p.Std[1] == pair || p.Parent != nil && p.Parent == pair.By && p.First != nil && !pair.Opened.None() && p.First.Index > pair.Opened.Event().Index {
			last = p
		}
	}
	if last == nil {
		return nil
	}
	h := f.history(last)
	k := s.to(h, "end", anchorOf(h))
	k.gets("hung up", 3.5)
	k.relay = &relay{"", in, nil}
	k.because = fmt.Sprintf("%s, at the other end of the connection, %s", name(last), ended(last))
	return []*suspect{k}
}

// unanswered says whether the process sent something over a connection and got
// nothing more before its end.
func (f *facts) unanswered(end *passed) bool {
	sent := func(p *passed) bool {
		return p.hist == end.hist && p.file == end.file && p.pos.index < end.pos.index && p.text != ""
	}
	last := func(list []*passed) int {
		for _, p := range slices.Backward(list) {
			if sent(p) {
				return p.pos.index
			}
		}
		return -1
	}
	return last(f.words.wrote) > last(f.words.read[end.hist])
}

// lastReader is the last that a process read from a file before an event.
func (f *facts) lastReader(file *replay.File, before int) (took *passed) {
	for _, h := range f.order {
		for _, p := range slices.Backward(f.words.read[h]) {
			if p.file == file && p.pos.index < before && p.text != "" {
				if took == nil || p.pos.index > took.pos.index {
					took = p
				}
				break
			}
		}
	}
	return took
}

// partingOf is the anchor of a process that hung up on a request: the weightiest line
// that it wrote meanwhile, else the place behind its last failure.
func partingOf(took *passed, before int) anchor {
	h := took.hist
	a := anchor{pos: position{before, took.pos.seq + 1}}
	for i, l := range h.lines {
		if l.start.index > took.pos.index && l.start.index < before && weightOf(l) > 0 && (a.line == nil || weightOf(l) >= weightOf(a.line)) {
			a = anchor{pos: l.start, line: l, text: textFrom(h, i)}
		}
	}
	if a.line != nil {
		return a
	}
	for _, x := range h.failures {
		if at, ok := lastBefore(x.at, before); ok {
			a.pos.seq = max(a.pos.seq, at.seq+1)
		}
	}
	return a
}
