package carrier

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// What Markdown and HTML put around and into a text.

// entities are those that a text escaped for HTML has.
var entities = []struct {
	name string
	c    rune
}{{"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"amp", '&'}, {"apos", '\''}, {"nbsp", ' '}}

// unescapeHTML undoes &lt; and its kin, in place.
func unescapeHTML(line []byte) []byte {
	out := line[:0]
	for {
		n := bytes.IndexByte(line, '&')
		if n < 0 {
			return append(out, line...)
		}
		out = append(out, line[:n]...)
		line = line[n:]
		c, used := entity(line)
		if used == 0 {
			out = append(out, '&')
			line = line[1:]
			continue
		}
		out = utf8.AppendRune(out, c)
		line = line[used:]
	}
}

// entity reads the entity that s begins with, and says how long it is; 0 for none.
func entity(s []byte) (c rune, used int) {
	end := bytes.IndexByte(s[:min(len(s), 12)], ';')
	if end < 3 {
		return 0, 0
	}
	name := s[1:end]
	for _, e := range entities {
		if string(name) == e.name {
			return e.c, end + 1
		}
	}
	if name[0] != '#' {
		return 0, 0
	}
	base, number := 10, string(name[1:])
	if name[1]|0x20 == 'x' {
		base, number = 16, string(name[2:])
	}
	n, err := strconv.ParseUint(number, base, 21)
	if err != nil || n < ' ' || !utf8.ValidRune(rune(n)) || utf8.RuneLen(rune(n)) > end+1 {
		return 0, 0
	}
	if n == 0xa0 {
		n = ' '
	}
	return rune(n), end + 1
}

// isAllHTML says whether all of the lines are escaped for HTML: none has a raw
// character of those, and most have an entity. Every string of strace's has quotes.
func isAllHTML(lines [][]byte) bool {
	escaped := 0
	for _, line := range lines {
		if bytes.ContainsAny(line, `<>"`) {
			return false
		}
		if bytes.Contains(line, []byte("&quot;")) || bytes.Contains(line, []byte("&#34;")) ||
			bytes.Contains(line, []byte("&lt;")) {
			escaped++
		}
	}
	return escaped > 0 && escaped*4 > filled(lines)
}

// isHTML says whether the lines are escaped for HTML: those of strace have none of
// the raw characters, and the entities where strace's own syntax has those. What
// a traced program reads and writes may be HTML; its quotes stand around it raw.
func isHTML(lines [][]byte) bool {
	evidence := false
	for _, line := range lines {
		if body := line[ownPrefix(line):]; callName(body) == 0 && !bytes.HasPrefix(body, []byte("&lt;... ")) {
			continue
		}
		if bytes.IndexByte(line, '<') >= 0 || bytes.IndexByte(line, '>') >= 0 {
			return false
		}
		raw := bytes.IndexByte(line, '"') >= 0
		escaped := bytes.Contains(line, []byte("(&quot;")) || bytes.Contains(line, []byte(", &quot;")) ||
			bytes.Contains(line, []byte("(&#34;")) || bytes.Contains(line, []byte(", &#34;"))
		if raw && escaped {
			escaped = false
		}
		evidence = evidence || escaped || hasEscapedMark(line)
	}
	return evidence
}

// hasEscapedMark says whether a mark of strace's own stands escaped at the line's
// end, or at its beginning.
func hasEscapedMark(line []byte) bool {
	if bytes.HasSuffix(line, []byte("&lt;unfinished ...&gt;")) || bytes.HasPrefix(line[ownPrefix(line):], []byte("&lt;... ")) {
		return true
	}
	time, ok := bytes.CutSuffix(line, []byte("&gt;")) // &lt;0.000012&gt;
	i := bytes.LastIndex(time, []byte(" &lt;"))
	if !ok || i < 0 {
		return false
	}
	time = time[i+len(" &lt;"):]
	n := digits(time)
	return n > 0 && n+fraction(time[n:]) == len(time)
}

// readPrintable is for a mail as it is on its way, in quoted-printable (RFC 2045,
// 6.7): "=3D" for "=", and "=" at the end of a line that goes on.
func readPrintable(line []byte) (record, bool) {
	if valid, _ := printable(line); !valid {
		return record{}, false
	}
	text, more := bytes.CutSuffix(line, []byte{'='})
	out := text[:0]
	for {
		n := bytes.IndexByte(text, '=')
		if n < 0 {
			return record{text: append(out, text...), more: more}, true
		}
		c, _ := hexByte(text[n+1:])
		out = append(append(out, text[:n]...), c)
		text = text[n+3:]
	}
}

// isPrintable says whether a line can only be quoted-printable.
func isPrintable(line []byte) bool {
	_, sure := printable(line)
	return sure
}

// printable says whether every "=" of a line is quoted-printable's, and whether one
// is of those that strace's text gives.
func printable(line []byte) (valid, sure bool) {
	for {
		n := bytes.IndexByte(line, '=')
		if n < 0 {
			return true, sure
		}
		if line = line[n+1:]; len(line) == 0 {
			return true, true
		}
		c, ok := hexByte(line)
		if !ok {
			return false, false
		}
		sure = sure || c == '=' || c >= utf8.RuneSelf
	}
}

// hexByte reads "3D". A line's end inside is left alone.
func hexByte(s []byte) (c byte, ok bool) {
	if len(s) < 2 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[:2]), 16, 8)
	return byte(n), err == nil && n != '\n' && s[0] <= 'F' && s[1] <= 'F'
}

// withoutFence empties a line that begins or ends a block of code in Markdown.
func withoutFence(line []byte) []byte {
	if isFence(line) {
		return nil
	}
	return line
}

func isFence(line []byte) bool {
	s := bytes.TrimRight(line[min(blanks(line), 3):], " \t\r")
	if bytes.HasPrefix(s, []byte("```")) {
		word := bytes.TrimLeft(s, "`")
		return len(word) < 32 && bytes.IndexByte(word, ' ') < 0 && bytes.IndexByte(word, '`') < 0
	}
	return len(s) >= 3 && len(bytes.TrimLeft(s, "~")) == 0
}

// maxPrompt is how many lines may stand between a fence and strace's first: the
// command, say.
const maxPrompt = 4

// isFenced says whether strace's lines stand in a block of code: a fence stands
// before the first. Those further on only may be the program's.
func isFenced(lines [][]byte) bool {
	fence := -1
	for i, line := range lines {
		if isTrace(line) {
			return fence >= 0 && i-fence <= maxPrompt
		}
		if isFence(line) {
			fence = i
		}
	}
	return false
}
