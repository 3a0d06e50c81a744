package carrier

import "bytes"

const escape = 0x1b

// clean removes from a line, in place, what strace never writes: zero bytes,
// escape sequences of terminals, byte order marks before it, carriage returns
// behind it, and the marks of GitLab's sections.
func clean(line []byte) []byte {
	if bytes.IndexByte(line, 0) >= 0 {
		line = withoutZeros(line)
	}
	if bytes.IndexByte(line, escape) >= 0 {
		line = withoutEscapes(line)
	}
	for bytes.HasPrefix(line, []byte(mark8)) {
		line = line[len(mark8):]
	}
	for {
		n := sectionMark(line)
		if n == 0 {
			break
		}
		line = line[n:]
	}
	for len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line
}

// isDirty says whether there is something in the lines for clean. Carriage returns
// count when most lines have them: single ones are the program's.
func isDirty(lines [][]byte) bool {
	returns, full := 0, 0
	for _, line := range lines {
		if bytes.IndexByte(line, 0) >= 0 || bytes.IndexByte(line, escape) >= 0 ||
			bytes.HasPrefix(line, []byte(mark8)) || sectionMark(line) > 0 {
			return true
		}
		if len(line) > 0 {
			full++
			if line[len(line)-1] == '\r' {
				returns++
			}
		}
	}
	return returns*2 > full
}

func withoutZeros(line []byte) []byte {
	out := line[:0]
	for len(line) > 0 {
		n := bytes.IndexByte(line, 0)
		if n < 0 {
			return append(out, line...)
		}
		out = append(out, line[:n]...)
		for line = line[n:]; len(line) > 0 && line[0] == 0; {
			line = line[1:]
		}
	}
	return out
}

func withoutEscapes(line []byte) []byte {
	out := line[:0]
	for {
		n := bytes.IndexByte(line, escape)
		if n < 0 {
			return append(out, line...)
		}
		out = append(out, line[:n]...)
		line = line[n:]
		if n = escapeLength(line); n == 0 {
			n = 1 // none that ends: keep it
			out = append(out, line[0])
		}
		line = line[n:]
	}
}

// escapeLength gives the length of the escape sequence that s begins with, 0 when
// it has no end. The forms are ECMA-48's: control sequences (colour, erasing),
// strings (titles, links, Buildkite's times), and single letters.
func escapeLength(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch c := s[1]; {
	case c == '[':
		i := 2
		for i < len(s) && 0x20 <= s[i] && s[i] <= 0x3f {
			i++
		}
		if i < len(s) && 0x40 <= s[i] && s[i] <= 0x7e {
			return i + 1
		}
		return 0
	case c == ']' || c == '_' || c == 'P' || c == '^' || c == 'X':
		return stringLength(s)
	case 0x20 <= c && c <= 0x2f: // a character set: ESC ( B
		if len(s) > 2 {
			return 3
		}
		return 0
	case 0x30 <= c && c <= 0x7e:
		return 2
	}
	return 0
}

// stringLength is for a sequence that ends with BEL or ESC \.
func stringLength(s []byte) int {
	for i := 2; i < len(s); i++ {
		if s[i] == '\a' {
			return i + 1
		}
		if s[i] == escape {
			if i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
			return 0
		}
	}
	return 0
}

// sectionMark gives the length of GitLab's "section_start:1700000000:name<CR>" and
// "section_end:…"; the escape behind it is another's work.
func sectionMark(line []byte) int {
	if !bytes.HasPrefix(line, []byte("section_start:")) && !bytes.HasPrefix(line, []byte("section_end:")) {
		return 0
	}
	n := bytes.IndexByte(line, ':') + 1
	d := digits(line[n:])
	if d == 0 || n+d >= len(line) || line[n+d] != ':' {
		return 0
	}
	end := bytes.IndexByte(line, '\r')
	if end < 0 {
		end = len(line) - 1 // it was taken for a part of the line's end
	}
	if bytes.IndexByte(line[:end], ' ') >= 0 {
		return 0
	}
	return end + 1
}
