package analyze

import (
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// outcome says how the traced command ended.
func outcome(root *replay.Process, hung bool) Outcome {
	o := Outcome{Status: "unknown"}
	if hung {
		o.Status = "hung"
	}
	if root == nil {
		return o
	}
	o.PID, o.Program, o.Argv = root.PID, root.Program, root.Argv
	if o.Program == "" {
		o.Program = root.Tried
	}
	x := root.Exit
	if x == nil || hung {
		return o
	}
	switch {
	case x.Signal != "":
		sig := x.Signal
		o.Status, o.Signal = "failed", &sig
	case x.Code != 0:
		code := x.Code
		o.Status, o.ExitCode = "failed", &code
	default:
		zero := 0
		o.Status, o.ExitCode = "ok", &zero
	}
	return o
}

// message is what the diagnosis shows as the error message: what the user
// could read, of the process nearest to the cause that said something.
func message(list []*suspect, top *suspect, paths []string) *Message {
	for s := top; s != nil; s = s.from {
		if l := s.anchor.line; l != nil && seen(l) {
			return shown(s.naming(paths))
		}
	}
	for s := top; s != nil; s = s.from {
		if s.anchor.line != nil {
			return shown(s.anchor.line)
		}
	}
	for _, s := range list {
		if s.anchor.line != nil {
			return shown(s.anchor.line)
		}
	}
	return nil
}

// seen: the line went where somebody may have read it.
func seen(l *line) bool {
	switch l.stream {
	case "stderr", "tty", "stdout", "syslog":
		return true
	}
	return l.stream == "file" && l.file.Path != "/dev/null"
}

// naming is the line of the message to show: its first, unless that is a heading of few
// words ("BUILD FAILED") and a line soon below it names one of the cause's paths.
func (s *suspect) naming(paths []string) *line {
	first := s.anchor.line
	names := func(l *line) bool {
		return slices.ContainsFunc(paths, func(p string) bool {
			return strings.Contains(p, "/") && namesIn(l.text, p) || namesIn(l.text, path.Base(p))
		})
	}
	const heading = 3
	if len(strings.Fields(first.text)) > heading || names(first) {
		return first
	}
	at := slices.Index(s.hist.lines, first)
	for _, l := range s.hist.lines[at+1:] {
		if at < 0 || l.start.seq-first.end.seq > answerWindow {
			break
		}
		if l.stream == first.stream && weightOf(l) > 2 && names(l) {
			return l
		}
	}
	return first
}

func shown(l *line) *Message {
	p := l.hist.proc
	return &Message{
		Text: strings.TrimRight(l.text, "\r"), Complete: !l.cut, Stream: l.stream, Lost: l.file.Path == "/dev/null",
		PID: p.PID, Program: p.Program, Event: ref(l.ev.Event()),
	}
}
