package parser

import (
	"bufio"
	"bytes"
	"strings"

	"github.com/stracex/stracex/event"
)

// threads tells which thread a line without a pid is about. On stderr strace
// writes "[pid N]" only while there is more than one.
type threads struct {
	column  bool         // the log has a pid column on every line
	main    int          // the first process, 0 while not known
	first   int          // attached to before anything else was seen; 0 if none
	forking bool         // it is inside fork or clone
	gone    bool         // it has ended
	bare    bool         // there was a line without a pid
	last    int          // the one of the line before, when there is a column
	live    map[int]bool // others that were seen and have not ended
}

// maxLive bounds the memory for a log with made-up pids.
const maxLive = 1 << 16

func newThreads() threads { return threads{live: map[int]bool{}} }

// firstThread looks for the first process's id in the beginning of a log whose
// first lines do not name it.
func firstThread(head []byte) int {
	r := newStraceText(bufio.NewReader(bytes.NewReader(head)), "")
	for r.who.main == 0 && !r.who.column {
		if _, err := r.Read(); err != nil {
			break
		}
	}
	return r.who.main
}

// name fills in the thread of a line.
func (t *threads) name(p *prefix) {
	switch {
	case p.style == barePID:
		t.column, t.last = true, p.tid
	case p.style == bracketPID:
		t.first = 0
		// Lines without one before it were the first process's, of a whole log.
		if t.main == 0 && t.bare && !t.forking && !t.live[p.tid] {
			t.learn(p.tid)
		}
		t.started(p.tid)
	case t.column:
		p.tid = t.last // what was read or written, a stack
	case (t.gone || t.main == 0 && !t.bare) && len(t.live) == 1:
		for tid := range t.live {
			p.tid = tid
		}
	default:
		t.bare = true
		if t.main == 0 && t.first != 0 {
			t.learn(t.first) // strace -p
		}
		p.tid = t.main
	}
}

// attached takes note of "Process 12 attached"; early says that nothing else
// was seen before.
func (t *threads) attached(tid int, early bool) {
	t.started(tid)
	if early && t.first == 0 {
		t.first = tid
	}
}

// learn takes note of the first process's id.
func (t *threads) learn(tid int) {
	t.main = tid
	delete(t.live, tid)
}

func (t *threads) started(tid int) {
	if tid != t.main && len(t.live) < maxLive {
		t.live[tid] = true
	}
}

func (t *threads) exited(tid int) {
	if tid == t.main {
		t.gone = true
	}
	delete(t.live, tid)
}

// entered takes note of a call that begins while the first process has no id.
func (t *threads) entered(tid int, name string) {
	if tid == 0 {
		t.forking = forks(name)
	}
}

// returned learns from a call's result: set_tid_address(2) and gettid(2) give
// the caller's id, fork's relatives the child's.
func (t *threads) returned(tid int, c *event.Call) {
	if tid != 0 || t.column || !c.Ret.Known || c.Ret.Value <= 0 || c.Ret.Value >= 1<<22 || c.Ret.Comment != "" {
		return
	}
	switch {
	case c.Name == "set_tid_address" || c.Name == "gettid":
		t.learn(int(c.Ret.Value))
	case forks(c.Name):
		t.forking = false
		t.started(int(c.Ret.Value))
	}
}

// forks says whether the call makes a new thread or process.
func forks(name string) bool {
	return strings.HasPrefix(name, "clone") || name == "fork" || name == "vfork"
}

// clock turns the times of lines into times of events.
type clock struct {
	last  event.Time
	shift int64 // whole days, or what strace -r has counted so far
}

const day = 24 * 3600 * int64(1e9)

// at gives the time of a line; a line without one gives no time.
func (c *clock) at(p prefix) event.Time {
	t := event.Time{NS: p.ns, Clock: p.clock}
	switch p.clock {
	case event.NoClock:
		return event.Time{}
	case event.RunClock:
		c.shift += p.ns
		t.NS = c.shift
	case event.DayClock:
		if c.last.Clock == event.DayClock && p.ns+c.shift < c.last.NS-day/2 {
			c.shift += day
		}
		t.NS += c.shift
	}
	c.last = t
	return t
}
