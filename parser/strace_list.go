package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// list is what stands between two brackets.
type list struct {
	elems  []event.Value
	cut    bool // ends in "..."
	blanks bool // blanks separate the elements
	closed bool // the closing bracket is there
}

// list reads values up to the closing bracket and steps over it.
func (p *scanner) list(closing byte) list {
	var l list
	base := len(p.stack)
	p.depth++
	for p.more(closing, base, &l) {
	}
	l.elems = p.room.copy(p.stack[base:])
	clear(p.stack[base:])
	p.stack = p.stack[:base]
	p.depth--
	return l
}

// more reads the next value of a list to the stack, on which the list begins at
// base. It returns false after the last.
func (p *scanner) more(closing byte, base int, l *list) bool {
	p.spaces()
	p.skipEcho()
	if p.i >= len(p.s) {
		p.open = p.open || p.depth > 1
		return false
	}
	if p.s[p.i] == closing && len(p.stack) == base {
		p.i++
		l.closed = true
		return false
	}
	if p.unfinishedMark() {
		p.i++
		l.closed = true
		return false
	}
	if closing != ')' && p.cutMark(closing) {
		l.cut, l.closed = true, true
		return false
	}
	p.stack = append(p.stack, p.element(closing))
	if p.i >= len(p.s) {
		p.open = p.open || p.depth > 1
		return false
	}
	return p.separator(closing, l) && !l.closed
}

// separator steps over what stands after an element. It returns false at a
// bracket that belongs to another list: the text is damaged.
func (p *scanner) separator(closing byte, l *list) bool {
	switch c := p.s[p.i]; c {
	case closing:
		p.i++
		l.closed = true
	case ',':
		p.i++
	case ' ':
		p.spaces()
		if p.peek() == closing {
			p.i++
			l.closed = true
		} else {
			l.blanks = true
		}
	case '{': // see glued
	default:
		return false
	}
	return true
}

// unfinishedMark steps over the mark of a call that ended inside the kernel:
// "read(5 <unfinished ...>) = ?".
func (p *scanner) unfinishedMark() bool {
	if p.depth != 1 {
		return false
	}
	if p.atMark() {
		p.i += strings.IndexByte(p.s[p.i:], ')')
		p.unfinished = true
	}
	return p.unfinished
}

// atMark says whether "<unfinished ...>)" comes next.
func (p *scanner) atMark() bool {
	rest, ok := strings.CutPrefix(p.s[p.i:], "<unfinished ...>")
	return ok && strings.HasPrefix(strings.TrimLeft(rest, " "), ")")
}

// cutMark steps over "..." and the closing bracket after it.
func (p *scanner) cutMark(closing byte) bool {
	rest, ok := strings.CutPrefix(p.s[p.i:], "...")
	rest = strings.TrimLeft(rest, " ")
	if !ok || rest == "" || rest[0] != closing {
		return false
	}
	p.i = len(p.s) - len(rest) + 1
	return true
}

// element reads a value, and outside arrays the name that may stand before it.
func (p *scanner) element(closing byte) event.Value {
	if closing == ']' {
		return p.value(true)
	}
	name := p.name()
	if name == "" && closing == '}' {
		name = p.colonName()
	}
	cut := name != "" && p.i >= len(p.s)
	v := p.value(false)
	v.Name = name
	p.open = p.open || cut
	return v
}
