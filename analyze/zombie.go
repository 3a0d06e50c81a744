package analyze

import (
	"fmt"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// A process that has ended keeps its id until its parent waits for it (wait(2), "zombie"):
// who asks with kill(pid, 0) whether it is gone finds it there for ever.
//
//	679   +++ killed by SIGTERM +++
//	680   kill(679, 0)                      = 0

// deadAsked are the questions whether a process lives that had ended, and was not waited for.
type deadAsked struct {
	by    *history
	times int
	last  position
	ev    event.Kept
}

// maxDead bounds the memory.
const maxDead = 1 << 12

// askedOfDead counts such a question.
func (f *facts) askedOfDead(h *history, st *replay.Step) {
	p := f.state.Process(int(st.Event.Call.Arg(0).Int))
	if p == nil || p.Exit == nil || p.Reaped != nil || st.Event.Call.Ret.Errno != "" {
		return
	}
	z := f.zombies[p]
	if z == nil {
		if len(f.zombies) >= maxDead {
			return
		}
		z = &deadAsked{}
		f.zombies[p] = z
	}
	z.by, z.last, z.ev = h, position{st.Event.Index, st.Seq}, st.Kept()
	z.times++
}

// zombieCauses are processes that wait for one to go away whose parent has not waited for it.
func (f *facts) zombieCauses() (out []Cause) {
	for _, p := range f.state.All {
		z := f.zombies[p]
		if z == nil || z.times < againTimes || p.Reaped != nil && p.Reaped.Index < z.last.index || f.last-z.last.index > 10*againNear || len(out) == maxCauses {
			continue
		}
		c := bareHang(z.by.proc)
		c.Syscall, c.Event, c.Count, c.Confidence = "kill", ref(z.ev.Event()), z.times, 0.75
		c.Summary = fmt.Sprintf("it waits for %s to go away, which has ended already", name(p))
		c.Explanation = fmt.Sprintf("%s asked %d times whether process %d is there. That %s, but %s has not waited for it: until then its id stays, and kill finds it (a zombie).",
			name(z.by.proc), z.times, p.PID, ended(p), parentOf(p))
		c.Advice = append(c.Advice, "let the parent wait for its child (wait, waitpid) in the meantime, or let the one who asks look at its state: ps -o stat= -p PID begins with Z")
		c.Reasons = []string{"it asked again and again until the trace ended"}
		out = append(out, c)
	}
	return out
}

func parentOf(p *replay.Process) string {
	if p.Parent == nil {
		return "its parent"
	}
	return "its parent " + name(p.Parent)
}
