package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/stracex/stracex/analyze"
)

// details writes what -v adds.
func details(p *page, d *analyze.Diagnosis) {
	if len(d.Causes) > 0 {
		c := &d.Causes[0]
		p.row("sure", fmt.Sprintf("%.0f%%", 100*c.Confidence))
		for i, r := range c.Reasons {
			if i == maxMany {
				break
			}
			p.row("because", show(r, maxText))
		}
		p.row("points", points(c))
		p.row("manual", show(c.Manual, maxName))
		evidenceRows(p, c.Evidence)
		furtherRows(p, d.Causes[1:])
	}
	sourceRow(p, &d.Source)
	trail(p, d.Trail)
}

// points shows what each rule gave for a cause.
func points(c *analyze.Cause) string {
	if len(c.Points) == 0 {
		return ""
	}
	sum, parts := 0.0, []string{}
	for _, r := range c.Points {
		sum += r.Points
		parts = append(parts, fmt.Sprintf("%s %+.3g", show(r.Rule, maxName), r.Points))
	}
	return fmt.Sprintf("%.3g = %s", sum, strings.Join(parts, ", "))
}

func sourceRow(p *page, s *analyze.Source) {
	if s.Kind == "" {
		return
	}
	parts := []string{s.Kind, fmt.Sprintf("%d events", s.Events)}
	if s.SkippedLines > 0 {
		parts = append(parts, fmt.Sprintf("%d not understood", s.SkippedLines))
	}
	if s.Truncated {
		parts = append(parts, "cut off at the end")
	}
	text := strings.Join(parts, ", ")
	if len(s.Files) > 0 {
		text = show(strings.Join(s.Files[:min(len(s.Files), maxTried)], " "), maxText) + ": " + text
	}
	p.row("trace", text)
	skippedRows(p, s)
}

// skippedRows shows the first lines that were not understood: where, why, what.
func skippedRows(p *page, s *analyze.Source) {
	for i, l := range s.Skipped {
		if i == maxSkipped {
			break
		}
		at := show(l.File, maxCall)
		if l.Line > 0 {
			at += fmt.Sprintf(":%d", l.Line)
		}
		p.row("skipped", at+": "+show(l.Why, maxText))
		p.row("skipped", "  "+show(l.Text, maxSkippedText))
	}
	if more := s.SkippedLines - len(s.Skipped); len(s.Skipped) > 0 && more > 0 {
		p.row("skipped", fmt.Sprintf("… and %d more", more))
	}
}

// trail shows the way from the message to the cause, one call and what to see
// in it at a time.
func trail(p *page, steps []analyze.Step) {
	if len(steps) == 0 {
		return
	}
	p.blank()
	p.buf.WriteString("  How to read the trace, from the bottom up:\n\n")
	for i := range steps {
		if i == maxMany {
			p.buf.WriteString("  …\n")
			return
		}
		step(p, &steps[i])
	}
}

func step(p *page, s *analyze.Step) {
	const textIndent = "            "
	at := show(s.Role, maxName)
	if e := s.Event; e != nil {
		at = "#" + strconv.Itoa(e.Index)
		if e.Line > 0 {
			at = "line " + strconv.Itoa(e.Line)
		}
		text := show(tidy(e.Text), maxCall)
		if e.PID != 0 {
			text = fmt.Sprintf("[%d] %s", e.PID, text)
		}
		for i, l := range wrap(text, p.width-len(textIndent)) {
			if i > 0 {
				at = ""
			}
			fmt.Fprintf(&p.buf, "  %s%s%s\n", p.faint.Sprint(at), pad(at, 10), l)
		}
		at = ""
	}
	for _, l := range wrap(show(s.Text, maxText), p.width-len(textIndent)-2) {
		fmt.Fprintf(&p.buf, "  %s%s  %s\n", at, pad(at, 10), l)
		at = ""
	}
}

// pad fills s up to n columns, with one space at least.
func pad(s string, n int) string { return strings.Repeat(" ", max(1, n-columns(s))) }

func evidenceRows(p *page, e *analyze.Evidence) {
	if e == nil {
		return
	}
	for i, s := range e.PathWalk {
		if i == maxMany {
			break
		}
		p.lines("path", walkLine(&s))
	}
	if ids := identity(e); ids != "" {
		p.row("process", ids)
	}
	p.row("fd", show(e.FDOrigin, maxText))
	for i, f := range e.Findings {
		if i == maxMany {
			break
		}
		p.row("seen", show(f, maxText))
	}
}

// walkLine shows one step of a path as ls -ld does.
func walkLine(s *analyze.PathStep) string {
	name := show(s.Path, maxCall)
	if s.Errno != "" {
		return fmt.Sprintf("%-21s  %s", show(s.Errno, maxName), name)
	}
	if s.Link != "" {
		name += " -> " + show(s.Link, maxCall)
	}
	return fmt.Sprintf("%s%s  %-9s  %s", typeLetter(s.Type), permissions(s.Mode), owner(s.UID)+":"+owner(s.GID), name)
}

func typeLetter(t string) string {
	switch t {
	case "dir":
		return "d"
	case "file":
		return "-"
	case "symlink":
		return "l"
	case "fifo":
		return "p"
	case "socket":
		return "s"
	case "char":
		return "c"
	case "block":
		return "b"
	}
	return "?"
}

// permissions writes an octal mode ("0755") in letters.
func permissions(mode string) string {
	m, err := strconv.ParseUint(mode, 8, 16)
	if err != nil {
		return "?????????"
	}
	b := []byte("rwxrwxrwx")
	for i := range b {
		if m&(1<<(8-i)) == 0 {
			b[i] = '-'
		}
	}
	for _, s := range []struct {
		bit uint64
		at  int
		x   byte
	}{{04000, 2, 's'}, {02000, 5, 's'}, {01000, 8, 't'}} {
		switch {
		case m&s.bit == 0:
		case b[s.at] == 'x':
			b[s.at] = s.x
		default:
			b[s.at] = s.x - 'a' + 'A'
		}
	}
	return string(b)
}

// owner is an id; names are another machine's business, but 0 is root on all.
func owner(id *uint32) string {
	switch {
	case id == nil:
		return "?"
	case *id == 0:
		return "root"
	}
	return strconv.FormatUint(uint64(*id), 10)
}

func identity(e *analyze.Evidence) string {
	var parts []string
	if e.UID != nil {
		parts = append(parts, "uid "+owner(e.UID))
	}
	if e.GID != nil {
		parts = append(parts, "gid "+owner(e.GID))
	}
	if len(e.Groups) > 0 {
		var g []string
		for i := range e.Groups[:min(len(e.Groups), maxMany)] {
			g = append(g, owner(&e.Groups[i]))
		}
		parts = append(parts, "groups "+strings.Join(g, " "))
	}
	if e.Caps != "" {
		parts = append(parts, "capabilities "+show(e.Caps, maxName))
	}
	return strings.Join(parts, ", ")
}
