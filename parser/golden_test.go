package parser

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const examples = "../testdata/strace"

// describe writes an event as one line: all that a line of strace says of it,
// a call always whole.
func describe(e *event.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d line %d %s", e.Index, e.Line, kindNames[e.Kind])
	if e.Call != nil && e.Kind == event.Returned {
		call := *e.Call
		fmt.Fprintf(&b, " entered=%d shown=%d", call.Entered, call.Shown())
		if call.Unfinished {
			b.WriteString(" unfinished")
		}
		if call.Entered >= 0 {
			call.Entered = -1
			call.SetShown(0)
		}
		copied := *e
		copied.Call, e = &call, &copied
	}
	if e.Start != nil && e.Start.Attached {
		b.WriteString(" attached")
	}
	line := event.Append(nil, e, formatOf([]*event.Event{e}))
	return b.String() + ": " + string(line)
}

var kindNames = [...]string{"Unknown", "Entered", "Returned", "Signal", "Stopped", "Exited", "Started",
	"Snapshot", "Evidence", "Output", "Comment"}

func TestGolden(t *testing.T) {
	logs, err := filepath.Glob(examples + "/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range logs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			log, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			events, stats := readAll(t, log)
			var got bytes.Buffer
			for _, e := range events {
				fmt.Fprintln(&got, describe(e))
			}
			fmt.Fprintf(&got, "%d events, %d calls, %d skipped, truncated %v\n",
				stats.Events, stats.Calls, stats.Skipped, stats.Truncated)
			golden := strings.TrimSuffix(path, ".log") + ".events"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			checkRoundTrip(t, log)
		})
	}
}
