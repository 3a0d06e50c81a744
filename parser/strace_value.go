package parser

import (
	"slices"
	"strconv"
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
	for p.i < len(p.s) && p.s[p.i] == ' ' {
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
	v := p.value(false)
	v.Name = name
	return v
}

// name steps over "st_size=", and over "msg_iov(2)=" of old straces.
func (p *scanner) name() string {
	s, j := p.s, p.i
	if j >= len(s) || isDigit(s[j]) {
		return ""
	}
	for j < len(s) && isWord(s[j]) {
		j++
	}
	if j == p.i || j >= len(s) {
		return ""
	}
	end := j
	if s[j] == '(' {
		for j++; j < len(s) && isDigit(s[j]); {
			j++
		}
		if j >= len(s) || s[j] != ')' {
			return ""
		}
		j++
	}
	if j >= len(s) || s[j] != '=' || strings.HasPrefix(s[j:], "==") || strings.HasPrefix(s[j:], "=>") {
		return ""
	}
	name := s[p.i:end]
	p.i = j + 1
	return name
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

// number reads 3, -1, 0644, 0x1f; and 0x4|SIGCHLD, which is a Symbol.
func (p *scanner) number() (event.Value, bool) {
	start := p.i
	if p.s[p.i] == '-' {
		p.i++
	}
	for p.i < len(p.s) && isWord(p.s[p.i]) {
		p.i++
	}
	if p.peek() == '|' {
		return p.constants(start), true
	}
	return parseNumber(p.s[start:p.i])
}

// parseNumber reads a number as strace writes it.
func parseNumber(text string) (event.Value, bool) {
	digits, negative := strings.CutPrefix(text, "-")
	if digits == "" || !isDigit(digits[0]) {
		return event.Value{}, false
	}
	v := event.Value{Kind: event.Int}
	base := 10
	switch {
	case strings.HasPrefix(digits, "0x"):
		v.Kind, v.Style, base, digits = event.Addr, event.Hex, 16, digits[2:]
	case digits[0] == '0' && len(digits) > 1:
		v.Style, base = event.Octal, 8
	}
	n, err := strconv.ParseUint(digits, base, 64)
	switch {
	case err != nil || strings.Contains(digits, "_"):
		return event.Value{}, false
	case negative:
		if base != 10 || n > 1<<63 {
			return event.Value{}, false
		}
		v.Int = -int64(n)
		return v, true
	}
	v.Int = int64(n)
	if v.Int < 0 && base == 10 {
		v.Style = event.Unsigned
	}
	return v, v.Int >= 0 || v.Style != event.Octal
}

// symbol reads NULL, O_RDONLY|O_CLOEXEC, &sin6_addr and htons(80).
func (p *scanner) symbol() (event.Value, bool) {
	start := p.i
	p.i++
	for p.i < len(p.s) && isWord(p.s[p.i]) {
		p.i++
	}
	name := p.s[start:p.i]
	switch p.peek() {
	case '|':
		return p.constants(start), true
	case '(':
		p.i++
		l := p.list(')')
		return event.Value{Kind: event.Func, Str: name, Elems: l.elems}, l.closed
	}
	if name == "NULL" {
		return event.Value{Kind: event.Addr, Style: event.Hex}, true
	}
	return event.Value{Kind: event.Symbol, Str: name}, true
}

// constants reads the rest of names and numbers joined by "|".
func (p *scanner) constants(start int) event.Value {
	for p.i < len(p.s) && (isWord(p.s[p.i]) || p.s[p.i] == '|') {
		p.i++
	}
	return event.Value{Kind: event.Symbol, Str: p.s[start:p.i]}
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
