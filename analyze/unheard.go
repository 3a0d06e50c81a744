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
	// where it only asked whether some file is there
	unheardAsked = -2.5
)

// unheard: nobody heard of the child's failure, and the parent went on to other things.
func unheard(f *facts, l *link) float64 {
	f.handles(l.parent) // what it did for a failure is no turn
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
		if complained(l.child) && l.parent.onlyAsked(c.Reaped.Index) {
			return max(points, unheardAsked)
		}
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
	t := s.allTurns()
	return max(t.work, t.question) > after
}

// onlyAsked says whether all that it turned to after an event were questions whether some
// file is there, to which its message is no answer: a script that looks for a flag after
// a command has failed goes another way, and has failed for the command.
func (s *suspect) onlyAsked(after int) bool {
	return s.allTurns().work <= after && s.anchor.line != nil && !containsAny(strings.ToLower(s.anchor.line.text), goneWords)
}

// goneWords say that something is not there.
var goneWords = append([]string{"no such", "not found", "missing", "cannot find", "can't find", "could not find", "not installed", "not set up", "not configured", "required", "need"}, absentWords...)

// turns are the events by which a process turned for the last time to something that it
// did, and to asking for a file in vain that it never opens; -1 for none.
type turns struct{ work, question int }

func (s *suspect) allTurns() *turns {
	if s.turns == nil {
		s.turns = s.findTurns()
	}
	return s.turns
}

func (s *suspect) findTurns() *turns {
	h, end := s.hist, s.anchor.pos
	t := &turns{-1, -1}
	before := func(at position) bool {
		return at.index < end.index && (s.handling == nil || at.index < s.handling.start) && (complained(s) || end.seq-at.seq <= beforeEnd)
	}
	for _, x := range h.failures {
		at, ok := lastBefore(x.at, end.index)
		last := &t.work
		if x.errno == "ENOENT" && probing(x.name) && !s.names(x.path) {
			last = &t.question
		}
		if ok && before(at) && x.at[0].index > *last && s.wanted(x, at) {
			*last = x.at[0].index
		}
	}
	if !complained(s) {
		return t
	}
	for _, src := range h.sources {
		if before(src.first) && src.first.index > t.work && strings.HasPrefix(src.path, "/") && !systemPath(src.path) && !takesAway[src.by] && !isLibrary(src.path) &&
			!(src.file != nil && src.file.Writes > 0) && !s.isCode(src.path) {
			t.work = src.first.index
		}
	}
	if h.talked != nil && before(h.talked.pos) {
		t.work = max(t.work, h.talked.pos.index)
	}
	return t
}

// names says whether the message names a path, or its last part.
func (s *suspect) names(p string) bool {
	l := s.anchor.line
	return l != nil && p != "" && (namesIn(l.text, p) || namesIn(l.text, path.Base(p)))
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
