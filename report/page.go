package report

import (
	"bytes"
	"strings"

	"github.com/fatih/color"
)

// Limits in characters and entries on what is shown of a trace.
const (
	maxName  = 64
	maxText  = 600 // a sentence, a path in it
	maxCall  = 400
	maxLines = 8 // of a message; four times that with -v
	maxTried = 5 // candidates of a search
	maxMany  = 60

	maxSkipped     = 20 // lines that were not understood
	maxSkippedText = 120
)

const (
	indent     = 2
	labelWidth = 9 // "message" and two spaces
)

// page is a text under construction. Its text is already escaped.
type page struct {
	buf     bytes.Buffer
	width   int
	verbose bool
	label   string // of the row before: not repeated

	bold, faint, red *color.Color
}

func newPage(o Options) *page {
	p := &page{width: o.Width, verbose: o.Verbose}
	if p.width <= 0 {
		p.width = DefaultWidth
	}
	p.width = max(p.width, 40)
	p.bold, p.faint, p.red = color.New(color.Bold), color.New(color.FgCyan), color.New(color.FgRed)
	for _, c := range []*color.Color{p.bold, p.faint, p.red} {
		if o.Color {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return p
}

// room is how many columns a row's text has.
func (p *page) room() int { return p.width - indent - labelWidth }

func (p *page) blank() { p.buf.WriteByte('\n') }

// para writes the first line, wrapped.
func (p *page) para(s string) {
	for _, l := range wrap(s, p.width) {
		p.buf.WriteString(p.bold.Sprint(l) + "\n")
	}
}

// row writes a labelled text, wrapped; nothing when the text is empty.
func (p *page) row(label, text string) {
	if text != "" {
		p.lines(label, wrap(text, p.room())...)
	}
}

// lines writes a labelled row of lines that are broken already. A label that
// the row before had too is left out.
func (p *page) lines(label string, lines ...string) {
	for _, l := range lines {
		shown := label
		if label == p.label {
			shown = ""
		}
		p.label = label
		gap := strings.Repeat(" ", labelWidth-len(shown))
		if shown != "" {
			shown = p.faint.Sprint(shown)
		}
		head := strings.Repeat(" ", indent) + shown + gap
		p.buf.WriteString(strings.TrimRight(head+l, " ") + "\n")
	}
}
