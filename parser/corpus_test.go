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

// counts are the columns of the corpus's manifest that a reader can tell.
type counts struct {
	done, restart, question, unfinished, partial           int
	signals, stops, exits, killed, superseded, attach, odd int
}

func count(t testing.TB, path string) (counts, Stats) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var c counts
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
		c.add(e)
	}
}

func (c *counts) add(e *event.Event) {
	switch e.Kind {
	case event.Returned:
		switch ret := e.Call.Ret; {
		case e.Call.Unfinished && e.Call.Entered >= 0 && ret.Note != "detached":
			c.unfinished++
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
	case event.Started:
		c.attach++
	case event.Unknown, event.Output:
		c.odd++
	}
}

const corpus = "../../shared/strace-logs"

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
			signals: num(12), stops: num(13), exits: num(14), killed: num(15), superseded: num(16)}
		got, stats := count(t, corpus+"/made/"+col[0])
		got.attach, got.odd = 0, 0
		total++
		if got == want {
			ok++
			continue
		}
		t.Errorf("%s (%s %s)\n got %+v\nwant %+v", col[0], col[2], col[4], got, want)
		for _, s := range stats.First[:min(3, len(stats.First))] {
			t.Logf("  line %d: %s: %s", s.Line, s.Why, s.Text)
		}
	}
	t.Logf("%d of %d files match", ok, total)
}
