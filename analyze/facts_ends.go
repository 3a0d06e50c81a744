package analyze

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// sent is a signal sent by one process to another.
type sent struct {
	index  int // of the event
	by     *replay.Process
	target int
	signal string
}

// killedItself says whether a process sent the signal to itself that killed it, to end as
// its child has.
func (f *facts) killedItself(p *replay.Process) bool {
	return p.Exit != nil && !replay.Crashes(p.Exit.Signal) && slices.ContainsFunc(f.kills, func(k sent) bool {
		return k.by == p && (k.target == 0 || k.target == p.PID) && k.signal == p.Exit.Signal
	})
}

// timedOutBefore says whether the process was killed by one above it whose time was up, as
// by timeout(1): it waited for what did not come.
func (f *facts) timedOutBefore(p *replay.Process) bool {
	if p.Exit == nil || p.Exit.Signal == "" {
		return false
	}
	return slices.ContainsFunc(f.kills, func(k sent) bool {
		return (k.target == p.PID || k.target <= 0) && k.signal == p.Exit.Signal && k.by != p && p.Descends(k.by) && f.alarmed(k.by, k.index)
	})
}

// alarmed says whether a process had got SIGALRM before an event.
func (f *facts) alarmed(p *replay.Process, before int) bool {
	h := f.procs[p]
	return h != nil && slices.ContainsFunc(h.signals, func(e *event.Event) bool {
		return e.Signal != nil && e.Signal.Name == "SIGALRM" && e.Index < before
	})
}

// reaped is a child whose status was seen, but not its calls.
type reaped struct {
	by     *history
	pid    int
	code   int
	signal string
	ev     event.Kept
	pos    position
}

// handOver is how many calls after a failure a thread may end or wake another
// one for the failure to be what it hands over.
const handOver = 4

// endedAfter is said of a failure after which its thread ended.
const endedAfter = "its thread ended right after it"

// threadEnded: a thread that ends by itself hands over what it came to; exit_group
// ends all.
func (f *facts) threadEnded(st *replay.Step) {
	if l := f.lastFailure[st.Event.TID]; l != nil && st.Thread.Calls-l.tcalls <= handOver {
		l.handed = endedAfter
	}
}

func (f *facts) handOver(st *replay.Step) {
	l := f.lastFailure[st.Event.TID]
	if l == nil || l.handed != "" || st.Thread.Calls-l.tcalls > handOver {
		return
	}
	c := st.Event.Call
	switch {
	case c.Name == "futex" && strings.Contains(c.Arg(1).Str, "FUTEX_WAKE") && c.Ret.Value > 0,
		c.Name == "write" && st.File != nil && (st.File.Kind == replay.OtherFile || st.File.Kind == replay.PipeFile):
		l.handed = "its thread woke another one right after it"
	}
}

func (f *facts) killed(h *history, st *replay.Step) {
	if asksLife(st.Event.Call) {
		f.foundAlive(h, st)
		f.askedOfDead(h, st)
		return
	}
	if len(f.kills) >= maxKills {
		return
	}
	c := st.Event.Call
	target, sig := c.Arg(0), c.Arg(1)
	if c.Name == "tgkill" {
		target, sig = c.Arg(1), c.Arg(2)
	}
	f.kills = append(f.kills, sent{st.Event.Index, st.Proc, int(target.Int), strings.Clone(sig.Str)})
}

// mapped remembers that a process has memory that others may have too (mmap(2), MAP_SHARED).
func (f *facts) mapped(h *history, st *replay.Step) {
	c := st.Event.Call
	h.shares = h.shares || c.Arg(3).Has("MAP_SHARED") && c.Arg(2).Has("PROT_WRITE")
}

// waited notes children whose calls are not in the trace.
func (f *facts) waited(h *history, st *replay.Step) {
	if st.Child != nil && st.Child.Seen {
		return
	}
	c := st.Event.Call
	code, signal, ok := c.Arg(1).Final().WaitStatus() // its call has been kept: waits change the state
	if !ok || (code == 0 && signal == "") || len(f.untraced) > 1000 {
		return
	}
	f.untraced = append(f.untraced, &reaped{h, int(c.Ret.Value), code, signal, st.Kept(), position{st.Event.Index, st.Seq}})
}

func (h *history) signaled(e *event.Event) {
	h.signals = append(h.signals, e)
	if len(h.signals) > maxSignals {
		h.signals = h.signals[1:]
	}
	if !endsFromOutside(e) {
		return
	}
	if h.toldToEnd == 0 {
		h.toldToEnd = h.proc.Calls
	}
	h.blockRestarted()
}
