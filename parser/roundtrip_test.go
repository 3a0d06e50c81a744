package parser

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/event"
)

// readAll gives the events of a log.
func readAll(t testing.TB, log []byte) ([]*event.Event, Stats) {
	t.Helper()
	r, err := New(bytes.NewReader(log), "log")
	if not := (*NotATraceError)(nil); errors.As(err, &not) || errors.Is(err, ErrEmpty) {
		return nil, Stats{}
	} else if err != nil {
		t.Fatal(err)
	}
	var all []*event.Event
	for {
		e, err := r.Read()
		if err == io.EOF {
			return all, r.Stats()
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, kept(e))
	}
}

// kept is an event that can be compared when its reader goes on.
func kept(e *event.Event) *event.Event {
	e = e.Keep()
	if e.Call != nil {
		e.Call.Args()
	}
	return e
}

// whole lets cmp look into a call.
var whole = cmp.AllowUnexported(event.Call{})

// formatOf chooses the format that loses nothing of the events.
func formatOf(events []*event.Event) event.Format {
	f := event.Format{Digits: 9, Durations: 9, Decos: true}
	for _, e := range events {
		if e.TID != 0 {
			f.PID = event.BarePID
		}
		switch e.Time.Clock {
		case event.UnixClock:
			f.Times = event.UnixTimes
		case event.DayClock:
			f.Times = event.DayTimes
		case event.RunClock:
			f.Times = event.DeltaTimes
		}
	}
	return f
}

func printAll(events []*event.Event, f event.Format) []byte {
	var b []byte
	for _, e := range events {
		b = append(event.Append(b, e, f), '\n')
		if e.Time.Clock != event.NoClock {
			f.Before = e.Time
		}
	}
	return b
}

// checkRoundTrip prints the events of a log and reads them again.
func checkRoundTrip(t testing.TB, log []byte) {
	t.Helper()
	first, _ := readAll(t, log)
	printed := printAll(first, formatOf(first))
	second, _ := readAll(t, printed)
	for i, e := range first {
		if i >= len(second) {
			t.Fatalf("event %d is lost: %s", i, event.Append(nil, e, event.Format{}))
		}
		want, got := *e, *second[i]
		switch want.Kind {
		case event.Unknown, event.Output, event.Comment:
			continue // kept as text, with control characters made visible
		}
		want.Line, got.Line = 0, 0
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("line %d printed as\n%s\nis another event: -first +second\n%s",
				e.Line, event.Append(nil, e, formatOf(first)), cmp.Diff(want, got, whole))
		}
	}
	if len(second) != len(first) {
		t.Fatalf("%d events became %d", len(first), len(second))
	}
}

func corpusLogs(t testing.TB) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"/made/*.log", "/made/ff.*", "/found/*.log"} {
		files, _ := filepath.Glob(corpus + pattern)
		all = append(all, files...)
	}
	if all == nil {
		t.Skip("no corpus beside the repository")
	}
	return all
}

func TestCorpusRoundTrip(t *testing.T) {
	for _, path := range corpusLogs(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			log, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkRoundTrip(t, log)
		})
	}
}
