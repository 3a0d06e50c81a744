package parser

import "strings"

// argsClose says whether the arguments end where they should: no string and no
// bracket of theirs is open or closed too early.
func (q *quickScanner) argsClose() bool {
	s := q.s[q.line.args.from : q.line.args.to-1]
	if n := len(s); n > 0 && (s[n-1] == '>' || s[n-1] == ' ') && strings.HasSuffix(strings.TrimRight(s, " "), "<unfinished ...>") {
		return false
	}
	if q.line.style == barePID && strings.IndexByte(s, '(') < 0 && strings.IndexByte(s, ')') < 0 && strings.Count(s, `"`)%2 == 0 {
		return true // the log has nothing but strace's lines, and no other is glued to this one
	}
	depth, ok := openBrackets(s)
	return ok && depth == 0
}

// openBrackets counts the brackets that are open at the end of arguments. ok is
// false when one is closed too early, or a string does not end.
func openBrackets(s string) (depth int, ok bool) {
	var open [maxDepth]byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			rest := s[i+1:]
			if !skipString(&rest) {
				return 0, false
			}
			i = len(s) - len(rest) - 1
		case '<':
			n := angleEnd(s[i:])
			if n < 0 || i == 0 || !isWord(s[i-1]) && s[i-1] != '/' { // behind a value, or its comment
				return 0, false
			}
			if i += n; i+1 < len(s) && isWord(s[i+1]) { // nothing goes on behind it
				return 0, false
			}
		case '>': // of "=> 5", or of old versions' "-> 5"
			if !strings.HasPrefix(s[i:], "> ") || i == 0 || s[i-1] != '=' && s[i-1] != '-' {
				return 0, false
			}
		case '/':
			if strings.HasPrefix(s[i:], "/*") {
				n := strings.Index(s[i:], "*/")
				if n < 2 {
					return 0, false
				}
				i += n
			}
		case '(', '[', '{':
			if depth == len(open) || c != '(' && i > 0 && isWord(s[i-1]) { // only a name's "(" follows it at once
				return 0, false
			}
			open[depth] = c
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 || closing[open[depth]] != c {
				return 0, false
			}
		}
	}
	return depth, true
}

// angleEnd finds the end of a decoration as the close reader does, -1 when there is
// none.
func angleEnd(s string) int {
	rest, find := s[1:], otherDecoEnd
	if strings.HasPrefix(rest, "/") {
		if i := strings.IndexAny(rest, "<>"); i >= 0 && rest[i] == '>' { // most of them
			return i + 1
		}
		find = pathDecoEnd
	}
	if n := find(rest); n >= 0 {
		return n + 1
	}
	return -1
}

var closing = [256]byte{'(': ')', '[': ']', '{': '}'}

// skipString steps over the rest of a string.
func skipString(s *string) bool {
	t := *s
	for {
		i := strings.IndexByte(t, '"')
		if i < 0 {
			return false
		}
		n := i
		for n > 0 && t[n-1] == '\\' {
			n--
		}
		if t = t[i+1:]; (i-n)%2 == 0 {
			*s = t
			return true
		}
	}
}
