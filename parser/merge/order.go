package merge

import (
	"github.com/stracex/stracex/event"
)

// pick chooses among the sources that are due at the same time: the one that gave
// the last event, else the youngest thread that need not wait for another, and
// brings no message before what others of its process do. When
// all have to wait, it is a thread that one of them waits for and that nothing has
// begun; or else what is waited for is missing, and the youngest goes on.
func (m *Reader) pick() *source {
	if s := m.going; s != nil && s.reader != nil && s.event != nil && s.key == m.queue[0].key && m.blocker(s) == nil && !m.tellsEarly(s) {
		return s
	}
	var free, early, stuck, awaited, orphan *source
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
		case b == nil && m.tellsEarly(s):
			early = younger(early, s)
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
	for _, s := range []*source{free, early, awaited, stuck} {
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

// maxMates bounds the work for a message in a process of very many threads.
const maxMates = 64

// tellsEarly says whether the event of s is a message, and another thread of its
// process can go on: what failed in that one may be what the message tells of.
func (m *Reader) tellsEarly(s *source) bool {
	return s.role == tells && m.mate(s, goesOn, goesOn) != nil
}

// mate gives another thread of the process whose event has one of two roles, and can
// come now.
func (m *Reader) mate(s *source, a, b role) *source {
	if len(s.group.living) > maxMates {
		return nil
	}
	for o := range s.group.living {
		if o != s && (o.role == a || o.role == b) && o.key == s.key && m.blocker(o) == nil {
			return o
		}
	}
	return nil
}

// role is what an event is to the other threads of its process.
type role uint8

const (
	goesOn  role = iota
	tells        // a message: those that can go on do so before it
	endsAll      // ends the others: what they have done comes before it
	ends         // is nothing that they have done
)

func roleOf(e *event.Event) role {
	switch {
	case e.Kind == event.Exited:
		return ends
	case e.Call == nil:
	case isMessage(e.Call):
		return tells
	case e.Call.Name == "exit_group", e.Call.Name == "execve" && e.Call.Ret.Errno == "":
		return endsAll
	case e.Call.Unfinished, !e.Call.Ret.Known:
		return ends
	}
	return goesOn
}

// isMessage says whether a call writes to where people read.
func isMessage(c *event.Call) bool {
	return (c.Name == "write" || c.Name == "writev") && c.Arg(0).Kind == event.Int && (c.Arg(0).Int == 1 || c.Arg(0).Int == 2)
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
	wantBytes            // to be written for a descriptor, pid, so many, addr
	wantGroup            // for the end of a thread: of the other ones, or a call that ends them
)

// needOf says what an event has to wait for, by itself.
func needOf(e *event.Event) need {
	switch e.Kind {
	case event.Returned:
		if pid := reaped(e.Call); pid > 0 {
			return need{kind: wantEnd, pid: pid}
		}
		if n := futexNeed(e.Call); n.kind != wantNothing {
			return n
		}
		return bytesNeed(e.Call)
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
	if s.role == endsAll && len(s.group.living) > 1 {
		return m.mate(s, goesOn, tells)
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
	case wantBytes:
		return m.writer(s, n)
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
