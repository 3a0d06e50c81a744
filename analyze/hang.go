package analyze

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// interrupted says whether the command was ended from outside, since it hung:
// with Ctrl-C, or with timeout while a process of it was blocked in a call.
func (f *facts) interrupted(root *replay.Process) bool {
	if root.Exit != nil && !root.Failed() {
		return false
	}
	for _, h := range f.order {
		switch h.askedToEnd(f) {
		case "SIGINT": // somebody had waited long enough
			return true
		case "SIGTERM":
			if len(h.blocked) > 0 && (root.Exit == nil || root.Exit.Signal == "SIGTERM") {
				return true
			}
		}
	}
	return false
}

// leftWaiting says whether all processes that live when the trace ends wait in calls: the
// trace was ended while they did.
func (f *facts) leftWaiting() bool {
	waits, living := false, 0
	for _, h := range f.order {
		if h.proc.Exit != nil || !h.proc.Seen {
			continue
		}
		living++
		h.blockRestarted()
		if len(h.blocked) == 0 {
			return false
		}
		for _, st := range h.blocked {
			waits = waits || waitWeight[waitsIn(st.Event.Call)] >= 1 && st.Event.Index >= h.proc.Last-len(h.blocked)
		}
	}
	return waits && (f.letGo() || f.state.Root.Before || f.cutCall || living == 1)
}

// blockRestarted: a process that was let go was in the calls that this broke off.
func (h *history) blockRestarted() {
	for _, tid := range slices.Sorted(maps.Keys(h.restart)) {
		h.block(h.restart[tid])
	}
}

// letGo says whether somebody interrupted strace while a thread was in a call.
func (f *facts) letGo() bool {
	return slices.ContainsFunc(f.order, func(h *history) bool {
		return slices.ContainsFunc(h.blocked, func(st *replay.Step) bool { return st.Event.Call.Ret.Note == "detached" })
	})
}

// askedToEnd is the interrupt or the request to end that came from outside the
// trace, "" if none did.
func (h *history) askedToEnd(f *facts) string {
	for _, e := range h.signals {
		if !endsFromOutside(e) {
			continue
		}
		pid := e.Signal.Info.Field("si_pid")
		if f.state.Process(int(pid.Int)) == nil {
			return e.Signal.Name
		}
	}
	return ""
}

// endsFromOutside: Ctrl-C, or timeout(1).
func endsFromOutside(e *event.Event) bool {
	return e.Signal != nil && (e.Signal.Name == "SIGINT" || e.Signal.Name == "SIGTERM")
}

// waitWeight: what a process may rightly wait in, against what holds it up.
var waitWeight = map[string]float64{
	"flock": 5, "fcntl": 5, "open": 5, "openat": 5, "connect": 4, "read": 3, "recvfrom": 3.5, "recvmsg": 3.5, "write": 3, "writev": 3, "sendto": 3, "sendmsg": 3,
	"futex": 2, "semop": 4, "semtimedop": 4, "msgrcv": 4, "mq_timedreceive": 4, "msgsnd": 4, "mq_timedsend": 4, "poll": 2.5, "ppoll": 2.5, "select": 2.5, "pselect6": 2.5, "epoll_wait": 1.5, "epoll_pwait": 1.5,
	"accept": 2, "accept4": 2, "clock_nanosleep": 1.5, "nanosleep": 1.5, "pause": 1, "rt_sigsuspend": 0.5, "rt_sigtimedwait": 1, "wait4": 0.5, "waitid": 0.5, "restart_syscall": 1,
}

// wait is a call in which a thread was blocked when the trace ended.
type wait struct {
	st    *replay.Step
	hist  *history
	score float64
	file  *replay.File // that it is about, nil when not known
	asks  bool         // it is for an answer over the file
	on    []*wait      // those of the processes that it waits for
	heir  *wait        // of a process that was left with the other end of the pipe, see heirs.go
}

// explainHang names the calls in which the processes were blocked when the
// trace ended: first those that wait for something outside, as waiting for
// another blocked process only repeats its wait.
func (f *facts) explainHang(d *Diagnosis) {
	list := f.waits()
	sort.SliceStable(list, func(i, j int) bool { return list[i].score > list[j].score })
	d.Causes = append(d.Causes, f.stoppedCauses()...)
	best := 0.0
	if len(list) > 0 {
		best = list[0].score
	}
	if len(list) > 0 && len(d.Causes) == 0 {
		for _, lost := range []func(*wait) *Cause{f.lostChild, f.lostThread, f.lostSharer, f.lostClient} {
			if c := lost(list[0]); c != nil {
				d.Causes = append(d.Causes, *c)
				break
			}
		}
	}
	if len(d.Causes) == 0 {
		d.Causes = append(d.Causes, f.zombieCauses()...)
	}
	if x, times := f.tryingAgain(best); x != nil {
		d.Causes = append(d.Causes, f.againCause(x, times))
	}
	if best <= lookWeight && len(d.Causes) == 0 {
		d.Causes = append(d.Causes, f.lookedFor()...)
	}
	if best < runsWeight && len(d.Causes) == 0 {
		d.Causes = append(d.Causes, f.runningCauses()...)
	}
	for _, w := range list {
		if len(d.Causes) == maxCauses {
			break
		}
		c := f.hangCause(w)
		c.Confidence = math.Round(100*min(max(0.2, 0.3+0.1*w.score-0.2*float64(len(d.Causes))), 0.95)) / 100
		d.Causes = append(d.Causes, c)
	}
	if len(d.Causes) > 0 {
		d.Trail = append(d.Trail, Step{Role: "failing-call", Event: d.Causes[0].Event, Text: "the call in which it was blocked"})
	}
}

// maxWaits bounds the waits that are looked at.
const maxWaits = 1000

// waits lists the calls in which threads were blocked, with a score each.
func (f *facts) waits() []*wait {
	var list []*wait
	for _, h := range f.order {
		if h.proc.Exit == nil {
			h.blockRestarted()
		} else if f.endedByOther(h.proc) && f.last-h.proc.Ended.Index > againNear {
			continue // others went on
		}
		for _, st := range h.blocked {
			if st.Event.Call == nil {
				continue
			}
			score, ok := waitWeight[waitsIn(st.Event.Call)]
			held := strings.HasPrefix(h.found(st), kernelHolds) || strings.HasPrefix(h.found(st), serverHolds)
			if !ok && !held || !held && f.justOpened(st) {
				continue
			}
			switch {
			case held:
				score = heldWeight
			case st.Thread == nil:
			case st.Event.TID == h.proc.PID:
				score += 0.5
			case waitsIn(st.Event.Call) == "futex" && h.waitsElse():
				score-- // an idle thread that waits for work
			case isTick(st):
				score--
			}
			if len(list) < maxWaits {
				w := &wait{st: st, hist: h, score: score, file: st.File}
				w.watches()
				list = append(list, w)
			}
		}
	}
	for _, w := range list {
		for _, o := range list {
			if f.isFor(w, o) {
				w.on = append(w.on, o)
			}
		}
	}
	for _, w := range list {
		switch {
		case w.isRound():
			w.score += certain
		case w.leftOpen():
			w.score += certain
		case len(w.on) > 0:
			w.score -= repeats
		}
	}
	return list
}

// justOpened says whether a call opens a file of the kernel's own, or began so shortly
// before the end that it was not what held the process up. Where nothing came after it,
// the trace does not tell how long it took.
func (f *facts) justOpened(st *replay.Step) bool {
	if name := waitsIn(st.Event.Call); name != "open" && name != "openat" || len(st.Paths) == 0 {
		return false
	}
	p := f.state.Abs(st.Paths[0])
	d, known := f.sofar(st)
	return strings.HasPrefix(p, "/proc/") || strings.HasPrefix(p, "/sys/") || known && d > 0 && d < leastWait && st.Event.Call.Ret.Note != "detached"
}

// isRound says whether a wait is, over others, for itself; those that lead back come first
// among what they wait for then.
func (w *wait) isRound() bool { return w.leadsTo(w, map[*wait]bool{}) }

func (w *wait) leadsTo(end *wait, seen map[*wait]bool) bool {
	const most = 64 // of hundreds that all wait one is as good as the others
	seen[w] = true
	for i, o := range w.on[:min(len(w.on), most)] {
		if o == end || !seen[o] && o.leadsTo(end, seen) {
			copy(w.on[1:i+1], w.on[:i])
			w.on[0] = o
			return true
		}
	}
	return false
}

// heldWeight is the weight of a wait that nothing can interrupt, in whatever call.
const heldWeight = 6.5

// blockedIn is the name of a call, or of the one that it goes on with after a signal
// or an attach: restart_syscall(<... resuming interrupted poll ...>).
func blockedIn(c *event.Call) string {
	if c.Name != "restart_syscall" {
		return abi.Plain(c.Name)
	}
	_, rest, _ := strings.Cut(c.Arg(0).Str, "resuming interrupted ")
	name, _, _ := strings.Cut(rest, " ")
	if _, known := waitWeight[name]; !known {
		return c.Name
	}
	return name
}

// waitsIn is what a call waits in: select and poll without descriptors wait for time to
// pass, or for a signal.
func waitsIn(c *event.Call) string {
	n, timeout := 0, 4
	name := blockedIn(c)
	switch name {
	case "select", "pselect6":
	case "poll", "ppoll":
		n, timeout = 1, 2
	default:
		return name
	}
	switch t := c.Arg(timeout); {
	case c.Arg(n).Kind != event.Int || c.Arg(n).Int != 0:
		return name
	case t.IsNull(), t.Kind == event.Int && t.Int < 0:
		return "pause"
	}
	return "clock_nanosleep"
}

// waitsElse says whether the process's first thread waits for something other than
// its own threads, and is not just idle.
func (h *history) waitsElse() bool {
	return slices.ContainsFunc(h.blocked, func(st *replay.Step) bool {
		return st.Event.TID == h.proc.PID && st.Event.Call != nil && waitsIn(st.Event.Call) != "futex" && !isLoop(st.Watched)
	})
}

const (
	repeats = 2.5 // what a wait loses that is for a process which is blocked itself
	certain = 3   // what it gains when they wait in a circle
)

// isFor says whether a wait is for something that another blocked process would do.
func (f *facts) isFor(w, o *wait) bool {
	file, p := w.file, o.hist.proc
	name := waitsIn(w.st.Event.Call)
	if w.hist == o.hist {
		return name == "futex" && w.holder() == o.st.Event.TID
	}
	switch {
	case name == "wait4", name == "waitid":
		return p.Parent == w.hist.proc
	case name == "flock", name == "fcntl":
		return w.holder() == p.PID
	case name == "connect":
		return o.st.Thread.Files.Has(func(x *replay.File) bool { return x.Sock != nil && x.Sock.Listening && x.Sock.Local == w.st.Addr })
	case file == nil, strings.HasPrefix(name, "accept"):
		return false
	case file.Pipe != nil:
		return o.st.Thread.Files.Has(func(x *replay.File) bool { return x.Pipe == file.Pipe && x.Write != file.Write })
	case file.Sock != nil && file.Sock.Pair != nil:
		return o.st.Thread.Files.Has(func(x *replay.File) bool { return x == file.Sock.Pair })
	}
	return false
}

// chain says for whom the wait is, and for whom they wait; round: it comes back to
// where it began.
func (f *facts) chain(w *wait) (text string, round bool) {
	var b strings.Builder
	seen := map[*wait]bool{w: true}
	for at := w; len(at.on) > 0; {
		next := at.on[0]
		if seen[next] {
			return b.String(), next == w
		}
		who := name(next.hist.proc)
		if next.hist == w.hist {
			who = fmt.Sprintf("Thread %d", next.st.Event.TID)
		}
		fmt.Fprintf(&b, " %s waits %s.", who, f.waitText(next))
		seen[next] = true
		at = next
	}
	return b.String(), false
}

func (f *facts) hangCause(w *wait) Cause {
	st := w.st
	p := st.Proc
	out := Cause{Kind: "hang", PID: p.PID, Program: p.Program, Syscall: blockedIn(st.Event.Call), Count: 1,
		Candidates: []string{}, Advice: []string{}, Event: ref(st.Event), CallsBefore: -1}
	if len(st.Paths) > 0 {
		setString(&out.Path, f.state.Abs(st.Paths[0]))
		setString(&out.PathGiven, st.Given[0])
	} else if st.File != nil && st.File.Kind == replay.PathFile {
		setString(&out.Path, f.state.Abs(st.File.Path))
	}
	setString(&out.Address, f.state.AbsAddr(st.Addr))
	if w.asks {
		setString(&out.Address, f.state.AbsAddr(w.file.Sock.Peer))
	}
	if to := w.sentTo(); to != "" {
		setString(&out.Address, to)
	}
	if st.FD >= 0 {
		fd := st.FD
		out.FD = &fd
	}
	waits := f.waitText(w)
	chain, round := f.chain(w)
	if w.heir != nil {
		chain = " " + w.heirText()
	}
	out.Summary = fmt.Sprintf("%s waits %s", shortName(p), waits)
	if round {
		out.Summary += ", in a circle"
		chain += " They wait for each other: a deadlock."
	}
	out.Explanation = fmt.Sprintf("%s was blocked in %s%s when the trace ended: it waits %s.%s", name(p), out.Syscall, f.lasted(st), waits, chain)
	if found := w.found(); found != "" && !isTold(found) {
		out.Explanation += " " + strings.ToUpper(found[:1]) + found[1:] + "."
	}
	out.Reasons = []string{"the call had not returned when the trace ended"}
	out.Advice = append(out.Advice, f.hangAdvice(w)...)
	return out
}
