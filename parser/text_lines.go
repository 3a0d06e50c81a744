package parser

import "strings"

// lines gives the lines of a log one by one.
type lines struct {
	blocks *blockReader
	block  *block
	at     int // the next line of block
	n      int // lines given so far
}

// line is one line of a text without its end.
type line struct {
	text  string
	whole bool // it ended with a newline
	long  bool // it was longer than maxLine: only its beginning is here
}

// next gives the next line, io.EOF after the last. It is valid until the next
// call, its text longer.
func (l *lines) next() (*quickLine, error) {
	for l.last() {
		if l.block != nil && l.block.err != nil {
			return nil, l.block.err
		}
		l.block = l.blocks.next(l.block)
		l.at = 0
	}
	l.at++
	l.n++
	return &l.block.lines[l.at-1], nil
}

// last says whether all lines of the block are given.
func (l *lines) last() bool { return l.block == nil || l.at >= len(l.block.lines) }

// whole is the line that next has given. Its text holds nothing else, or hardly
// anything when the line is long.
func (l *lines) whole(q *quickLine) line {
	last := l.at == len(l.block.lines)
	text := l.block.text[q.from:q.to]
	if len(text) <= keepSize { // else the block's memory is not used again
		text = strings.Clone(text)
	}
	return line{
		text:  text,
		whole: !last || !l.block.open,
		long:  last && l.block.long,
	}
}

// withoutNoise takes off the colours of strace --color, and bytes that strace
// never writes: the zeros that a full disk leaves.
func withoutNoise(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if strings.IndexByte(s, '\x1b') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		before, rest, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n := 0
		for n < len(rest) && (isDigit(rest[n]) || rest[n] == ';') {
			n++
		}
		if n < len(rest) && rest[n] == 'm' {
			rest = rest[n+1:]
		} else {
			b.WriteString("\x1b[")
		}
		s = rest
	}
}
