package carrier

import "bytes"

// callScan follows a line of strace that comes in pieces, and says when it is
// whole.
type callScan struct {
	text   []byte // all so far
	end    int    // of the text when it was last whole
	bare   bool   // a pid and a time, and nothing behind
	signal bool   // "--- SIGCHLD {…} ---"
	depth  int    // of brackets
	quoted bool   // inside a string
	slash  bool   // after a backslash there
	result int    // where the arguments end, 0 before
	write  bool   // the call may put text on the stream that the log is on
	last   int    // where the last argument begins
}

// begin starts with the first piece of a line; false when it is none of strace's.
func (s *callScan) begin(line []byte) bool {
	*s = callScan{text: s.text[:0]}
	i := ownPrefix(line)
	body := line[i:]
	switch {
	case bytes.HasPrefix(body, []byte("--- SIG")):
		s.signal = true
	case isResumed(body):
		i += bytes.Index(body, []byte(" resumed>")) + len(" resumed>")
		s.depth = 1
	case callName(body) > 0:
		s.write = bytes.HasPrefix(body, []byte("write"))
		i += callName(body)
	case isBare(line):
		i, s.bare = len(line), true
	default:
		return false
	}
	s.text = append(s.text, line[:i]...)
	s.feed(line[i:])
	return true
}

// isBare says whether a line is a time, with or without a pid, and nothing else.
func isBare(line []byte) bool {
	i := pidPrefix(line)
	if i == len(line) || len(line) > 64 {
		return false
	}
	n := clock(line[i:])
	if n == 0 {
		n = digits(line[i:])
		part := fraction(line[min(i+n, len(line)):])
		if n == 0 || part == 0 {
			return false
		}
		n += part
	}
	return i+n == len(line)
}

// feed goes on with the next piece.
func (s *callScan) feed(text []byte) {
	at := len(s.text)
	s.text = append(s.text, text...)
	for i, c := range text {
		switch {
		case s.slash:
			s.slash = false
		case c == '\\':
			s.slash = true
		case s.quoted:
			s.quoted = c != '"'
		case c == '"':
			s.quoted = true
		case c == '(' || c == '[' || c == '{':
			s.depth++
		case c == ',' && s.depth == 1:
			s.last = at + i + 1
		case c == ')' || c == ']' || c == '}':
			if s.depth--; s.depth == 0 && s.result == 0 {
				s.result = at + i + 1
			}
		}
	}
	if s.isWhole() {
		s.end = len(s.text)
	}
}

// done says whether the line is whole.
func (s *callScan) done() bool { return s.end > 0 && s.end == len(s.text) }

func (s *callScan) isWhole() bool {
	if s.signal {
		return bytes.HasSuffix(s.text, []byte(" ---"))
	}
	if s.quoted {
		return false
	}
	if isLeft(s.text) {
		return true
	}
	if s.depth != 0 || s.result == 0 || s.write && !s.hasCount() {
		return false
	}
	return resultForm(s.text[s.result:]) == complete
}

// hasCount says whether the last argument is a number. Behind that of a torn write
// stands what was written: write(1, "hello\n", 6hello.
func (s *callScan) hasCount() bool {
	if s.last == 0 || s.last >= s.result {
		return false
	}
	n, f := valueLength(bytes.TrimLeft(s.text[s.last:s.result-1], " "))
	return f == complete && n == len(bytes.TrimLeft(s.text[s.last:s.result-1], " "))
}

// mayGetOn says whether a line that is whole may still get on with the text: the
// rest of a number, an error's name, a duration, a note in parentheses.
func (s *callScan) mayGetOn(text []byte, blank bool) bool {
	if s.signal || s.result == 0 {
		return false
	}
	n := len(s.text)
	if blank {
		s.text = append(s.text, ' ')
	}
	s.text = append(s.text, text...)
	f := resultForm(s.text[s.result:])
	s.text = s.text[:n]
	return f != wrong
}

// form is what a text that ends somewhere is of something.
type form uint8

const (
	wrong    form = iota
	begun         // the beginning
	complete      // all, though more may follow
)

// resultForm looks at what stands behind a call's ")": blanks, "= ", a value with
// or without a decoration, and then an error's name and notes in (), <> and /**/.
func resultForm(s []byte) form {
	s = s[blanks(s):]
	if len(s) < 2 {
		if len(s) == 0 || s[0] == '=' {
			return begun
		}
		return wrong
	}
	if s[0] != '=' || s[1] != ' ' {
		return wrong
	}
	s = s[2:]
	n, f := valueLength(s)
	if f != complete {
		return f
	}
	if s = s[n:]; len(s) > 0 && s[0] == '<' {
		if n = noteLength(s); n == 0 {
			return begun
		}
		s = s[n:]
	}
	for len(s) > 0 {
		if s[0] != ' ' {
			return wrong
		}
		if s = s[1:]; len(s) == 0 {
			return begun
		}
		if s[0] == 'E' {
			for n = 1; n < len(s) && s[n] != ' '; n++ {
				if !isDigit(s[n]) && s[n] != '_' && (s[n] < 'A' || s[n] > 'Z') {
					return wrong
				}
			}
			if n+1 >= len(s) {
				return begun
			}
			s = s[n+1:]
		}
		if s[0] != '(' && s[0] != '<' && s[0] != '/' {
			return wrong
		}
		if n = noteLength(s); n == 0 {
			return begun
		}
		s = s[n:]
	}
	return complete
}

// valueLength is for "12", "-1", "0x7ffe", "022" and "?".
func valueLength(s []byte) (n int, f form) {
	switch {
	case len(s) == 0:
		return 0, begun
	case s[0] == '?':
		return 1, complete
	case s[0] == '-':
		n = 1
	}
	if bytes.HasPrefix(s[n:], []byte("0x")) {
		n += 2
		for n < len(s) && isHex(s[n]) {
			n++
		}
		return n, complete
	}
	d := digits(s[n:])
	if d == 0 {
		if n == len(s) {
			return n, begun
		}
		return 0, wrong
	}
	return n + d, complete
}

// noteLength gives the length of "(…)", "<…>" or "/*…*/" with what is nested in it,
// 0 when it does not end.
func noteLength(s []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case quoted:
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '(' || c == '<' || c == '/' && i+1 < len(s) && s[i+1] == '*':
			depth++
		case c == ')' || c == '>' && (i == 0 || s[i-1] != '-' && s[i-1] != '=') || c == '/' && i > 1 && s[i-1] == '*':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
