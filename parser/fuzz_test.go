package parser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser/carrier"
	"github.com/stracex/stracex/stx"
)

// FuzzStrace reads any bytes as a log. Whatever they are, events are numbered,
// halves of calls belong together, all that a line says is in an event (see
// account), and what is printed is one harmless line that gives the same event.
func FuzzStrace(f *testing.F) {
	addLogs(f)
	f.Add([]byte("9 22:55:41.831674 futex(0x7f, FUTEX_WAIT <unfinished ...>\n8 22:55:41.831774 getpid() = 8\n9 1.832832 getpid() = 9\n"))
	f.Add([]byte("9 nanosleep({tv_sec=0, tv_nsec=2}, e <unfinished ...>\n8 getpid() = 8\n9 <... nanosleep resumed>NULL) = 0\n"))
	f.Add([]byte("set_thread_area({ent, 0xbmber:-1 -> 6, limit:1048575}) "))
	f.Add([]byte("close(5) = 0 // the  12)bind(3, {\x80 \n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		if carrier.IsPacked(log) || stx.IsCapture(log) {
			return // other readers
		}
		events, stats := checkAll(t, log)
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
					len(first.Call.Args()) != e.Call.Shown() || e.Call.Shown() > len(e.Call.Args()) {
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

// addLogs seeds a target with the beginnings of the tree's examples, and the logs
// of TestLogs.
func addLogs(f *testing.F) {
	f.Helper()
	logs, _ := filepath.Glob(examples + "/*.log")
	if len(logs) == 0 {
		f.Fatal("no examples")
	}
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
}
