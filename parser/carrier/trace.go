package carrier

import "bytes"

// What a line of strace looks like, as far as it takes to tell one from a line
// that a carrier disguises. The parser knows much more.

// isTrace says whether a line is one of strace's: a call with its result or a mark
// that it is unfinished, a resumed one, a signal, an exit.
func isTrace(line []byte) bool {
	body := line[ownPrefix(line):]
	switch {
	case len(body) == 0:
		return false
	case body[0] == '<':
		return isResumed(body) && (hasResult(body) || isLeft(body))
	case body[0] == '-':
		return bytes.HasPrefix(body, []byte("--- ")) && bytes.HasSuffix(body, []byte(" ---"))
	case body[0] == '+':
		return bytes.HasPrefix(body, []byte("+++ ")) && bytes.HasSuffix(body, []byte(" +++"))
	case body[0] == 'P' || body[0] == 's':
		if isAttached(body) {
			return true
		}
	}
	return callName(body) > 0 && (hasResult(body) || isLeft(body))
}

// isAttached is for "strace: Process 12 attached", in old straces without the name
// and with more behind.
func isAttached(body []byte) bool {
	body, ok := bytes.CutPrefix(bytes.TrimPrefix(body, []byte("strace: ")), []byte("Process "))
	n := digits(body)
	return ok && n > 0 && (bytes.HasPrefix(body[n:], []byte(" attached")) || bytes.HasPrefix(body[n:], []byte(" detached")))
}

func isResumed(body []byte) bool {
	return bytes.HasPrefix(body, []byte("<... ")) && bytes.Contains(body, []byte(" resumed>"))
}

// isLeft says whether the text is marked as that of a call that did not return.
func isLeft(body []byte) bool {
	return bytes.HasSuffix(body, []byte("<unfinished ...>")) || bytes.HasSuffix(body, []byte("<detached ...>"))
}

// callName gives the length of the name before "(", 0 without one.
func callName(body []byte) int {
	if bytes.HasPrefix(body, []byte("???(")) {
		return 3
	}
	n := 0
	for n < len(body) && (isLower(body[n]) || n > 0 && isDigit(body[n])) {
		n++
	}
	if n == len(body) || body[n] != '(' || n > 64 {
		if bytes.HasPrefix(body, []byte("SYS_")) && bytes.IndexByte(body[:min(len(body), 16)], '(') > 0 { // old straces
			return 4
		}
		return 0
	}
	return n
}

// hasResult says whether there is a ")", blanks and "= " in the text.
func hasResult(body []byte) bool {
	for rest := body; ; {
		i := bytes.Index(rest, []byte("= "))
		if i < 0 {
			return false
		}
		before := bytes.TrimRight(rest[:i], " \t")
		if n := len(before); n > 0 && n < i && (before[n-1] == ')' || before[n-1] == '>') {
			return true
		}
		rest = rest[i+2:]
	}
}

// ownPrefix gives the length of what strace itself puts before an event: pid,
// time, call number, instruction pointer.
func ownPrefix(s []byte) int {
	i := pidPrefix(s)
	i += timePrefix(s[i:])
	for range 2 {
		i += numberPrefix(s[i:])
	}
	return i
}

// pidPrefix is for "12 ", "12<comm> ", "[pid  12] " and "[pid 12<comm>] ".
func pidPrefix(s []byte) int {
	i, end := 0, byte(' ')
	if bytes.HasPrefix(s, []byte("[pid ")) {
		i, end = 5+blanks(s[5:]), ']'
	}
	n := digits(s[i:])
	if n == 0 || n > 8 {
		return 0
	}
	if i += n; i < len(s) && s[i] == '<' {
		close := bytes.Index(s[i:], []byte{'>', end})
		if close < 0 {
			return 0
		}
		i += close + 1
	}
	if i >= len(s) || s[i] != end {
		return 0
	}
	if end == ']' {
		i++
	}
	return i + blanks(s[i:])
}

// timePrefix is for the times of -t, -tt, -ttt and -r, with the difference behind.
// Blanks before are -r's, which fills the seconds up to six places.
func timePrefix(s []byte) int {
	i := blanks(s)
	n := 0
	if i == 0 {
		n = clock(s)
	}
	if n == 0 {
		whole := digits(s[i:])
		part := fraction(s[i+whole:])
		switch {
		case whole == 0, i > 0 && (i+whole != 6 || part == 0), part == 0 && whole < 9:
			return 0
		}
		n = whole + part
	}
	if i += n; i+1 >= len(s) || s[i] != ' ' || s[i+1] == ' ' {
		return 0
	}
	i++
	if rest := s[i:]; bytes.HasPrefix(rest, []byte("(+")) {
		if n := bytes.Index(rest, []byte(") ")); n > 0 && n < 32 {
			i += n + 2
		}
	}
	return i
}

// numberPrefix is for "[ 257] " and "[00007ffa3c649b1d] ".
func numberPrefix(s []byte) int {
	if len(s) == 0 || s[0] != '[' {
		return 0
	}
	i := 1 + blanks(s[1:])
	for i < len(s) && (isHex(s[i]) || s[i] == '?') {
		i++
	}
	if i < 3 || i > 18 || i+1 >= len(s) || s[i] != ']' || s[i+1] != ' ' {
		return 0
	}
	return i + 2
}

// clock gives the length of "10:11:12" or "10:11:12.345", 0 for anything else.
func clock(s []byte) int {
	if !shaped(s, "00:00:00") {
		return 0
	}
	return 8 + fraction(s[8:])
}

// fraction gives the length of ".345" or ",345".
func fraction(s []byte) int {
	if len(s) > 1 && (s[0] == '.' || s[0] == ',') {
		if n := digits(s[1:]); n > 0 {
			return 1 + n
		}
	}
	return 0
}

// shaped says whether s begins as the shape does, where a 0 stands for any digit.
func shaped(s []byte, shape string) bool {
	if len(s) < len(shape) {
		return false
	}
	for i := range len(shape) {
		if shape[i] == '0' {
			if !isDigit(s[i]) {
				return false
			}
		} else if s[i] != shape[i] {
			return false
		}
	}
	return true
}

func blanks(s []byte) int {
	n := 0
	for n < len(s) && s[n] == ' ' {
		n++
	}
	return n
}

func digits(s []byte) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' || c == '_' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c && c <= 'f' }
func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }
