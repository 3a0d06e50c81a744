package carrier

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Carriers whose lines are records: Kubernetes, GitLab, docker's json-file.

// readCRI is for "2024-01-01T12:00:00.123456789Z stderr F text", a file of
// /var/log/containers. P is for a part of a line.
func readCRI(line []byte) (record, bool) {
	n := stamp(line)
	if n == 0 {
		return record{}, false
	}
	rest := line[n:]
	r := record{stream: 1}
	if bytes.HasPrefix(rest, []byte("stderr ")) {
		r.stream = 2
	} else if !bytes.HasPrefix(rest, []byte("stdout ")) {
		return record{}, false
	}
	rest = rest[len("stderr "):]
	if len(rest) == 0 || rest[0] != 'F' && rest[0] != 'P' {
		return record{}, false
	}
	r.more = rest[0] == 'P'
	n = bytes.IndexByte(rest, ' ')
	if n < 0 {
		n = len(rest) - 1 // no blank behind the tag of an empty line
	}
	if n > 1 && rest[1] != ':' {
		return record{}, false
	}
	r.text = rest[n+1:]
	return r, true
}

// readGitLab is for "2024-01-01T12:00:00.123456Z 01O text": the number of the
// stream, O or E for output or errors, and "+" where a line goes on.
func readGitLab(line []byte) (record, bool) {
	n := stamp(line)
	if n == 0 {
		return record{}, false
	}
	s := line[n:]
	if len(s) < 3 || !isHex(s[0]) || !isHex(s[1]) || s[2] != 'O' && s[2] != 'E' {
		return record{}, false
	}
	r := record{stream: uint16(s[0])<<8 | uint16(s[1])<<1 | uint16(s[2]&2>>1)}
	if len(s) == 3 {
		return r, true
	}
	if s[3] != ' ' && s[3] != '+' {
		return record{}, false
	}
	r.goesOn, r.text = s[3] == '+', s[4:]
	return r, true
}

// readJSON is for {"log":"text\n","stream":"stderr","time":"…"} of docker, where a
// part of a line has no \n; and for records of others with the text under another
// name.
func readJSON(line []byte) (record, bool) {
	o := object{s: line}
	if !o.open() {
		return record{}, false
	}
	var r record
	var parts, found bool
	for {
		key, value, ok := o.member()
		if !ok {
			break
		}
		switch string(key) {
		case "log":
			r.text, parts, found = value, true, true
		case "message", "MESSAGE", "msg":
			if !found {
				r.text, found = value, true
			}
		case "stream":
			r.stream = uint16(len(value)) + 1
			if bytes.Equal(value, []byte("stderr")) {
				r.stream = 1
			}
		}
	}
	if !found {
		return record{}, false
	}
	r.text = unquote(r.text)
	text, ended := bytes.CutSuffix(r.text, []byte{'\n'})
	r.text, r.more = text, parts && !ended
	return r, true
}

// readString is for "text", in a list of strings: JSON's, or YAML's with "- " before.
func readString(line []byte) (record, bool) {
	s := bytes.TrimPrefix(bytes.Trim(line, " \t,"), []byte("- "))
	o := object{s: s}
	text, ok := o.str()
	if !ok || o.i < len(s) {
		return record{}, false
	}
	return record{text: unquote(text)}, true
}

// readLogfmt is for time=… level=info msg="text".
func readLogfmt(line []byte) (record, bool) {
	n := bytes.Index(line, []byte(`msg="`))
	if n < 0 || n > 0 && (line[n-1] != ' ' || bytes.IndexByte(line[:n], '=') < 0) {
		return record{}, false
	}
	o := object{s: line, i: n + len("msg=")}
	text, ok := o.str()
	return record{text: unquote(text)}, ok
}

// object goes over the members of a JSON object on one line.
type object struct {
	s []byte
	i int
}

func (o *object) open() bool {
	o.blanks()
	return o.skip('{')
}

// member gives the next member: its name and, when that is a string, its value, as
// they are written. The last may break off.
func (o *object) member() (key, value []byte, ok bool) {
	if o.blanks(); o.skip(',') {
		o.blanks()
	}
	if key, ok = o.str(); !ok {
		return nil, nil, false
	}
	if o.blanks(); !o.skip(':') {
		return nil, nil, false
	}
	if o.blanks(); o.i < len(o.s) && o.s[o.i] == '"' {
		value, _ = o.str()
		return key, value, true
	}
	o.other()
	return key, nil, true
}

func (o *object) blanks() {
	for o.i < len(o.s) && (o.s[o.i] == ' ' || o.s[o.i] == '\t') {
		o.i++
	}
}

func (o *object) skip(c byte) bool {
	if o.i < len(o.s) && o.s[o.i] == c {
		o.i++
		return true
	}
	return false
}

// str reads a string; ok says that it has an end.
func (o *object) str() (text []byte, ok bool) {
	if !o.skip('"') {
		return nil, false
	}
	start := o.i
	for {
		n := bytes.IndexByte(o.s[o.i:], '"')
		if n < 0 {
			o.i = len(o.s)
			return o.s[start:], false
		}
		end := o.i + n
		o.i = end + 1
		back := end
		for back > start && o.s[back-1] == '\\' {
			back--
		}
		if (end-back)%2 == 0 {
			return o.s[start:end], true
		}
	}
}

// other skips a value that is no string.
func (o *object) other() {
	for depth := 0; o.i < len(o.s); o.i++ {
		switch o.s[o.i] {
		case '"':
			o.str()
			o.i--
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return
			}
		case ',':
			if depth == 0 {
				return
			}
		}
	}
}

// unquote undoes JSON's escapes, in place. A line's end inside stays an escape:
// lines are not split.
func unquote(s []byte) []byte {
	out := s[:0]
	for {
		n := bytes.IndexByte(s, '\\')
		if n < 0 || n+1 == len(s) {
			return append(out, s...)
		}
		out = append(out, s[:n]...)
		s = s[n:]
		c, used := unescape(s)
		if used == 0 || c == '\n' && len(s) > used {
			out = append(out, s[:2]...)
			s = s[2:]
			continue
		}
		out = utf8.AppendRune(out, c)
		s = s[used:]
	}
}

// unescape reads the escape that s begins with, and says how long it is; 0 for
// none of JSON's.
func unescape(s []byte) (c rune, used int) {
	const letters, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := bytes.IndexByte([]byte(letters), s[1]); i >= 0 {
		return rune(meant[i]), 2
	}
	c, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(c) {
		if low, ok := hex4(s[6:]); ok {
			if pair := utf16.DecodeRune(c, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
	}
	return c, 6
}

// hex4 reads \u12ab.
func hex4(s []byte) (c rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, d := range s[2:6] {
		switch {
		case isDigit(d):
			c = c<<4 | rune(d-'0')
		case 'a' <= d|0x20 && d|0x20 <= 'f':
			c = c<<4 | rune(d|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return c, true
}
