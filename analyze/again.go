package analyze

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// A program that doesn't end need not be blocked: it may try the same again and
// again, compute, or have been stopped.

// againWeight is the weight of a failure that is repeated for ever, beside those in
// waitWeight; lookWeight that of a file which is looked for again and again; and
// runsWeight that of a process at work.
const (
	againWeight = 3
	lookWeight  = 2.25
	runsWeight  = 2
)

// How often a call fails the same way before it counts as trying again, or as
// looking again, and how near to the process's last call, or the trace's end.
const (
	againTimes = 4
	lookTimes  = 8
	againNear  = 400
)

// tryingAgain finds the failure that was repeated until the trace ended, by one
// process, or by one child after another. best is the score of the best wait.
func (f *facts) tryingAgain(best float64) (found *failure, times int) {
	points := func(x *failure) float64 {
		if probing(x.name) {
			return 0.1
		}
		if x.keptOut() || x.errno == "ENOTEMPTY" {
			return callWeight[x.name] + 1
		}
		return callWeight[x.name] + errorPoints(x)
	}
	count := map[failureKey]int{} // over all processes
	for _, h := range f.order {
		for _, x := range h.failures {
			last, calls := x.at[len(x.at)-1], h.proc.Calls
			if h.toldToEnd > 0 { // what it does then is no more of what it waited for
				calls = h.toldToEnd
				if i := slices.IndexFunc(x.at, func(at position) bool { return at.seq > calls }); i == 0 {
					continue
				} else if i > 0 {
					last = x.at[i-1]
				}
			}
			if neverCause(x) || f.last-last.index > 10*againNear {
				continue
			}
			n, ended := x.count, endedByItself(h.proc) && h.askedToEnd(f) == ""
			if x.path2 != "" { // what is moved there may have another name each time
				key := failureKey{name: x.name, errno: x.errno, path2: x.path2}
				count[key] += x.count
				n = count[key]
			}
			switch {
			case ended && h.proc.Failed() && x.path+x.addr != "":
				key := x.failureKey
				count[key] += x.count
				n = count[key]
			case ended || calls-last.seq > againNear || x.stopped(last.seq, calls):
				continue
			}
			if probing(x.name) && (n < lookTimes || best > lookWeight || x.path == "" || systemPath(x.path)) ||
				!probing(x.name) && (n < againTimes && !(x.keptOut() && n > 1) || best >= againWeight) {
				continue
			}
			if points(x) > 0 && (found == nil || points(x) >= points(found)) {
				found, times = x, n
			}
		}
	}
	return found, times
}

// keptOut: what the process was to make is there, by which another keeps it out, and it
// sleeps until it tries again.
func (x *failure) keptOut() bool {
	return x.errno == "EEXIST" && callClass[x.name] == "make" && x.hist.sleepsSince(x.at[len(x.at)-1].seq)
}

// sleepsSince says whether the process sleeps, since few calls after one.
func (h *history) sleepsSince(seq int) bool {
	const few = 12
	return slices.ContainsFunc(h.blocked, func(st *replay.Step) bool {
		return st.Event.Call != nil && strings.HasSuffix(waitsIn(st.Event.Call), "nanosleep") && st.Seq > seq && st.Seq-seq <= few
	})
}

// lookedFor are files that processes look at again and again between sleeps, which are
// there all the time: they wait for them to go away.
func (f *facts) lookedFor() (out []Cause) {
	const often = 3
	for _, h := range f.order {
		var found *source
		for _, s := range h.sources {
			if s.looks >= often && s.file == nil && probing(s.by) && strings.HasPrefix(s.path, "/") && !systemPath(s.path) && s.ev.Event().Call.Ret.Value == 0 &&
				h.sleepsSince(s.found.seq) && (found == nil || s.found.index > found.found.index) {
				found = s
			}
		}
		if found == nil || endedByItself(h.proc) || len(out) == maxCauses {
			continue
		}
		c := bareHang(h.proc)
		c.Syscall, c.Event, c.Confidence = found.by, ref(found.ev.Event()), 0.6
		setString(&c.Path, found.path)
		c.Summary = fmt.Sprintf("it waits for %s to go away, or to change", found.path)
		c.Explanation = fmt.Sprintf("%s looked at %s %d times, slept in between, and found it each time.", name(h.proc), found.path, found.looks)
		c.Advice = append(c.Advice, fmt.Sprintf("see who has made %s, and whether it is left over: ls -l %s", found.path, shell(found.path)))
		c.Reasons = []string{"it was looked at again and again until the trace ended"}
		out = append(out, c)
	}
	return out
}

// stopped says whether a repeated failure had ceased: since its last time, of so many calls, more
// went by than ever between two of its times: seven looks in 20 calls, then 300 others.
func (x *failure) stopped(last, calls int) bool {
	const few = 40
	widest := few
	for i := 1; i < len(x.at); i++ {
		widest = max(widest, 2*(x.at[i].seq-x.at[i-1].seq))
	}
	return calls-last > widest
}

func endedByItself(p *replay.Process) bool { return p.Exit != nil && p.Exit.Signal == "" }

func (f *facts) againCause(x *failure, times int) Cause {
	c := &candidate{fail: x, kind: "syscall", sus: &suspect{hist: x.hist}, pos: x.at[len(x.at)-1]}
	out := f.cause(c)
	out.CallsBefore = -1
	out.Confidence = 0.6
	out.Reasons = []string{fmt.Sprintf("it was tried %d times, and again until the trace ended", times)}
	return out
}

// runningCauses are processes that were at work.
func (f *facts) runningCauses() (out []Cause) {
	for _, p := range f.running {
		if len(out) == maxCauses {
			break
		}
		c := bareHang(p)
		c.Confidence = 0.6
		c.Summary = "it is busy, and makes no calls"
		c.Explanation = fmt.Sprintf("%s waits for nothing: it was at work on the processor when the trace ended, after %s. It computes, or is in an endless loop.",
			name(p), calls(p.Calls))
		c.Advice = append(c.Advice, fmt.Sprintf("while it runs, see where it is: gdb -p %d -batch -ex bt, perf top -p %d, or the language's own profiler", p.PID, p.PID))
		c.Reasons = []string{"it was running, in no call, when the trace ended"}
		out = append(out, c)
	}
	return out
}

func bareHang(p *replay.Process) Cause {
	return Cause{Kind: "hang", PID: p.PID, Program: p.Program, Count: 1, Candidates: []string{}, Advice: []string{}, CallsBefore: -1}
}

// whyStopped says what a stop signal means (signal(7), credentials(7)).
var whyStopped = map[string]string{
	"SIGTTIN": "it runs in the background and wanted to read from the terminal",
	"SIGTTOU": "it runs in the background and wanted to write to the terminal, or to change it",
	"SIGTSTP": "somebody pressed Ctrl-Z, or sent it the signal",
	"SIGSTOP": "somebody sent it the signal",
}

// fromTerminal is how to do without it.
var fromTerminal = map[string]string{"SIGTTIN": "; with < /dev/null it does not read from the terminal", "SIGTTOU": "; with stty -tostop it may write there"}

// stoppedCauses are processes that were stopped by a signal when the trace ended.
func (f *facts) stoppedCauses() (out []Cause) {
	for _, h := range f.order {
		e := h.stopped
		if endedByItself(h.proc) {
			e = nil
		}
		e = cmp.Or(h.stayed, e)
		if e == nil || e.Signal == nil || len(out) == maxCauses {
			continue
		}
		sig := e.Signal.Name
		c := bareHang(h.proc)
		c.Signal, c.Event, c.Confidence = &sig, ref(e), 0.9
		c.Summary = "it is stopped by " + sig
		c.Explanation = fmt.Sprintf("%s was stopped by %s: %s. It goes on when it gets SIGCONT.", name(h.proc), sig, whyStopped[sig])
		c.Advice = append(c.Advice, fmt.Sprintf("kill -CONT %d, or fg in its shell%s", h.proc.PID, fromTerminal[sig]))
		c.Reasons = []string{"it was stopped when the trace ended"}
		out = append(out, c)
	}
	return out
}
