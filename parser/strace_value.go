package parser

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

const (
	maxDepth  = 64      // brackets within brackets; what lies deeper is kept as Raw
	maxValues = 1 << 16 // values of one line; what follows in the same list is kept as one Raw
	maxAfter  = 4       // "a => b => c": more is kept as Raw
	maxWaste  = 16      // lengths of the line that may be read in vain
)

// scanner reads the notation of values (see event.ValueKind) from one line. The
// values share the line's memory.
type scanner struct {
	s      string
	i      int
	depth  int
	after  int  // "=>" around the value
	values int  // so far on this line
	wasted int  // bytes read in vain
	open   bool // the text ends inside the last argument

	unfinished bool // "<unfinished ...>" stands behind the last argument

	// Searches that failed once on this line; they are not tried again, so that
	// no line takes quadratic time.
	noComment, noNested, noAngle bool

	stack []event.Value // elements of the lists that are being read
	room  *room         // for values that are borrowed, nil for others
}

func (p *scanner) reset(s string) {
	clear(p.stack)
	*p = scanner{s: s, stack: p.stack[:0], room: p.room}
}

// peek gives the next byte, 0 at the end.
func (p *scanner) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *scanner) spaces() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t') {
		p.i++
	}
}

// skip steps over text when it comes next.
func (p *scanner) skip(text string) bool {
	if strings.HasPrefix(p.s[p.i:], text) {
		p.i += len(text)
		return true
	}
	return false
}

// atEnd says whether a value ends here.
func (p *scanner) atEnd() bool {
	if p.i >= len(p.s) {
		return true
	}
	switch p.s[p.i] {
	case ',', ')', ']', '}':
		return true
	}
	return false
}

// value reads one value up to the comma or bracket that ends it; in an array a
// blank ends it too. Text of no known form becomes Raw.
func (p *scanner) value(blankEnds bool) event.Value {
	start, open := p.i, p.open
	if p.values++; p.depth <= maxDepth && p.values <= maxValues {
		if v, ok := p.atom(); ok && p.suffix(&v, blankEnds) {
			return v
		}
		p.waste(p.i - start)
	}
	p.i, p.open = start, open
	v := event.Value{Kind: event.Raw, Str: p.raw(p.values <= maxValues)}
	p.unfinishedMark()
	return v
}

// waste counts what was read in vain. When it is many times the line, the values
// that follow are kept as text, so that no line takes quadratic time.
func (p *scanner) waste(n int) {
	if p.wasted += n; p.wasted > maxWaste*(len(p.s)+256) {
		p.values = maxValues
	}
}

// atom reads a value without what may stand behind it.
func (p *scanner) atom() (event.Value, bool) {
	switch c := p.peek(); {
	case c == '"':
		return p.quoted("")
	case c == '@' && strings.HasPrefix(p.s[p.i:], `@"`):
		p.i++
		return p.quoted("\x00")
	case c == '@':
		return p.abstractPath()
	case c == '{':
		p.i++
		l := p.list('}')
		p.surplusBrace(l.elems)
		return event.Value{Kind: event.Struct, Elems: l.elems, Cut: l.cut}, l.closed
	case c == '[':
		p.i++
		return p.array()
	case c == '~' && strings.HasPrefix(p.s[p.i:], "~["):
		p.i += 2
		l := p.list(']')
		return event.Value{Kind: event.Set, Neg: true, Elems: l.elems, Cut: l.cut}, l.closed && !hasRaw(l.elems)
	case isDigit(c) || c == '-':
		return p.number()
	case isWord(c) || c == '&':
		return p.symbol()
	case c == '/' && strings.HasPrefix(p.s[p.i:], "/*"):
		return event.Value{}, true // suffix reads the comment
	}
	return event.Value{}, false
}

func (p *scanner) array() (event.Value, bool) {
	l := p.list(']')
	v := event.Value{Kind: event.Array, Elems: l.elems, Cut: l.cut}
	if l.blanks {
		v.Kind = event.Set
		if hasRaw(l.elems) {
			return v, false
		}
	}
	if len(v.Elems) == 1 && v.Elems[0].Kind == event.None { // [/* 8 vars */]
		v.Comment, v.Elems = v.Elems[0].Comment, nil
	}
	return v, l.closed
}

// hasRaw says whether there is text of no known form among the elements. In a
// set, where blanks separate, it can't be told where such text ends.
func hasRaw(elems []event.Value) bool {
	return slices.ContainsFunc(elems, func(v event.Value) bool { return v.Kind == event.Raw })
}

// quoted reads a string; prefix is put before its bytes.
func (p *scanner) quoted(prefix string) (event.Value, bool) {
	end, escaped := stringEnd(p.s, p.i)
	if end < 0 {
		p.i, p.open = len(p.s), true
		return event.Value{}, false
	}
	text := p.s[p.i+1 : end]
	p.i = end + 1
	if escaped || prefix != "" {
		text = p.room.unescape(prefix, text)
	}
	v := event.Value{Kind: event.String, Str: text}
	if p.skip("...") {
		v.Cut = true
	}
	return v, true
}

// suffix reads what may stand behind a value: <what it points to>, a comment,
// => the value after the call. It returns false when something else follows.
func (p *scanner) suffix(v *event.Value, blankEnds bool) bool {
	if !p.pointsTo(v) {
		return false
	}
	p.skipEcho()
	if p.glued(v) {
		return true
	}
	end := p.i
	p.spaces()
	if v.Comment == "" && strings.HasPrefix(p.s[p.i:], "/*") {
		text, ok := p.comment()
		if !ok {
			return false
		}
		v.Comment = text
		if !v.HasDeco && !p.pointsTo(v) { // -100 /* AT_FDCWD */</root>
			return false
		}
		p.orMore(v)
		end = p.i
		p.spaces()
	}
	if !blankEnds && p.peek() == '[' {
		p.context(v)
		end = p.i
		p.spaces()
	}
	if p.after < maxAfter && p.changeMark() {
		p.spaces()
		p.after++
		after := p.value(blankEnds)
		p.after--
		v.After = &after
		end = p.i
		p.spaces()
	}
	if p.unfinishedMark() {
		return true
	}
	if end < p.i && (blankEnds && !p.atEnd() || p.structAhead(v)) {
		p.i = end // the blank separates
		return true
	}
	return p.atEnd()
}

// pointsTo reads what a number or name points to, if that stands here.
func (p *scanner) pointsTo(v *event.Value) bool {
	if p.peek() != '<' || v.Kind != event.Int && v.Kind != event.Symbol && v.Kind != event.Addr {
		return true
	}
	v.Deco, v.HasDeco = p.deco()
	return v.HasDeco
}
