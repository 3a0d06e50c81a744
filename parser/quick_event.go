package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// quickEvent is the event of a plain line. It is used again for the next one.
type quickEvent struct {
	event event.Event
	call  event.Call
	args  quickArgs
	half  quickArgs
}

// quick gives the event of a plain line, nil when the line needs a closer look.
func (r *straceReader) quick(q *quickLine) *event.Event {
	if q.kind == quickNot || r.torn != nil || r.closely {
		return nil
	}
	name := r.lines.block.names[q.name]
	if q.kind == quickCall && !r.who.column && writes(name) { // see mixedWrite
		return nil
	}
	tid := r.quickThread(q)
	open := r.open(tid)
	if q.kind == quickBegun && open != nil || q.kind == quickResumed && (open == nil || open.closely || open.name != name) {
		return nil
	}
	e := r.quickly.reset(r.lines.block, q)
	e.Index, e.File, e.Line = r.stats.Events, r.name, r.lines.n
	r.time = r.clock.at(prefix{clock: q.clock, ns: q.ns})
	e.TID, e.Time = tid, r.time
	r.stats.Events++
	switch q.kind {
	case quickBegun:
		r.who.entered(tid, name)
		r.hold(tid, name, e.Call.Text(), e)
		return e
	case quickResumed:
		r.useAgain(r.take(tid))
		e.Call.Entered = open.index
		r.quickly.args.begun = false
		e.Call.BorrowArgs(open.args, e.Call.Text(), &r.quickly.args)
	}
	r.stats.Calls++
	if !r.who.column {
		r.who.returned(tid, e.Call)
	}
	return e
}

// quickThread is the thread that a line is about.
func (r *straceReader) quickThread(q *quickLine) int {
	if q.style == barePID && r.who.column && r.who.last == int(q.tid) {
		return r.who.last
	}
	p := prefix{style: q.style, tid: int(q.tid)}
	r.who.name(&p)
	return p.tid
}

// reset makes the event that the line itself tells of.
func (v *quickEvent) reset(b *block, q *quickLine) *event.Event {
	line := b.text[q.from:q.to]
	c := &v.call
	v.event.Kind, v.event.Call, v.event.Borrowed = event.Returned, c, true
	c.Name, c.Entered, c.Duration, c.Unfinished, c.Partial = b.names[q.name], -1, q.duration, false, false
	reader := &v.args
	if q.kind == quickBegun {
		reader = &v.half
		reader.half = true
	}
	reader.begun = false
	c.BorrowArgs("", q.args.of(line), reader)
	if q.kind == quickBegun {
		v.event.Kind, c.Duration, c.Ret = event.Entered, -1, event.Result{}
		return &v.event
	}
	ret := &c.Ret // field by field: a whole one is made on the stack and copied
	ret.Known, ret.Value, ret.Style = true, q.value, q.retStyle
	ret.Errno, ret.Message = b.names[q.errno], b.names[q.message]
	ret.Deco, ret.HasDeco, ret.Note, ret.Comment = q.deco.of(line), q.deco.from > 0, q.note.of(line), ""
	return &v.event
}

// quickArgs reads the arguments of plain lines.
type quickArgs struct {
	half  bool    // of first halves
	scan  scanner // of the present call, as far as it was asked for
	begun bool
	list  list
	ended bool
}

// ReadArgs is an event.ArgReader's. The values share a copy of the text: they
// don't hold the log's block.
func (a *quickArgs) ReadArgs(first, rest string) (args []event.Value, shown int) {
	if first != "" {
		shown = len(readHalf(first))
	}
	if a.half {
		return readHalf(first + rest), shown
	}
	var s scanner
	s.reset(strings.Clone(first + rest))
	return s.withRest(s.list(')').elems), shown
}

// Borrow is an event.ArgReader's.
func (a *quickArgs) Borrow(first, rest string, n int) []event.Value {
	s := &a.scan
	if !a.begun {
		a.begun, a.ended, a.list = true, false, list{}
		if first != "" {
			rest = first + rest
		}
		s.reset(rest)
		s.borrow()
		s.depth++
	}
	for !a.ended && len(s.stack) < n {
		a.ended = !s.more(')', 0, &a.list)
		if a.ended && !a.half {
			s.stack = s.withRest(s.stack)
		}
	}
	if a.half {
		return s.stack[:s.whole(len(s.stack))]
	}
	return s.stack
}

// readHalf reads the arguments of a first half, without one in which it ends.
func readHalf(text string) []event.Value {
	var s scanner
	s.reset(strings.Clone(text))
	args := s.list(')').elems
	return args[:s.whole(len(args))]
}

// whole is how many of n arguments are whole: a first half may end inside its last.
func (p *scanner) whole(n int) int {
	if p.open && n > 0 {
		return n - 1
	}
	return n
}

// withRest gives all arguments of a call. Where they are damaged, see argsClose,
// what can't be read is kept as text.
func (p *scanner) withRest(args []event.Value) []event.Value {
	n := len(args)
	if rest := p.s[p.i:]; rest != "" && rest != ")" {
		if n == 0 || args[n-1].Kind != event.Raw {
			args = append(args, event.Value{Kind: event.Raw})
			n++
		}
		args[n-1].Str += event.Printable(strings.TrimSuffix(rest, ")"))
	} else if p.open && n > 0 { // it went on over the end
		args[n-1].Str = strings.TrimSuffix(args[n-1].Str, ")")
	}
	return args
}
