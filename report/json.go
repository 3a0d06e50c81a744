package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/stracex/stracex/analyze"
)

// JSON writes the diagnosis in its public form (docs/diagnosis.md), indented,
// with a line end. Lists are never null. Characters that a terminal would act
// on are written as \u escapes; bytes that are not UTF-8 become U+FFFD.
func JSON(w io.Writer, d *analyze.Diagnosis) error { return writeJSON(w, d, "  ") }

// JSONLine is like [JSON], but writes one line: for one of several diagnoses
// (JSON Lines).
func JSONLine(w io.Writer, d *analyze.Diagnosis) error { return writeJSON(w, d, "") }

func writeJSON(w io.Writer, d *analyze.Diagnosis, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(withLists(d)); err != nil {
		return err
	}
	_, err := w.Write(visible(b.Bytes()))
	return err
}

// withLists is a copy in which no list is null.
func withLists(d *analyze.Diagnosis) *analyze.Diagnosis {
	c := *d
	c.Source.Files = list(c.Source.Files)
	c.Trail = list(c.Trail)
	c.Notes = list(c.Notes)
	c.Causes = make([]analyze.Cause, len(d.Causes))
	for i, x := range d.Causes {
		x.Candidates = list(x.Candidates)
		x.Reasons = list(x.Reasons)
		x.Advice = list(x.Advice)
		c.Causes[i] = x
	}
	return &c
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// visible writes the unprintable characters that JSON allows in a string as
// escapes. Outside strings there are none but the line end.
func visible(in []byte) []byte {
	out := make([]byte, 0, len(in))
	for len(in) > 0 {
		r, n := utf8.DecodeRune(in)
		switch {
		case r == '\n' || strconv.IsPrint(r):
			out = append(out, in[:n]...)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
		in = in[n:]
	}
	return out
}
