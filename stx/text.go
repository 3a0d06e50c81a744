package stx

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteText writes a record as text: one line, and one more, indented, for each
// struct in it.
func WriteText(w io.Writer, rec *Record) error {
	if !rec.Kind.known() {
		return fmt.Errorf("stx: record of unknown kind %d", rec.Kind)
	}
	t := &textWriter{}
	t.line.WriteString(rec.Kind.String())
	t.int("tid", int64(rec.TID))
	t.int("time", rec.Time)
	if !kinds[rec.Kind].fields(rec, t) {
		return fmt.Errorf("stx: record %s without its part", rec.Kind)
	}
	t.line.WriteByte('\n')
	t.line.Write(t.below.Bytes())
	_, err := w.Write(t.line.Bytes())
	return err
}

// textWriter writes fields as name=value; those that are zero are left out.
type textWriter struct {
	line  bytes.Buffer // the record's own
	below bytes.Buffer // those of its structs
	in    bool         // in a struct
	keep  int          // so many values are of a list: written though zero
}

func (t *textWriter) field(name, value string, zero bool) {
	if t.keep > 0 {
		t.keep--
	} else if zero {
		return
	}
	b := &t.line
	if t.in {
		b = &t.below
	}
	b.WriteByte(' ')
	b.WriteString(name)
	b.WriteByte('=')
	b.WriteString(value)
}

func (t *textWriter) int(name string, v int64) int64 {
	t.field(name, strconv.FormatInt(v, 10), v == 0)
	return v
}

var basePrefix = map[int]string{8: "0", 10: "", 16: "0x"}

func (t *textWriter) uint(name string, v uint64, base int) uint64 {
	t.field(name, basePrefix[base]+strconv.FormatUint(v, base), v == 0)
	return v
}

func (t *textWriter) step(name string, v uint64, base int) uint64 { return t.uint(name, v, base) }

func (t *textWriter) str(name string, v string) string {
	t.field(name, strconv.Quote(v), v == "")
	return v
}

func (t *textWriter) bytes(name string, v []byte) []byte {
	t.field(name, strconv.QuoteToASCII(string(v)), len(v) == 0) // pointers are no text
	return v
}

func (t *textWriter) count(_ string, n int, structs bool) int {
	if !structs {
		t.keep = n
	}
	return n
}

func (t *textWriter) open(name string) {
	t.in = true
	t.below.WriteString("\t" + name)
}

func (t *textWriter) close() {
	t.in = false
	t.below.WriteByte('\n')
}

func (t *textWriter) reading() bool { return false }
func (t *textWriter) fail(string)   {}

// ParseText reads records from text. Empty lines, and lines that begin with #,
// are left out. Errors name the line.
func ParseText(r io.Reader) ([]*Record, error) {
	var recs []*Record
	var t *textParser // of the record that may go on in the next line
	finish := func() error {
		if t == nil {
			return nil
		}
		rec, err := t.record()
		recs, t = append(recs, rec), nil
		return err
	}
	br := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, err := br.ReadString('\n')
		if err != nil && err != io.EOF {
			return nil, err
		}
		if body := strings.TrimSpace(text); body != "" && body[0] != '#' {
			l, bad := parseLine(n, body)
			if bad == nil && (text[0] == ' ' || text[0] == '\t') {
				bad = t.add(l)
			} else if bad == nil {
				bad, t = finish(), &textParser{lines: []textLine{l}}
			}
			if bad != nil {
				return nil, bad
			}
		}
		if err == io.EOF {
			return recs, finish()
		}
	}
}

// textLine is one line: a name, and its fields in order.
type textLine struct {
	n      int
	name   string
	fields []textField
}

type textField struct{ name, value string }

func parseLine(n int, s string) (textLine, error) {
	l := textLine{n: n}
	l.name, s, _ = strings.Cut(s, " ")
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			return l, fmt.Errorf("line %d: %q is no name=value", n, s)
		}
		value := rest
		if q, err := strconv.QuotedPrefix(rest); err == nil {
			value = q
		} else if i := strings.IndexByte(rest, ' '); i >= 0 {
			value = rest[:i]
		}
		l.fields = append(l.fields, textField{name, value})
		if s = rest[len(value):]; s != "" && s[0] != ' ' {
			return l, fmt.Errorf("line %d: no space after %s=%s", n, name, value)
		}
	}
	return l, nil
}

// textParser gives the fields of one record: its own line, then its structs'.
type textParser struct {
	lines []textLine
	in    int // the line that fields are taken from
	next  int // the struct that comes next
	err   error
}

func (t *textParser) add(l textLine) error {
	if t == nil {
		return fmt.Errorf("line %d: indented, but follows no record", l.n)
	}
	t.lines = append(t.lines, l)
	return nil
}

func (t *textParser) record() (*Record, error) {
	l := t.lines[0]
	for k := range kinds {
		if !Kind(k).known() || kinds[k].name != l.name {
			continue
		}
		rec := &Record{Kind: Kind(k)}
		num(t, "tid", &rec.TID)
		num(t, "time", &rec.Time)
		t.next = 1
		kinds[k].fields(rec, t)
		t.leftOver(t.lines[0])
		if t.next < len(t.lines) {
			l := t.lines[t.next]
			t.report(l.n, errors.New("unknown or out of order: "+l.name))
		}
		return rec, t.err
	}
	return nil, fmt.Errorf("line %d: no kind of record: %q", l.n, l.name)
}

// take takes the next field if it is called name, else "".
func (t *textParser) take(name string) string {
	l := &t.lines[t.in]
	if len(l.fields) == 0 || l.fields[0].name != name {
		return ""
	}
	v := l.fields[0].value
	l.fields = l.fields[1:]
	return v
}

// leftOver reports a field that no one took.
func (t *textParser) leftOver(l textLine) {
	if len(l.fields) > 0 {
		t.report(l.n, fmt.Errorf("unknown or out of order: %s", l.fields[0].name))
	}
}

func (t *textParser) report(n int, err error) {
	if t.err == nil && err != nil {
		t.err = fmt.Errorf("line %d: %w", n, err)
	}
}

func (t *textParser) int(name string, _ int64) int64 {
	s := t.take(name)
	if s == "" {
		return 0
	}
	v, err := strconv.ParseInt(s, 10, 64)
	t.report(t.lines[t.in].n, err)
	return v
}

func (t *textParser) uint(name string, _ uint64, _ int) uint64 {
	s := t.take(name)
	if s == "" {
		return 0
	}
	v, err := strconv.ParseUint(s, 0, 64)
	t.report(t.lines[t.in].n, err)
	return v
}

func (t *textParser) step(name string, v uint64, base int) uint64 { return t.uint(name, v, base) }

func (t *textParser) str(name string, _ string) string {
	s := t.take(name)
	if s == "" {
		return ""
	}
	v, err := strconv.Unquote(s)
	if err != nil {
		err = fmt.Errorf("%s is no quoted string: %s", name, s)
	}
	t.report(t.lines[t.in].n, err)
	return v
}

func (t *textParser) bytes(name string, _ []byte) []byte {
	if s := t.str(name, ""); s != "" {
		return []byte(s)
	}
	return nil
}

// count counts the fields, or the structs' lines, of this name that come next.
func (t *textParser) count(name string, _ int, structs bool) int {
	n := 0
	if structs {
		for at := t.next; at < len(t.lines) && t.lines[at].name == name; at++ {
			n++
		}
		return n
	}
	for _, f := range t.lines[t.in].fields {
		if f.name != name {
			break
		}
		n++
	}
	return n
}

func (t *textParser) open(string) {
	t.in = t.next
	t.next++
}

func (t *textParser) close() {
	t.leftOver(t.lines[t.in])
	t.in = 0
}

func (t *textParser) reading() bool { return true }

func (t *textParser) fail(name string) {
	t.report(t.lines[t.in].n, fmt.Errorf("%s is out of range", name))
}
