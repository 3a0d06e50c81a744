package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-isatty"
)

// progress shows on the terminal how far the reading of a trace is, when that
// takes longer than a moment. It counts bytes where blocks are read, and wipes
// itself out at the end. A nil progress shows nothing.
//
// Libraries for this bring tables of the widths of all characters with them, which
// every start of stracex would pay for.
type progress struct {
	w     io.Writer
	width int   // columns, 0 when that is not known
	total int64 // bytes, 0 when that is not known
	count atomic.Int64
	once  sync.Once
	stop  chan struct{}
	gone  chan struct{}
}

const (
	patience = time.Second // before anything is shown
	interval = 200 * time.Millisecond
)

// newProgress begins to show the reading of total bytes (0: not known) on
// stderr, if that is a terminal.
func newProgress(total int64) *progress {
	term := os.Getenv("TERM")
	if term == "" || term == "dumb" || !isatty.IsTerminal(os.Stderr.Fd()) {
		return nil
	}
	return startProgress(os.Stderr, terminalWidth(os.Stderr), total, patience)
}

func startProgress(w io.Writer, width int, total int64, patience time.Duration) *progress {
	p := &progress{w: w, width: width, total: total, stop: make(chan struct{}), gone: make(chan struct{})}
	go p.run(patience)
	return p
}

// reader gives r with its bytes counted.
func (p *progress) reader(r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return &counted{r, p}
}

type counted struct {
	io.Reader
	p *progress
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.p.count.Add(int64(n))
	return n, err
}

// again says that the reading begins anew.
func (p *progress) again() {
	if p != nil {
		p.count.Store(0)
	}
}

// end wipes out what is shown. Nothing is written after it; further calls do
// nothing.
func (p *progress) end() {
	if p != nil {
		p.once.Do(func() { close(p.stop) })
		<-p.gone
	}
}

func (p *progress) run(patience time.Duration) {
	defer close(p.gone)
	start := time.Now()
	next := time.NewTimer(patience)
	defer next.Stop()
	shown := false
	for {
		select {
		case <-p.stop:
			if shown {
				io.WriteString(p.w, "\r\x1b[K")
			}
			return
		case <-next.C:
			line := progressLine(p.count.Load(), p.total, time.Since(start))
			if p.width > 0 { // what is wrapped can't be wiped out
				line = line[:min(len(line), p.width-1)]
			}
			fmt.Fprintf(p.w, "\r%s\x1b[K", line)
			shown = true
			next.Reset(interval)
		}
	}
}

// progressLine is the bar: "reading [=====>    ]  53% of 1.2 GB, 210 MB/s".
func progressLine(count, total int64, since time.Duration) string {
	const width = 20
	rate := size(int64(float64(count)/max(since.Seconds(), 0.001))) + "/s"
	if total <= 0 {
		return fmt.Sprintf("reading: %s, %s", size(count), rate)
	}
	part := min(float64(count)/float64(total), 1)
	bar := strings.Repeat("=", int(part*width))
	if len(bar) < width {
		bar += ">"
	}
	return fmt.Sprintf("reading [%-*s] %3.0f%% of %s, %s", width, bar, 100*part, size(total), rate)
}

// size writes a number of bytes as people read it.
func size(n int64) string {
	const units = "kMGT"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1000, 0
	for ; v >= 1000 && i < len(units)-1; i++ {
		v /= 1000
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}
