package parser

import (
	"bufio"
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stracex/stracex/event"
)

// checkEachAgain prints each event of a log that was understood and reads it by
// itself: it must be the same. A call with arguments of no known form need be so
// only the second time: what stands in such text is read anew.
func checkEachAgain(t testing.TB, events []*event.Event) {
	t.Helper()
	for _, e := range events {
		switch e.Kind {
		case event.Unknown, event.Output, event.Comment:
			continue // text
		}
		halves := []*event.Event{e}
		if e.Kind == event.Returned && e.Call.Entered >= 0 {
			halves = []*event.Event{events[e.Call.Entered], e}
		}
		if halves[0].Time.Clock != e.Time.Clock || goesOn(halves) {
			continue // no format of strace has two kinds of times, or a value in two parts
		}
		if e.Time.Clock == event.UnixClock && e.Time.NS < unixLeast {
			continue // its time began with zeros, which tell it from one since the start
		}
		raw := hasRawText(e)
		if raw && hasBroken(e.Call.Args()) || changedEarly(halves) {
			continue // what is printed behind it may end it
		}
		again := printAndRead(t, halves)
		if raw && changedEarly(again) {
			continue
		}
		if raw {
			halves, again = again, printAndRead(t, again)
		}
		last := len(halves) - 1
		want, got := comparable(halves[last]), comparable(again[last])
		if !reflect.DeepEqual(want, got) && !cmp.Equal(want, got, whole, cmpopts.EquateEmpty()) {
			t.Fatalf("line %d printed as\n%s\nis another event: -first +second\n%s",
				e.Line, printAll(halves, formatOf(halves)), cmp.Diff(want, got, whole))
		}
	}
}

// unixLeast is the first time, in 1973, that has as many digits as today's.
const unixLeast = 100_000_000 * 1e9

// changedEarly says whether the first half of a call ends in what a value is after
// the call, which strace knows at the return only.
func changedEarly(halves []*event.Event) bool {
	if len(halves) == 1 {
		return false
	}
	args := halves[0].Call.Args()
	return len(args) > 0 && args[len(args)-1].After != nil
}

// goesOn says whether the first half of a call ends within a value, which the second
// one ends.
func goesOn(halves []*event.Event) bool {
	first, whole := halves[0].Call, halves[len(halves)-1].Call
	if len(halves) == 1 || len(first.Args()) == 0 || len(first.Args()) > len(whole.Args()) {
		return false
	}
	at := len(first.Args()) - 1
	a, b := first.Args()[at], whole.Args()[at]
	return a.Str != b.Str
}

func hasRawText(e *event.Event) bool { return e.Call != nil && hasRawWithin(e.Call.Args()) }

func hasRawWithin(values []event.Value) bool {
	return slices.ContainsFunc(values, func(v event.Value) bool {
		return v.Kind == event.Raw || hasRawWithin(v.Elems) || v.After != nil && hasRawWithin([]event.Value{*v.After})
	})
}

// printAndRead prints an event, or the two halves of a call, and reads them.
func printAndRead(t testing.TB, halves []*event.Event) []*event.Event {
	t.Helper()
	f := formatOf(halves)
	if halves[0].TID != halves[len(halves)-1].TID {
		f.PID = event.BracketPID // the first thread's id came later
	}
	f.Before.Clock = event.RunClock
	log := printAll(halves, f)
	again := readEach(log)
	if len(again) < len(halves) {
		t.Fatalf("%s\nis %d events", log, len(again))
	}
	return again[:len(halves)]
}

// comparable is the event without its place in the log.
func comparable(e *event.Event) event.Event {
	c := *e
	c.Index, c.File, c.Line = 0, "", 0
	if c.Time.Clock == event.DayClock {
		c.Time.NS %= day // which day it is, only what came before tells
	}
	if c.Start != nil {
		c.Start = &event.Start{} // whether it ran before, the calls before tell
	}
	if c.Call != nil {
		call := *c.Call
		call.Entered = min(call.Entered, 0)
		c.Call = &call
	}
	return c
}

func readEach(log []byte) []*event.Event {
	r := newStraceText(bufio.NewReader(bytes.NewReader(log)), "")
	var all []*event.Event
	for e, err := r.Read(); err == nil; e, err = r.Read() {
		all = append(all, kept(e))
	}
	return all
}
