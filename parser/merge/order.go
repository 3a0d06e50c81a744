package merge

import (
	"github.com/stracex/stracex/event"
)

// pick chooses among the sources that are due at the same time: the one that gave
// the last event, else the youngest thread that need not wait for another. When
// all have to wait, it is a thread that one of them waits for and that nothing has
// begun; or else what is waited for is missing, and the youngest goes on.
func (m *Reader) pick() *source {
	if s := m.going; s != nil && s.reader != nil && s.event != nil && s.key == m.queue[0].key && m.blocker(s) == nil {
		return s
	}
	var free, stuck, awaited, orphan *source
	key := m.queue[0].key
	m.queue.due(func(s *source) bool {
		if s.birth == 0 {
			if orphan == nil || s.likelierRoot(orphan) {
				orphan = s
			}
			return true
		}
		b := m.blocker(s)
		switch {
		case b == nil:
			free = younger(free, s)
		case b.birth == 0 && b.key == key:
			awaited = b
			fallthrough
		default:
			stuck = younger(stuck, s)
		}
		return true
	})
	for _, s := range []*source{free, awaited, stuck} {
		if s != nil {
			return s
		}
	}
	return orphan
}

func younger(a, b *source) *source {
	if a == nil || b.birth > a.birth {
		return b
	}
	return a
}

// need is what an event comes after.
type need struct {
	kind   needKind
	pid    int
	signal string // wantKill
	addr   int64  // wantWake
}

type needKind uint8

const (
	wantNothing needKind = iota
	wantEnd              // of the thread pid
	wantKill             // by the process pid
	wantWake             // of a word of memory, by another thread
	wantGroup            // for the end of a thread: of the other ones, or a call that ends them
)

// needOf says what an event has to wait for, by itself.
func needOf(e *event.Event) need {
	switch e.Kind {
	case event.Returned:
		if pid := reaped(e.Call); pid > 0 {
			return need{kind: wantEnd, pid: pid}
		}
		return futexNeed(e.Call)
	case event.Signal:
		return signalNeed(e.Signal)
	case event.Exited:
		if e.Exit.SupersededBy != 0 {
			return need{kind: wantEnd, pid: e.Exit.SupersededBy}
		}
		return need{kind: wantGroup, signal: e.Exit.Signal}
	}
	return need{}
}

func signalNeed(i *event.SignalInfo) need {
	pid := int(i.Info.Field("si_pid").Int)
	if pid <= 0 {
		return need{}
	}
	switch i.Info.Field("si_code").Str {
	case "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED":
		return need{kind: wantEnd, pid: pid}
	case "SI_USER", "SI_TKILL", "SI_QUEUE":
		return need{kind: wantKill, pid: pid, signal: i.Name}
	}
	return need{}
}

// blocker gives a source that has to go on before the event of s comes, nil when
// there is none. The first half of a call waits for nothing.
func (m *Reader) blocker(s *source) *source {
	if c := s.child; c != nil && !c.execed && !c.exited {
		return c
	}
	if s.reader == nil || s.half != nil && !s.half.given {
		return nil
	}
	switch n := s.waitFor; n.kind {
	case wantEnd:
		if o := m.byTID[n.pid]; o != nil && o != s && !o.exited {
			return o
		}
	case wantKill:
		return m.sender(s, n)
	case wantWake:
		return m.waker(s, n)
	case wantGroup:
		return s.lastOfGroup(n.signal)
	}
	return nil
}

// sender gives the process whose kill a received signal comes after, as long as
// it has sent no more of them than s has received.
func (m *Reader) sender(s *source, n need) *source {
	o := m.byTID[n.pid]
	if o == nil || o.exited && o.group == nil {
		return nil
	}
	if o.group == nil {
		return o
	}
	by := o.group.leader
	sent := m.sent[kill{by, s.TID, n.signal}] + m.sent[kill{by, 0, n.signal}]
	if s.TID != s.group.leader {
		sent += m.sent[kill{by, s.group.leader, n.signal}]
	}
	if sent > m.taken[kill{by, s.TID, n.signal}] {
		return nil
	}
	return o.group.other(s)
}

// lastOfGroup: a process's first thread ends last, and the others when they call
// exit, or when a call or a signal ends all.
func (s *source) lastOfGroup(signal string) *source {
	g := s.group
	if s.TID != g.leader && (s.left || g.leaving || signal != "" && (signal == "SIGKILL" || signal == g.fatal)) {
		return nil
	}
	return g.other(s)
}

// other gives the lowest of the group's other living threads, nil if there is none.
func (g *group) other(s *source) *source {
	var low *source
	for o := range g.living {
		if o != s && (low == nil || o.TID < low.TID) {
			low = o
		}
	}
	return low
}
