package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/analyze/census"
	"github.com/stracex/stracex/parser/sieve"
)

// large says which logs are gone through twice, first to find out which processes matter:
// those from a size in bytes on, 0 for none.
type large struct {
	size int64
	room census.Room
}

var usualLarge = large{128 << 20, census.Room{Sample: 100000, Others: 300000}}

// largeGC is how much garbage there may be beside a large log's facts, in percent: they
// take some 50 MB, and collecting took a third of the time.
const largeGC = 400

// chosen says which lines of a large log are worth to be read; nil: all of them, or the
// log is not one whose lines can be told apart.
func (in *input) chosen(l large, p *progress) (choice *census.Choice) {
	if size := in.size(); l.size == 0 || in.set || size < l.size || size > sieve.MaxSize {
		return nil
	}
	f, err := os.Open(in.files[0].path)
	if err != nil {
		return nil
	}
	defer f.Close()
	if !sieve.Fits(f) {
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil
	}
	defer p.again()
	if os.Getenv("GOGC") == "" {
		before := debug.SetGCPercent(largeGC)
		defer func() {
			if choice == nil {
				debug.SetGCPercent(before)
			}
		}()
	}
	c := census.New()
	r, err := sieve.Open(p.reader(f), in.name, c.Wants)
	if err != nil {
		return nil
	}
	for {
		e, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil
		}
		c.Add(e)
	}
	best, ok := c.Choose(l.room)
	if !ok || best.Left == 0 {
		return nil
	}
	return best
}

// leftOut tells that processes were left out.
func leftOut(c *census.Choice) analyze.Note {
	return analyze.Note{Code: "left-out", Text: fmt.Sprintf(
		"the log is large: of its %d processes %d, which hardly matter, were left out; --thorough looks into them too", c.Processes, c.Left)}
}
