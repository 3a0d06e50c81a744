package analyze

import (
	"fmt"

	"github.com/stracex/stracex/event"
)

// trail is the way from the message to the cause, as a person would read the
// trace from the bottom up.
func (f *facts) trail(c *candidate) []Step {
	t := &trailer{facts: f}
	t.way(c.sus)
	if c.fail == nil {
		return t.steps
	}
	x := c.fail
	t.addKept("failing-call", x.step.Event, "the call that failed")
	if x.step.DirFile != nil && !x.step.DirFile.Opened.None() {
		t.addKept("fd-origin", x.step.DirFile.Opened, fmt.Sprintf("descriptor %d, which the path is relative to, is %s", x.step.FD, f.state.Abs(x.step.DirFile.Path)))
	} else if x.given != "" && x.given[0] != '/' && !x.step.FS.Chdir.None() {
		who := ""
		if by := x.step.FS.ChdirBy; by != nil && by != x.hist.proc {
			who = fmt.Sprintf(", inherited from %s", name(by))
		}
		t.addKept("chdir", x.step.FS.Chdir, fmt.Sprintf("%s is relative to %s%s", x.given, x.step.FS.Cwd, who))
	} else if x.given == "" && x.step.File != nil && !x.step.Origin.None() {
		t.addKept("fd-origin", x.step.Origin, fmt.Sprintf("descriptor %d is %s", x.step.FD, f.state.Describe(x.step.File)))
	}
	p := x.hist.proc
	if n := len(p.Execs); n > 0 {
		t.add("exec", p.Execs[n-1].Event, fmt.Sprintf("%s began here", name(p)))
	}
	if p.Forked != nil && p.Parent != nil {
		t.add("fork", p.Forked, fmt.Sprintf("started by %s", name(p.Parent)))
	}
	return t.steps
}

type trailer struct {
	facts *facts
	steps []Step
}

func (t *trailer) addKept(role string, k event.Kept, text string) { t.add(role, k.Event(), text) }

func (t *trailer) add(role string, e *event.Event, text string) {
	t.steps = append(t.steps, Step{Role: role, Event: ref(e), Text: text})
}

// origin adds the call that made the descriptor that was read from, and the
// one that connected it.
func (t *trailer) origin(p *passed) {
	if k := p.file.Sock; k != nil && !k.Connected.None() {
		t.addKept("fd-origin", k.Connected, "where that descriptor was connected")
	} else if !p.file.Opened.None() {
		t.addKept("fd-origin", p.file.Opened, "where that descriptor came from")
	}
}

// way is the part from the command down to the suspect.
func (t *trailer) way(s *suspect) {
	if s.from != nil {
		t.way(s.from)
		switch s.how {
		case "child":
			t.add("child-exit", s.hist.proc.Ended, s.because)
		case "pipe":
			t.add("peer", s.hist.proc.Ended, s.because)
		case "words":
			t.addKept("relay", s.relay.read.ev, fmt.Sprintf("the words were read from %s", t.describe(s.relay.read)))
			t.origin(s.relay.read)
			t.addKept("peer", s.relay.wrote.ev, fmt.Sprintf("%s wrote them", name(s.hist.proc)))
		case "end":
			t.addKept("relay", s.relay.read.ev, fmt.Sprintf("here ended %s, without an answer", t.describe(s.relay.read)))
			t.origin(s.relay.read)
			if s.relay.wrote == nil {
				t.add("peer", s.hist.proc.Ended, s.because)
				break
			}
			t.addKept("peer", s.relay.wrote.ev, fmt.Sprintf("%s had taken the request", name(s.hist.proc)))
		}
	}
	if l := s.anchor.line; l != nil && s.how != "words" {
		t.addKept("message", l.ev, fmt.Sprintf("%s wrote to %s: %s", name(s.hist.proc), t.spoken(l), shorten(l.text, 120)))
		if !l.origin.None() && l.fd > 2 {
			t.addKept("fd-origin", l.origin, fmt.Sprintf("where its descriptor %d came from", l.fd))
		}
	}
}

func (t *trailer) describe(p *passed) string {
	if d := t.facts.state.Describe(p.file); d != "" {
		return d
	}
	return "a descriptor that was open before"
}

func (t *trailer) spoken(l *line) string {
	if p := t.facts.state.Abs(l.file.Path); l.stream == "file" && p != "" {
		return p
	}
	return "its " + l.stream
}
