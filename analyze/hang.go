package analyze

import (
	"fmt"
	"sort"
	"strings"

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
	"futex": 2, "semop": 4, "semtimedop": 4, "msgrcv": 4, "mq_timedreceive": 4, "poll": 2.5, "ppoll": 2.5, "select": 2.5, "pselect6": 2.5, "epoll_wait": 1.5, "epoll_pwait": 1.5,
	"accept": 2, "accept4": 2, "clock_nanosleep": 1.5, "nanosleep": 1.5, "pause": 1, "rt_sigsuspend": 0.5, "rt_sigtimedwait": 1, "wait4": 0.5, "waitid": 0.5, "restart_syscall": 1,
}

// explainHang names the calls in which the processes were blocked when the
// trace ended: first those that wait for something outside, as waiting for a
// child only repeats the child's wait.
func (f *facts) explainHang(d *Diagnosis) {
	type wait struct {
		st    *replay.Step
		score float64
	}
	var list []wait
	for _, h := range f.order {
		for _, st := range h.blocked {
			if st.Event.Call == nil {
				continue
			}
			w, ok := waitWeight[st.Event.Call.Name]
			if !ok {
				continue
			}
			if st.Thread != nil && st.Event.TID == h.proc.PID {
				w += 0.5
			}
			if f.fedByBlocked(st) {
				w -= 2
			}
			list = append(list, wait{st, w})
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].score > list[j].score })
	if x := f.tryingAgain(); x != nil && (len(list) == 0 || list[0].score < againWeight) {
		d.Causes = append(d.Causes, f.againCause(x))
	}
	for i, w := range list {
		if len(d.Causes) == maxCauses {
			break
		}
		c := f.hangCause(w.st)
		c.Confidence = max(0.2, 0.3+0.1*w.score-0.2*float64(i+len(d.Causes)-i))
		d.Causes = append(d.Causes, c)
	}
	if len(d.Causes) > 0 {
		d.Trail = append(d.Trail, Step{Role: "failing-call", Event: d.Causes[0].Event, Text: "the call in which it was blocked"})
	}
}

// againWeight is the weight of a failure that a process repeats for ever,
// beside those in waitWeight.
const againWeight = 3

// againTimes is how often a call fails the same way before it counts as
// trying again, and againNear how near to the process's last call.
const (
	againTimes = 4
	againNear  = 400
)

// tryingAgain finds the failure that a process was repeating until the trace
// ended: it isn't blocked, and gets nowhere.
func (f *facts) tryingAgain() *failure {
	var best *failure
	points := func(x *failure) float64 { return callWeight[x.name] + errorPoints(x) }
	for _, h := range f.order {
		for _, x := range h.failures {
			last := x.at[len(x.at)-1]
			if neverCause(x) || x.count < againTimes || probing(x.name) || h.proc.Calls-last.seq > againNear || endedByItself(h.proc) && h.askedToEnd(f) == "" {
				continue
			}
			if points(x) > 0 && (best == nil || points(x) > points(best)) {
				best = x
			}
		}
	}
	return best
}

func endedByItself(p *replay.Process) bool { return p.Exit != nil && p.Exit.Signal == "" }

func (f *facts) againCause(x *failure) Cause {
	c := &candidate{fail: x, kind: "syscall", sus: &suspect{hist: x.hist}, pos: x.at[len(x.at)-1]}
	out := f.cause(c)
	out.CallsBefore = -1
	out.Confidence = 0.6
	out.Reasons = []string{fmt.Sprintf("it was tried %d times, and again until the trace ended", x.count)}
	return out
}

// fedByBlocked: it reads a pipe whose writer is itself blocked.
func (f *facts) fedByBlocked(st *replay.Step) bool {
	if st.File == nil || st.File.Pipe == nil || st.File.Write {
		return false
	}
	for _, h := range f.order {
		if o := h.proc.Std[1]; o != nil && o.Pipe == st.File.Pipe && o.Write && h.proc != st.Proc && len(h.blocked) > 0 {
			return true
		}
	}
	return false
}

func (f *facts) hangCause(st *replay.Step) Cause {
	p := st.Proc
	out := Cause{Kind: "hang", PID: p.PID, Program: p.Program, Syscall: st.Event.Call.Name, Count: 1,
		Candidates: []string{}, Advice: []string{}, Event: ref(st.Event), CallsBefore: -1}
	obj := ""
	if len(st.Paths) > 0 {
		obj = f.state.Abs(st.Paths[0])
		setString(&out.PathGiven, st.Given[0])
	} else if st.File != nil {
		obj = f.state.Abs(st.File.Path)
	}
	setString(&out.Path, obj)
	setString(&out.Address, f.state.AbsAddr(st.Addr))
	if st.FD >= 0 {
		fd := st.FD
		out.FD = &fd
	}
	if obj == "" {
		obj = f.state.Describe(st.File)
	}
	waits := f.waitsFor(st, obj)
	out.Summary = fmt.Sprintf("%s waits %s", p.Name(), waits)
	out.Explanation = fmt.Sprintf("%s was blocked in %s when the trace ended: it waits %s.", name(p), out.Syscall, waits)
	out.Reasons = []string{"the call had not returned when the trace ended"}
	if strings.HasPrefix(out.Syscall, "fl") || out.Syscall == "fcntl" {
		out.Advice = append(out.Advice, fmt.Sprintf("see who holds the lock: lslocks | grep %s", obj))
	}
	return out
}

func (f *facts) waitsFor(st *replay.Step, obj string) string {
	switch name := st.Event.Call.Name; name {
	case "open", "openat":
		return fmt.Sprintf("for somebody to open the other end of %s", obj)
	case "flock", "fcntl":
		return fmt.Sprintf("for the lock on %s, which another process holds", obj)
	case "connect":
		return fmt.Sprintf("for an answer to its connect to %s", f.state.AbsAddr(st.Addr))
	case "read", "recvfrom", "recvmsg":
		return fmt.Sprintf("for something to read from %s", orIt(obj))
	case "write", "writev", "sendto", "sendmsg":
		return fmt.Sprintf("for room to write to %s", orIt(obj))
	case "futex":
		return "for another thread"
	case "wait4", "waitid":
		return "for a child to end"
	case "nanosleep", "clock_nanosleep":
		return "for a time to pass"
	case "accept", "accept4":
		return "for a client to connect"
	default:
		if obj != "" {
			return fmt.Sprintf("in %s for %s", name, obj)
		}
		return fmt.Sprintf("in %s", name)
	}
}
