package analyze

import (
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// Children whose failure nobody heard of: what they had to say was thrown away, or they
// say nothing, as grep -q. Their parent was prepared for it. Where it then does something
// else before it fails, that is the likelier reason.

// What a parent's own work since the child's end takes from such a child, all that it gets
// for being the last; and less where the parent ended with the child's status, or wanted
// its output, which it now lacks: host=$(cat secret 2>/dev/null).
const (
	unheardMost = -10
	unheardLess = -4
)

// unheard: nobody heard of the child's failure, and the parent went on to other things.
func unheard(f *facts, l *link) float64 {
	p, c := l.parent.hist.proc, l.child.hist.proc
	if c.Reaped == nil || len(c.Execs) == 0 || p.Exit == nil || replay.Crashes(c.Exit.Signal) || l.parent.speaksOf(c) || f.heard(c, new(int)) {
		return 0
	}
	points := float64(unheardMost)
	same := *c.Exit == *p.Exit
	if same && (c.Exit.Code > 1 || !complained(l.parent)) || complained(l.parent) && l.asked() {
		points = unheardLess
	}
	switch {
	case l.parent.turned(c.Reaped.Index):
		return points
	case !complained(l.parent) && !same && l.workAfter(f):
		return unheardLess
	}
	return 0
}

// workAfter says whether children were started after this one that ended well, and did
// more than tidy up.
func (l *link) workAfter(f *facts) bool {
	return l.after() > 0 && slices.ContainsFunc(l.parent.hist.proc.Children, func(c *replay.Process) bool {
		return !c.Failed() && c.First != nil && c.First.Index > l.child.hist.proc.Ended.Index && !f.history(c).tidies()
	})
}

// tidies: the process was there to remove something.
func (h *history) tidies() bool {
	if slices.ContainsFunc(h.failures, func(x *failure) bool { return callClass[x.name] == "remove" }) {
		return true
	}
	for _, s := range h.sources {
		if callClass[s.by] == "remove" {
			return true
		}
	}
	return false
}

// asked: the parent has given the child a pipe of its own for its output.
func (l *link) asked() bool {
	out, own := l.child.hist.proc.Std[1], l.parent.hist.proc.Std[1]
	return out != nil && out.Pipe != nil && (own == nil || own.Pipe != out.Pipe)
}

// heard says whether a process, or one below it, said something that reached somebody.
// seen counts the processes that were asked.
func (f *facts) heard(p *replay.Process, seen *int) bool {
	const most = 50
	if *seen++; *seen > most || f.history(p).spoke() {
		return true
	}
	return slices.ContainsFunc(p.Children, func(c *replay.Process) bool { return f.heard(c, seen) })
}

// spoke: the process itself said something that reached somebody.
func (h *history) spoke() bool {
	if !h.spokeKnown {
		h.spokeKnown = true
		h.spokeUp = slices.ContainsFunc(h.lines, func(l *line) bool {
			return l.file.Path != "/dev/null" && (l.own || l.stream == "tty" || weightOf(l) > 0)
		})
	}
	return h.spokeUp
}

// speaksOf says whether a message is about a child: it gives its status or id, or names
// its program or one of its arguments.
func (s *suspect) speaksOf(c *replay.Process) bool {
	l := s.anchor.line
	if l == nil {
		return false
	}
	if s.tellsStatus(c) || s.blamed() == c || c.PID > 99 && containsWord(l.text, itoa(c.PID)) {
		return true
	}
	const telling = 4
	return slices.ContainsFunc(append([]string{c.Name()}, c.Argv...), func(word string) bool {
		base := path.Base(word)
		return len(base) >= telling && containsWord(l.text, base)
	})
}

// turned says whether a process turned to other things, after an event and before its
// message: it looked at files that it had not looked at before, in vain or not, or spoke
// with somebody. A silent end tells only of what failed right before it.
func (s *suspect) turned(after int) bool {
	if s.lastTurn == 0 {
		s.lastTurn = s.findTurn()
	}
	return s.lastTurn > after
}

// findTurn is the event by which a process turned to something for the last time, -1 for
// none.
func (s *suspect) findTurn() int {
	h, end, last := s.hist, s.anchor.pos, -1
	before := func(at position) bool {
		return at.index < end.index && (complained(s) || end.seq-at.seq <= beforeEnd)
	}
	for _, x := range h.failures {
		if at, ok := lastBefore(x.at, end.index); ok && before(at) && x.at[0].index > last && s.wanted(x, at) {
			last = x.at[0].index
		}
	}
	if !complained(s) {
		return last
	}
	for _, src := range h.sources {
		if before(src.first) && src.first.index > last && strings.HasPrefix(src.path, "/") && !systemPath(src.path) && !takesAway[src.by] && !isLibrary(src.path) &&
			!(src.file != nil && src.file.Writes > 0) && !s.isCode(src.path) {
			last = src.first.index
		}
	}
	if h.talked != nil && before(h.talked.pos) {
		last = max(last, h.talked.pos.index)
	}
	return last
}

// beforeEnd is how many calls before a silent end a process looks at what it gives up for.
const beforeEnd = 20

// wanted says whether a failed call was about something of the application, and not to
// tidy up or to find a program.
func (s *suspect) wanted(x *failure, at position) bool {
	c := &candidate{fail: x, sus: s, pos: at}
	if made(&x.failureKey) == "" || neverCause(x) || errorPoints(x) < 0 || x.errno == "ENOENT" && s.hist.byBase[path.Base(x.path)] != nil {
		return false
	}
	probe, _ := startupProbe(nil, c)
	tidy, _ := cleanUp(nil, c)
	return probe == 0 && tidy == 0 && !inProgramFolders([]*failure{x}) && !s.isCode(x.path)
}

// isCode: a file of the language that the process runs, which it reads to show where it
// stood.
func (s *suspect) isCode(p string) bool {
	ext := path.Ext(p)
	return ext != "" && slices.ContainsFunc(s.hist.proc.Argv, func(arg string) bool { return path.Ext(arg) == ext })
}
