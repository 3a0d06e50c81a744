package analyze

import (
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

// threadEnded: a thread that ends by itself hands over what it came to; exit_group
// ends all.
func (f *facts) threadEnded(st *replay.Step) {
	if l := f.lastFailure[st.Event.TID]; l != nil && st.Thread.Calls-l.tcalls <= handOver {
		l.handed = "its thread ended right after it"
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

func (f *facts) killed(_ *history, st *replay.Step) {
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
	h.blockRestarted()
}
