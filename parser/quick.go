package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// Nearly all lines of a log are calls of a few plain forms. They are told apart
// here, by their ends, without a look at the arguments; several blocks of lines
// at a time (see blocks.go). What is not certain is left to straceReader.line,
// which knows all forms, and both give the same events.

// quickKind is what quick has made of a line.
type quickKind uint8

const (
	quickNot     quickKind = iota // left to straceReader.line
	quickCall                     // name(args) = result
	quickBegun                    // name(args <unfinished ...>
	quickResumed                  // <... name resumed>args) = result
)

// quickLine is a line of a block. It fills one cache line: most of them are
// written on one processor and read on another.
type quickLine struct {
	from, to uint32 // the line in the block's text, without its end
	tid      int32
	kind     quickKind
	style    pidStyle
	clock    event.Clock
	retStyle event.Style

	// In the line:
	args       argSpan // after the "(", with the ")" of a whole call
	deco, note span    // of the result, empty for none

	name, errno, message nameNumber

	ns       int64 // of the line's time
	value    int64 // of the result
	duration int64
}

// argSpan is the piece of a line that may be long.
type argSpan struct {
	from uint16
	to   uint32
}

func (s argSpan) of(line string) string { return line[s.from:s.to] }

// span is a piece of what stands behind the arguments: counted from the line's end.
type span struct{ from, to uint16 }

func (s span) of(line string) string { return line[len(line)-int(s.from) : len(line)-int(s.to)] }

// maxQuick is how long what stands before the arguments may be, and behind them.
const maxQuick = 1<<16 - 1

// tail is the span of s[from:to], when it is near enough to the line's end.
func (q *quickScanner) tail(from, to int) (span, bool) {
	n := len(q.s)
	return span{uint16(n - from), uint16(n - to)}, n-from <= maxQuick
}

// quickScanner finds the plain lines of blocks.
type quickScanner struct {
	names names
	s     string // the line
	line  *quickLine
	pos   int // where the line is read
	end   int // where what is left of it ends
	last  lastPrefix
}

// scan looks at the line text[from:to].
func (q *quickScanner) scan(line *quickLine, text string, from, to int) {
	*line = quickLine{from: uint32(from), to: uint32(to)}
	q.s, q.line, q.pos, q.end = text[from:to], line, 0, to-from
	if !q.samePrefix() && !q.prefix() || q.pos >= q.end {
		return
	}
	switch c := q.s[q.pos]; {
	case c == '<':
		line.kind = q.resumed()
	case c >= 'a' && c <= 'z' || c == '_':
		line.kind = q.call()
	}
}

const unfinishedEnd = " <unfinished ...>"

// call reads "name(args) = result" or "name(args <unfinished ...>".
func (q *quickScanner) call() quickKind {
	s, i := q.s[:q.end], q.pos
	for i < len(s) && isWord(s[i]) {
		i++
	}
	if i >= len(s) || s[i] != '(' {
		return quickNot
	}
	q.line.name = q.names.get(s[q.pos:i])
	if q.pos = i + 1; q.pos > maxQuick || q.line.name == 0 {
		return quickNot
	}
	if s[len(s)-1] == '>' && strings.HasSuffix(s[q.pos:], unfinishedEnd) {
		q.end -= len(unfinishedEnd)
		for q.end > q.pos && s[q.end-1] == ' ' {
			q.end--
		}
		q.line.args = argSpan{uint16(q.pos), uint32(q.end)}
		args := s[q.pos:q.end]
		if _, ok := openBrackets(args); !ok || strings.HasSuffix(args, "...>") || strings.HasSuffix(args, "^C") {
			return quickNot
		}
		return quickBegun
	}
	if q.result() && q.argsClose() {
		return quickCall
	}
	return quickNot
}

// resumed reads "<... name resumed>args) = result".
func (q *quickScanner) resumed() quickKind {
	const mark, after = "<... ", " resumed>"
	s, i := q.s[:q.end], q.pos
	if !strings.HasPrefix(s[i:], mark) {
		return quickNot
	}
	i += len(mark)
	name := i
	for i < len(s) && isWord(s[i]) {
		i++
	}
	if i == name || !strings.HasPrefix(s[i:], after) {
		return quickNot
	}
	q.line.name = q.names.get(s[name:i])
	q.pos = i + len(after)
	if q.pos <= maxQuick && q.line.name != 0 && q.result() && q.argsClose() {
		return quickResumed
	}
	return quickNot
}

// result reads the end of the line backwards: the duration and, behind the last
// " = " , the result. What is left then ends in the ")" of the arguments.
func (q *quickScanner) result() bool {
	s := q.s[:q.end]
	q.line.duration = -1
	if s[len(s)-1] == '>' && !q.cutDuration() {
		return false
	}
	s = s[:q.end]
	i := len(s) - 2
	for ; ; i-- {
		if i <= q.pos+1 {
			return false
		}
		if s[i] == '=' && s[i-1] == ' ' && s[i+1] == ' ' {
			break
		}
	}
	if !q.value(i + len("= ")) {
		return false
	}
	for i--; i > q.pos && s[i] == ' '; i-- {
	}
	q.line.args = argSpan{uint16(q.pos), uint32(i + 1)}
	return s[i] == ')'
}

// cutDuration takes " <0.000123>" off the end.
func (q *quickScanner) cutDuration() bool {
	const shortest = len(" <0>")
	s := q.s[:q.end-1]
	i := len(s)
	if n := i - len(" <0.000123"); n > q.pos && s[n] == ' ' && s[n+1] == '<' && isDigit(s[n+2]) {
		if ns, ok := micros(q.s, n+len(" <0"), '>'); ok {
			q.line.duration = int64(s[n+2]-'0')*1e9 + ns
			q.end = n
			return true
		}
	}
	for i > q.pos+shortest && (isDigit(s[i-1]) || s[i-1] == '.') {
		i--
	}
	if s[i-1] != '<' || s[i-2] != ' ' {
		return s[i-1] != '<' // a descriptor's decoration, or nothing known
	}
	ns, ok := parseSeconds(s[i:])
	if !ok {
		return false
	}
	q.line.duration = ns
	q.end = i - 2
	return true
}

// value reads a result that begins at i: a number with its decoration, an errno
// with its message, or a note.
func (q *quickScanner) value(i int) bool {
	s := q.s[:q.end]
	if i+1 == len(s) && isDigit(s[i]) { // most of them
		q.line.value = int64(s[i] - '0')
		return true
	}
	i, ok := q.number(i)
	if !ok {
		return false
	}
	if i < len(s) && s[i] == '<' {
		if i, ok = q.decoration(i); !ok {
			return false
		}
	}
	if i == len(s) {
		return true
	}
	if s[i] != ' ' || i+1 == len(s) {
		return false
	}
	i++
	switch s[i] {
	case 'E':
		name := i
		for i < len(s) && isWord(s[i]) {
			i++
		}
		if q.line.errno = q.names.get(s[name:i]); q.line.errno == 0 {
			return false
		}
		if i+1 >= len(s) || s[i] != ' ' {
			return i == len(s)
		}
		if ok = isPlainNote(s[i+1:]); ok {
			q.line.message = q.names.get(s[i+2 : len(s)-1])
			ok = q.line.message != 0
		}
	case '(':
		q.line.note, ok = q.tail(i+1, len(s)-1)
		ok = ok && isPlainNote(s[i:]) && !strings.HasPrefix(s[i:], "(errno ") // an old strace's error
	default:
		ok = false
	}
	return ok
}

// number reads a decimal or hexadecimal number.
func (q *quickScanner) number(i int) (end int, ok bool) {
	s := q.s[:q.end]
	negative := i < len(s) && s[i] == '-'
	if negative {
		i++
	}
	start, n := i, uint64(0)
	if i+2 < len(s) && s[i] == '0' && s[i+1] == 'x' && !negative {
		for i += 2; i < len(s); i++ {
			d := unhex(s[i])
			if d < 0 {
				break
			}
			n = n<<4 | uint64(d)
		}
		q.line.retStyle, q.line.value = event.Hex, int64(n)
		return i, i-start > 2 && i-start <= 2+16
	}
	for ; i < len(s) && isDigit(s[i]); i++ {
		n = n*10 + uint64(s[i]-'0')
	}
	if width := i - start; width == 0 || width > 18 || s[start] == '0' && width > 1 {
		return i, false // none, or an octal number
	}
	if q.line.value = int64(n); negative {
		q.line.value = -q.line.value
	}
	return i, true
}

// decoration reads "</etc/passwd>", when nothing in it is special.
func (q *quickScanner) decoration(i int) (end int, ok bool) {
	s := q.s[:q.end]
	start := i + 1
	for i = start; i < len(s) && s[i] != '>'; i++ {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '\\' || c == '<' {
			return i, false
		}
	}
	if i == len(s) || i+1 < len(s) && s[i+1] != ' ' || i > start && isDigit(s[start]) || strings.HasSuffix(s[start:i], " ...") {
		return i, false // or it is a mark: <unfinished ...>
	}
	q.line.deco, ok = q.tail(start, i)
	return i + 1, ok
}

// isPlainNote says whether s is "(text)" with nothing special in it.
func isPlainNote(s string) bool {
	end := len(s) - 1
	if s[0] != '(' || end <= 0 || s[end] != ')' {
		return false
	}
	for _, c := range []byte(s[1:end]) {
		if c < ' ' || c >= 0x7f || special[c] {
			return false
		}
	}
	return true
}

// special are the bytes that may hide the end of a note, or begin a comment.
var special = [256]bool{'(': true, ')': true, '"': true, '<': true, '>': true, '[': true, ']': true, '{': true, '}': true, '\\': true, '*': true}
