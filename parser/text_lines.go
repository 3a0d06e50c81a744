package parser

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// maxLine is how much of a line is kept; the rest of a longer one is dropped.
const maxLine = 64 << 20

// lineReader reads a text line by line.
type lineReader struct {
	r    *bufio.Reader
	n    int // lines read so far
	long []byte
}

// line is one line of a text without its end.
type line struct {
	text  string
	whole bool // it ended with a newline
	long  bool // it was longer than maxLine: only its beginning is here
}

// next gives the next line, io.EOF after the last. The text stays valid.
func (l *lineReader) next() (line, error) {
	b, err := l.r.ReadSlice('\n')
	long := false
	if errors.Is(err, bufio.ErrBufferFull) {
		b, long, err = l.rest(b)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return line{}, err
	}
	if len(b) == 0 {
		return line{}, io.EOF
	}
	l.n++
	whole := b[len(b)-1] == '\n'
	if whole {
		b = b[:len(b)-1]
	}
	text := strings.TrimSuffix(string(b), "\r")
	return line{text: text, whole: whole, long: long}, nil
}

// rest reads on to the end of a line that begins with first and does not fit
// the reader's buffer.
func (l *lineReader) rest(first []byte) (b []byte, long bool, err error) {
	l.long = append(l.long[:0], first...)
	for {
		var more []byte
		more, err = l.r.ReadSlice('\n')
		if room := maxLine - len(l.long); len(more) > room {
			more, long = more[:max(room, 0)], true
		}
		l.long = append(l.long, more...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
	}
	b = l.long
	if cap(l.long) > 1<<20 {
		l.long = nil // one long line does not keep its memory
	}
	return b, long, err
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
