package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// threads tells which thread a line without a pid is about. On stderr strace
// writes "[pid N]" only while there is more than one.
type threads struct {
	column bool         // the log has a pid column on every line
	main   int          // the first process, 0 while not known
	gone   bool         // it has ended
	live   map[int]bool // others that were seen and have not ended
}

// maxLive bounds the memory for a log with made-up pids.
const maxLive = 1 << 16

// newThreads looks for the first process's id in the beginning of a log: the C
// library's set_tid_address(2) returns it.
func newThreads(head []byte) threads {
	t := threads{live: map[int]bool{}}
	for text := range strings.SplitSeq(string(head), "\n") {
		p, body := cutPrefix(text)
		if p.style != noPID {
			t.column = p.style == barePID
			return t
		}
		if strings.HasPrefix(body, "set_tid_address(") {
			_, number, _ := strings.Cut(body, " = ")
			number, _, _ = strings.Cut(number, " <")
			t.main, _ = strconv.Atoi(strings.TrimSpace(number))
			return t
		}
	}
	return t
}

// name fills in the thread of a line.
func (t *threads) name(p *prefix) {
	switch {
	case p.style != noPID:
		t.column = p.style == barePID
		t.started(p.tid)
	case t.gone && len(t.live) == 1:
		for tid := range t.live {
			p.tid = tid
		}
	default:
		p.tid = t.main
	}
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
		return t
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
