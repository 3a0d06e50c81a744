package analyze

import (
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
func message(list []*suspect, top *suspect) *Message {
	for s := top; s != nil; s = s.from {
		if l := s.anchor.line; l != nil && seen(l) {
			return s.message()
		}
	}
	for s := top; s != nil; s = s.from {
		if s.anchor.line != nil {
			return s.message()
		}
	}
	for _, s := range list {
		if s.anchor.line != nil {
			return s.message()
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

func (s *suspect) message() *Message {
	l := s.anchor.line
	return &Message{
		Text: l.text, Complete: !l.cut, Stream: l.stream,
		PID: s.hist.proc.PID, Program: s.hist.proc.Program, Event: ref(l.ev),
	}
}
