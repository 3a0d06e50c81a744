package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze"
)

// messageRow shows what the program said.
func messageRow(p *page, m *analyze.Message) {
	if m == nil {
		return
	}
	lines := messageLines(m.Text)
	limit := maxLines
	if p.verbose {
		limit *= 4
	}
	if over := len(lines) - limit; over > 0 {
		// The first lines say what, the last ones of a stack trace say why.
		tail := lines[len(lines)-limit/2:]
		more := fmt.Sprintf("… (%d more lines)", over)
		lines = append(append(lines[:limit/2:limit/2], more), tail...)
	}
	for i, l := range lines {
		l = clip(l, maxText)
		if !m.Complete && i == len(lines)-1 {
			l += "…"
		}
		p.lines("message", wrap(l, p.room())...)
	}
	if where := streamName(m); where != "" {
		p.lines("message", "("+where+")")
	}
}

// streamName says where a message went when that was not the terminal or its place.
func streamName(m *analyze.Message) string {
	switch m.Stream {
	case "file":
		if m.Lost {
			return "thrown away, to /dev/null"
		}
		return "written to a file"
	case "syslog":
		return "sent to the system log"
	case "socket":
		return "sent through a socket"
	}
	return ""
}

// causeRow shows the call, and who made it when, beside it where there is room.
func causeRow(p *page, d *analyze.Diagnosis, c *analyze.Cause) {
	lines := wrap(call(c), p.room())
	where := place(d, c)
	last := len(lines) - 1
	switch {
	case lines[0] == "":
		lines = wrap(where, p.room())
	case where == "":
	case columns(lines[last])+columns(where)+4 <= p.room():
		lines[last] = p.paintErrno(lines[last], c) + "    " + where
	default:
		lines[last] = p.paintErrno(lines[last], c)
		lines = append(lines, wrap(where, p.room())...)
	}
	p.lines("cause", lines...)
}

// paintErrno colours the error at the end of a line.
func (p *page) paintErrno(line string, c *analyze.Cause) string {
	if c.Errno == nil {
		return line
	}
	if head, ok := strings.CutSuffix(line, show(*c.Errno, maxName)); ok {
		return head + p.red.Sprint(show(*c.Errno, maxName))
	}
	return line
}

// call is the failing call in one line.
func call(c *analyze.Cause) string {
	if c.Event != nil && c.Event.Text != "" {
		return show(shorten(c), maxCall)
	}
	var parts []string
	for _, s := range []*string{c.Path, c.Address, c.Signal} {
		if s != nil {
			parts = append(parts, *s)
		}
	}
	s := strings.Join(parts, ", ")
	if c.Syscall != "" {
		s = c.Syscall + "(" + s + ")"
	}
	if c.Errno != nil {
		s += " = " + *c.Errno
	}
	return show(s, maxCall)
}

var (
	failed     = pattern(`\) = -1 (E[A-Z0-9]+)(?: \([^()]*\))?(?: <[0-9.]+>)?$`)
	unfinished = pattern(`,? <unfinished \.\.\.>(?:\)\s*= \?)?$`)
	padding    = pattern(`\) {2,}= [^=]*$`)
	moved      = pattern(`"((?:[^"\\]|\\.){48})(?:[^"\\]|\\.)+"(?:\.\.\.)?`)
)

// tidy closes the gap that lines up the results of a trace.
func tidy(text string) string {
	at := padding().FindStringIndex(text)
	if at == nil {
		return text
	}
	return text[:at[0]+1] + " " + strings.TrimLeft(text[at[0]+1:], " ")
}

// shorten leaves out what the other rows say better: the errno's words, and
// the directory descriptor that means nothing; of the bytes that a read or write moves
// it leaves the first.
func shorten(c *analyze.Cause) string {
	text := strings.Replace(tidy(c.Event.Text), "(AT_FDCWD, ", "(", 1)
	if moving[strings.TrimRight(c.Syscall, "v46")] {
		text = moved().ReplaceAllString(text, `"$1"...`)
	}
	switch {
	case c.Errno != nil:
		return failed().ReplaceAllString(text, ") = $1")
	case c.Kind == "hang":
		return unfinished().ReplaceAllString(text, ") has not returned")
	}
	return text
}

// moving are the calls that move bytes, without the endings of their variants.
var moving = map[string]bool{"read": true, "pread": true, "write": true, "pwrite": true, "sendto": true, "sendmsg": true, "recvfrom": true, "recvmsg": true}

// place says who made the call, and where in the trace that is.
func place(d *analyze.Diagnosis, c *analyze.Cause) string {
	var parts []string
	program := c.Program
	if program == "" && c.PID == d.Outcome.PID && len(d.Outcome.Argv) > 0 {
		program = d.Outcome.Argv[0]
	}
	if who := process(program, c.PID); who != "" {
		parts = append(parts, who)
	}
	if e := c.Event; e != nil && e.Line > 0 {
		at := fmt.Sprintf("line %d", e.Line)
		if len(d.Source.Files) > 1 {
			at += " of " + show(e.File, maxCall)
		}
		parts = append(parts, at)
	}
	if c.Count > 1 {
		parts = append(parts, fmt.Sprintf("%d times", c.Count))
	}
	switch n := c.CallsBefore; {
	case d.Message == nil || n < 0:
	case n == 0:
		parts = append(parts, "right before the message")
	default: // n lie between the two
		parts = append(parts, fmt.Sprintf("%d calls before the message", n+1))
	}
	return strings.Join(parts, ", ")
}

// process is "foo[4711]", with what is known of it.
func process(program string, pid int) string {
	switch {
	case program != "" && pid != 0:
		return fmt.Sprintf("%s[%d]", base(program), pid)
	case program != "":
		return base(program)
	case pid != 0:
		return fmt.Sprintf("process %d", pid)
	}
	return ""
}

// triedRow lists the places of a search.
func triedRow(p *page, c *analyze.Cause) {
	limit := maxTried
	if p.verbose {
		limit = maxMany
	}
	for i, s := range c.Candidates {
		if i == limit {
			p.lines("tried", fmt.Sprintf("… and %d more", len(c.Candidates)-limit))
			return
		}
		p.row("tried", show(s, maxCall))
	}
}

func adviceRow(p *page, advice []string) {
	for i, s := range advice {
		if i == maxMany {
			return
		}
		p.row("next", show(s, maxText))
	}
}

// nextWithoutCause says how to go on when the trace gives no cause.
func nextWithoutCause(p *page, d *analyze.Diagnosis) {
	if d.Outcome.Status == "unknown" {
		p.row("next", "record the program until it ends: stracex why COMMAND")
		return
	}
	if d.Message == nil && slices.ContainsFunc(d.Notes, lacks) {
		p.row("next", "record it again, with what this trace lacks: see below, or stracex why COMMAND")
		return
	}
	if d.Message == nil {
		p.row("next", "nothing that it wrote reads like an error message: look for its log, or run it with its own option for more output")
		return
	}
	p.row("next", "take its message at its word, and run it with its own option for more output; -v shows what the trace tells")
}

// lacks: the note is about what is not in the trace, where the message may have been.
func lacks(n analyze.Note) bool {
	return n.Code == "filtered" || n.Code == "children-not-followed" || n.Code == "began-late"
}

func notesRows(p *page, notes []analyze.Note) {
	limit := 3
	if p.verbose {
		limit = maxMany
	}
	for i, n := range notes {
		if i == limit {
			return
		}
		p.row("note", show(n.Text, maxText))
	}
}

// furtherRows shows the candidates after the first.
func furtherRows(p *page, causes []analyze.Cause) {
	limit := 2
	if p.verbose {
		limit = maxMany
	}
	for i := range causes {
		if i == limit {
			return
		}
		c := &causes[i]
		who := process(c.Program, c.PID)
		if who != "" {
			who += ", "
		}
		p.row("or", fmt.Sprintf("%s (%s%.0f%%)", show(c.Summary, maxText), who, 100*c.Confidence))
		p.row("or", "  "+call(c))
		if sum := points(c); p.verbose && sum != "" {
			p.row("or", "  points "+sum)
		}
	}
}
