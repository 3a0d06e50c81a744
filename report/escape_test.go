package report_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/report"
)

// shown fails when s has a character that a terminal would act on.
func shown(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("not UTF-8: %q", s)
	}
	for _, r := range s {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("shows %U in %q", r, s)
			return
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"/etc/é/日本":         "/etc/é/日本",
		`C:\dir`:            `C:\dir`,
		"a\nb\tc\rd":        `a\nb\tc\rd`,
		"\x1b[31m\x07\x7f":  `\x1b[31m\x07\x7f`,
		"\u009b31m":         `\u009b31m`,
		"user\u202etxt.exe": `user\u202etxt.exe`,
		"zero\u200bwidth":   `zero\u200bwidth`,
		"\xff\xc3(":         `\xff\xc3(`,
		"\ufffd":            "\ufffd",
		"\U000e0041":        `\U000e0041`,
		"no\u00a0break":     `no\u00a0break`,
	} {
		if got := report.Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHostileTextIsShownSafely(t *testing.T) {
	for _, verbose := range []bool{false, true} {
		var b bytes.Buffer
		if err := report.Text(&b, hostile(), report.Options{Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		shown(t, b.String())
	}
}

func TestTextIsBounded(t *testing.T) {
	huge := strings.Repeat("very long \x1b\u202e ", 1<<16)
	var many []string
	for range 5000 {
		many = append(many, huge[:900])
	}
	d := hostile()
	d.Message.Text = huge
	c := &d.Causes[0]
	c.Summary, c.Explanation, c.Program, c.Event.Text = huge, huge, huge, huge
	c.Candidates, c.Advice, c.Reasons, c.Evidence.Findings = many, many, many, many
	d.Source.Files = many
	for range 5000 {
		d.Causes = append(d.Causes, *c)
		d.Trail = append(d.Trail, analyze.Step{Text: huge[:900]})
	}
	var b bytes.Buffer
	if err := report.Text(&b, d, report.Options{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 1<<19 {
		t.Errorf("%d bytes", b.Len())
	}
	shown(t, b.String())
}

func FuzzText(f *testing.F) {
	f.Add("", "x", 0, 0.5)
	f.Add("a\x1b[31mb\n\tc", "it failed  twice", 41, 0.1)
	f.Add("日本語 日本語 日本語 日本語 日本語", " \u0301 ", 40, 1.0)
	f.Fuzz(func(t *testing.T, a, b string, width int, confidence float64) {
		d := hostile()
		d.Message.Text = a
		d.Causes[0].Summary, d.Causes[0].Event.Text, d.Causes[0].Confidence = b, a, confidence
		d.Outcome.Program = b
		for _, verbose := range []bool{false, true} {
			var out bytes.Buffer
			if err := report.Text(&out, d, report.Options{Width: width, Verbose: verbose}); err != nil {
				t.Fatal(err)
			}
			shown(t, out.String())
		}
	})
}
