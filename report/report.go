package report

import (
	"io"

	"github.com/stracex/stracex/analyze"
)

// Options say how the text is shown.
type Options struct {
	Color   bool // use terminal colours; the caller decides (tty, NO_COLOR …)
	Verbose bool // add reasons, trail, further candidates, evidence, all notes
	Width   int  // columns to wrap at; 0 is DefaultWidth
}

// DefaultWidth is the text's width in columns when Options give none.
const DefaultWidth = 100

// sure is the confidence below which a cause is called probable only, and
// doubtful the one below which it is called uncertain.
const (
	sure     = 0.5
	doubtful = 0.25
)

// Text writes the diagnosis for a person: the answer in the first line, then
// rows with the message, the cause, why the kernel said no and what to do next.
// A success is one line.
func Text(w io.Writer, d *analyze.Diagnosis, o Options) error {
	p := newPage(o)
	p.para(headline(d))
	if d.Outcome.Status != "ok" || len(d.Causes) > 0 {
		p.blank()
		answer(p, d)
	}
	if o.Verbose {
		details(p, d)
	}
	_, err := w.Write(p.buf.Bytes())
	return err
}

// answer writes the rows that everyone sees.
func answer(p *page, d *analyze.Diagnosis) {
	messageRow(p, d.Message)
	if len(d.Causes) == 0 {
		nextWithoutCause(p, d)
		notesRows(p, d.Notes)
		return
	}
	c := &d.Causes[0]
	causeRow(p, d, c)
	triedRow(p, c)
	p.row("why", show(c.Explanation, maxText))
	adviceRow(p, c.Advice)
	if c.Confidence < sure && !p.verbose {
		furtherRows(p, d.Causes[1:])
	}
	if c.Confidence < sure || p.verbose || d.Outcome.Status == "unknown" {
		notesRows(p, d.Notes)
	}
}
