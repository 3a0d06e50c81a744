package carrier

import (
	"bytes"
	"unicode/utf8"
)

// What web pages and word processors make of a text. strace itself writes ASCII, with
// every other byte of a string as an escape.

// isSet says whether a change to plain text makes lines of strace of some that are none,
// or other ones.
func isSet(change func([]byte) []byte, lines [][]byte) bool {
	for _, line := range lines {
		if out := change(bytes.Clone(line)); !bytes.Equal(out, line) {
			return true
		}
	}
	return false
}

// typeset are characters that stand for others of strace's.
var typeset = map[rune]string{
	'\u00a0': " ", '\u2007': " ", '\u202f': " ",
	'\u2212': "-", '\u2013': "-",
	'\u201c': `"`, '\u201d': `"`, '\u201e': `"`,
	'\u2026': "...",
}

// untypeset gives a line of strace its own characters back. Others are left as they are:
// the program may have written them.
func untypeset(line []byte) []byte {
	if isASCII(line) {
		return line
	}
	out := make([]byte, 0, len(line))
	for rest := line; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if text, ok := typeset[r]; ok {
			out = append(out, text...)
		} else {
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
	if !isTrace(out) {
		return line
	}
	return out
}

func isASCII(line []byte) bool {
	for _, c := range line {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// tags are those that stand around lines and words of a text on a web page.
var tags = map[string]bool{
	"br": true, "p": true, "span": true, "div": true, "pre": true, "code": true, "font": true, "tt": true,
	"em": true, "strong": true, "li": true, "td": true, "tr": true,
}

// withoutTags takes the tags off a line of strace, which may still be escaped: outside of
// strings, and not where strace has the name of a process or of a file, 12<code>.
func withoutTags(line []byte) []byte {
	if bytes.IndexByte(line, '<') < 0 {
		return line
	}
	out := make([]byte, 0, len(line))
	quoted := false
	for i := 0; i < len(line); {
		if !quoted && line[i] == '<' {
			n := htmlTag(line[i:])
			if n > 0 && (i == 0 || !isDigit(line[i-1]) || line[i+1] == '/' || i+n == len(line)) {
				i += n
				continue
			}
		}
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 < len(line):
			out = append(out, c)
			i++
		}
		out = append(out, line[i])
		i++
	}
	if len(out) == len(line) || !isTrace(unescapeHTML(bytes.Clone(out))) {
		return line
	}
	return out
}

// htmlTag gives the length of the tag that s begins with, 0 for none: "<br/>", "</p>",
// "<span class=x>".
func htmlTag(s []byte) int {
	if s[0] != '<' {
		return 0
	}
	n := 1
	if n < len(s) && s[n] == '/' {
		n++
	}
	name := n
	for n < len(s) && isLower(s[n]|0x20) {
		n++
	}
	if !tags[string(bytes.ToLower(s[name:n]))] {
		return 0
	}
	end := bytes.IndexByte(s[n:], '>')
	if end < 0 || end > 0 && s[n] != ' ' && s[n] != '/' {
		return 0
	}
	return n + end + 1
}
