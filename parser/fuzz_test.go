package parser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// FuzzStrace reads any bytes as a log. Whatever they are, events are numbered,
// halves of calls belong together, and what is printed is one harmless line.
func FuzzStrace(f *testing.F) {
	logs, _ := filepath.Glob(examples + "/*.log")
	for _, path := range logs {
		log, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(log[:min(len(log), 4000)])
	}
	for _, test := range logTests {
		f.Add([]byte(strings.TrimPrefix(test.log, "\n")))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		if bytes.HasPrefix(log, gzipMagic) || bytes.HasPrefix(log, zstdMagic) || stx.IsCapture(log) {
			return // other readers
		}
		events, stats := readAll(t, log)
		if stats.Events != len(events) {
			t.Fatalf("%d events, counted as %d", len(events), stats.Events)
		}
		for i, e := range events {
			if e.Index != i {
				t.Fatalf("event %d has number %d", i, e.Index)
			}
			if e.Kind == event.Returned && e.Call.Entered >= 0 {
				first := events[e.Call.Entered]
				if e.Call.Entered >= i || first.Kind != event.Entered || first.Call.Name != e.Call.Name ||
					len(first.Call.Args) != e.Call.Shown || e.Call.Shown > len(e.Call.Args) {
					t.Fatalf("halves do not fit: %s and %s", describe(first), describe(e))
				}
			}
			line := event.Append(nil, e, event.Format{PID: event.BracketPID, Times: event.DayTimes, Decos: true})
			if event.Printable(string(line)) != string(line) {
				t.Fatalf("line has control characters: %q", line)
			}
		}
	})
}
