package parser

import (
	"bytes"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stracex/stracex/event"
)

// TestRawText prints the events of captures as text and reads them again: they
// are the same events, abbreviated or whole.
func TestRawText(t *testing.T) {
	for _, f := range rawFixtures(t) {
		stx := capture(t, f.file("capture").Data)
		t.Run(f.path, func(t *testing.T) {
			all, _ := readAll(t, stx)
			checkRawText(t, all)
		})
		t.Run(f.path+" verbose", func(t *testing.T) {
			all, _ := readVerbose(t, stx)
			checkRawText(t, all)
		})
	}
}

// readVerbose gives the events of a capture with whole structures.
func readVerbose(t testing.TB, stx []byte) (all []*event.Event, _ Stats) {
	t.Helper()
	r, err := NewVerbose(bytes.NewReader(stx), "capture")
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := r.Read()
		if err == io.EOF {
			return all, r.Stats()
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
}

func checkRawText(t *testing.T, all []*event.Event) {
	t.Helper()
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
	same := cmp.Options{whole, cmpopts.IgnoreFields(event.Event{}, "Index", "File", "Line"), cmpopts.EquateEmpty()}
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
