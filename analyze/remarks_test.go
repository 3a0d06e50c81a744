package analyze_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/event"
)

// notesOf gives the notes of a run with these events before its end.
func notesOf(status int, events ...*event.Event) string {
	a := analyze.New()
	add := func(e *event.Event) { a.Add(e) }
	add(&event.Event{Kind: event.Started, TID: 1, Start: &event.Start{PID: 1}})
	for _, e := range events {
		add(e)
	}
	add(&event.Event{Kind: event.Exited, TID: 1, Exit: &event.Exit{Code: status}})
	var b strings.Builder
	for _, n := range a.Diagnose().Notes {
		fmt.Fprintf(&b, "%s: %s\n", n.Code, n.Text)
	}
	return b.String()
}

func TestRemarks(t *testing.T) {
	note := func(tid int, code, text string) *event.Event {
		return &event.Event{Kind: event.Comment, TID: tid, Code: code, Text: text}
	}
	for _, c := range []struct {
		status int
		events []*event.Event
		want   string
	}{
		{1, []*event.Event{note(1, "setid", "su lost it"), note(0, "", "no kind of note")}, "setid: su lost it\n"},
		{0, []*event.Event{note(1, "setid", "su lost it")}, ""},
		{1, []*event.Event{note(1, "setid", "one"), note(1, "setid", "again")}, "setid: one\n"},
		{1, []*event.Event{note(1, "setid", "one"), note(2, "setid", "two")}, "setid: one (and so one other process)\n"},
		{1, []*event.Event{note(1, "setid", "one"), note(2, "setid", "two"), note(3, "setid", "three")}, "setid: one (and so 2 other processes)\n"},
	} {
		if got := notesOf(c.status, c.events...); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	var many []*event.Event
	for i := range 1000 {
		many = append(many, note(1, fmt.Sprint("kind ", i), "x"))
	}
	if n := strings.Count(notesOf(1, many...), "\n"); n != 50 {
		t.Errorf("%d kinds of notes", n)
	}
}

// In a log the call itself tells.
func TestRemarkOnRings(t *testing.T) {
	d := diagnose(t, `7 execve("/srv/app", ["app"], 0x7ffe3874b1d0 /* 5 vars */) = 0
7 io_uring_setup(4, 0x7ffc) = 3
7 io_uring_setup(4, 0x7ffc) = 4
7 io_uring_setup(4, 0x7ffc) = -1 ENOMEM (Cannot allocate memory)
7 exit_group(1) = ?
7 +++ exited with 1 +++
`)
	want := "app[7] has set up io_uring"
	if len(d.Notes) != 1 || d.Notes[0].Code != "io_uring" || !strings.HasPrefix(d.Notes[0].Text, want) || !strings.Contains(d.Notes[0].Text, "io_uring_disabled") {
		t.Errorf("notes %+v", d.Notes)
	}
}
