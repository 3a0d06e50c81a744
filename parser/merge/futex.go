package merge

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// A thread that waited for a word of memory (futex(2)) went on after another of its
// process had woken it, or after the kernel had, at the end of the thread that it
// joins.

// word is a futex of a process.
type word struct {
	group int // thread-group id
	addr  int64
}

var (
	futexWaits = []string{"FUTEX_WAIT", "FUTEX_WAIT_PRIVATE", "FUTEX_WAIT_BITSET", "FUTEX_WAIT_BITSET_PRIVATE"}
	futexWakes = []string{"FUTEX_WAKE", "FUTEX_WAKE_PRIVATE", "FUTEX_WAKE_BITSET", "FUTEX_WAKE_BITSET_PRIVATE",
		"FUTEX_WAKE_OP", "FUTEX_WAKE_OP_PRIVATE", "FUTEX_REQUEUE", "FUTEX_REQUEUE_PRIVATE", "FUTEX_CMP_REQUEUE", "FUTEX_CMP_REQUEUE_PRIVATE"}
)

func isFutex(c *event.Call, ops []string) bool {
	if !strings.HasPrefix(c.Name, "futex") {
		return false
	}
	op := c.Arg(1)
	for _, name := range ops {
		if op.Has(name) {
			return true
		}
	}
	return false
}

// futexNeed is what a wait that has ended well comes after. pthread_join waits for the
// id of the thread to be cleared, which other processes could do too.
func futexNeed(c *event.Call) need {
	if !isFutex(c, futexWaits) || !c.Ret.Known || c.Ret.Errno != "" || c.Ret.Value != 0 {
		return need{}
	}
	if pid := int(c.Arg(2).Int); pid > 1 && (c.Arg(1).Has("FUTEX_WAIT") || c.Arg(1).Has("FUTEX_WAIT_BITSET")) {
		return need{kind: wantEnd, pid: pid}
	}
	return need{kind: wantWake, addr: c.Arg(0).Int}
}

// waker gives a thread that may wake s, as long as it has not been woken more often
// than it has waited for the word.
func (m *Reader) waker(s *source, n need) *source {
	if s.group == nil {
		return nil
	}
	w := word{s.group.leader, n.addr}
	if m.woken[w] > m.waited[w] && s.waitsLongest(n.addr) {
		return nil
	}
	return s.group.other(s)
}

// waitsLongest: a wake is for the thread that has waited for the longest.
func (s *source) waitsLongest(addr int64) bool {
	for o := range s.group.living {
		if o != s && o.event != nil && o.waitFor.kind == wantWake && o.waitFor.addr == addr && o.arrived < s.arrived {
			return false
		}
	}
	return true
}

// followFutex counts.
func (m *Reader) followFutex(s *source, c *event.Call) {
	w := word{s.group.leader, c.Arg(0).Int}
	switch {
	case len(m.woken) >= maxCounted || len(m.waited) >= maxCounted || !c.Ret.Known || c.Ret.Errno != "":
	case futexNeed(c).kind == wantWake:
		m.waited[w]++
	case isFutex(c, futexWakes) && c.Ret.Value > 0:
		m.woken[w] += int(c.Ret.Value)
		m.going = nil // those go on, if they are younger
	}
}
