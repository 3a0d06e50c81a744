package parser

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stracex/stracex/event"
)

// TestRawText prints the events of captures as text and reads them again: they
// are the same events.
func TestRawText(t *testing.T) {
	for _, f := range rawFixtures(t) {
		t.Run(f.path, func(t *testing.T) {
			checkRawText(t, capture(t, f.file("capture").Data))
		})
	}
}

func checkRawText(t *testing.T, stx []byte) {
	t.Helper()
	all, _ := readAll(t, stx)
	first := all[:0]
	for _, e := range all {
		switch e.Kind {
		case event.Entered, event.Returned, event.Signal, event.Stopped, event.Exited:
			first = append(first, e)
		}
	}
	number := map[int]int{-1: -1} // the stream's numbers, as those of the text
	for i, e := range first {
		number[e.Index] = i
	}
	second, _ := readAll(t, printAll(first, formatOf(first)))
	if len(second) != len(first) {
		t.Fatalf("%d events became %d", len(first), len(second))
	}
	same := cmp.Options{cmpopts.IgnoreFields(event.Event{}, "Index", "File", "Line"), cmpopts.EquateEmpty()}
	for i, e := range first {
		if e.Call != nil {
			call := *e.Call
			call.Entered = number[call.Entered]
			e.Call = &call
		}
		if d := cmp.Diff(e, second[i], same); d != "" {
			t.Errorf("%s\nis another event: -capture +text\n%s", event.Append(nil, e, formatOf(first)), d)
		}
	}
}
