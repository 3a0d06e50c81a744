package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

func (f *facts) signalCause(out *Cause, c *candidate) {
	sig := c.signal
	out.Signal = &sig
	p := c.sus.hist.proc
	out.Event = ref(p.Ended)
	out.Summary = fmt.Sprintf("%s was killed by %s", shortName(p), sig)
	meaning := signalMeaning[sig]
	if sig == "SIGKILL" && f.killer(p) != nil {
		meaning = "ended from outside"
	}
	out.Explanation = fmt.Sprintf("%s was killed by %s (%s).", name(p), sig, meaning)
	if !replay.Crashes(sig) {
		f.killedWhile(out, c)
	}
	for _, e := range slices.Backward(c.sus.hist.signals) {
		if e.Signal != nil && e.Signal.Name == sig {
			out.Event = ref(e)
			f.signalOrigin(out, e)
			break
		}
	}
	for _, k := range f.kills {
		if k.target == p.PID && k.signal == sig && k.by != p {
			sentence := " %s sent it."
			if strings.HasSuffix(out.Explanation, toItself) {
				sentence = " It had caught the one that %s sent before."
			}
			out.Explanation += fmt.Sprintf(sentence, name(k.by))
			out.Reasons = append(out.Reasons, fmt.Sprintf("%s sent %s to it", name(k.by), sig))
		}
	}
	switch {
	case sig == "SIGKILL" && f.killedForMemory(out):
	case sig == "SIGKILL":
		out.Advice = append(out.Advice, f.killAdvice(out, c.sus.hist)...)
	default:
		out.Advice = append(out.Advice, signalAdvice(sig)...)
	}
	if sig == "SIGSYS" && out.Syscall == "" && c.sus.hist.lastCall != "" {
		out.refused(c.sus.hist.lastCall)
	}
}

// killer is who sent SIGKILL to a process, or to one above it: what ends a PID namespace's
// first process ends all in it (pid_namespaces(7)). nil if the trace tells of nobody.
func (f *facts) killer(p *replay.Process) *replay.Process {
	const rightBefore = 60 // events
	for _, k := range slices.Backward(f.kills) {
		if k.signal != "SIGKILL" || p.Ended == nil || k.index > p.Ended.Index {
			continue
		}
		target := f.state.Process(k.target)
		above := target != nil && target != p && p.Descends(target) && target.Exit != nil && target.Exit.Signal == "SIGKILL"
		if k.target == p.PID || above && p.Ended.Index-k.index < rightBefore {
			return k.by
		}
	}
	return nil
}

// killAdvice: SIGKILL has no sender in the signal, but others tell of one.
func (f *facts) killAdvice(out *Cause, h *history) []string {
	switch by := f.killer(h.proc); by {
	case nil:
	case h.proc:
		return []string{"it is the program's own doing: look at what it did right before"}
	default:
		return []string{fmt.Sprintf("find out why %s ended it; -v shows what that did before", name(by))}
	}
	if f.limitOf(h.proc, "RLIMIT_CPU") != "" {
		return []string{"raise the limit of CPU time (ulimit -t, LimitCPU=), if it needs that much"}
	}
	for _, e := range h.signals {
		if e.Signal != nil && e.Signal.Name == "SIGTERM" {
			out.Explanation += " It had been asked to end by SIGTERM before, and did not."
			return []string{"find out why it does not end when it is asked to, or give it more time: TimeoutStopSec=, docker stop -t, terminationGracePeriodSeconds"}
		}
	}
	return signalAdvice("SIGKILL")
}

// refused: a seccomp filter refused a call.
func (out *Cause) refused(call string) {
	out.Syscall = call
	out.Explanation += fmt.Sprintf(" A seccomp filter refused the call %s.", call)
}

// toItself ends what is said of a signal that a process has sent to itself.
const toItself = " to itself."

// killedWhile says what the process was doing when it was ended from outside,
// and which limit may have done it.
func (f *facts) killedWhile(out *Cause, c *candidate) {
	if blocked := c.sus.hist.blocked; len(blocked) > 0 {
		st := blocked[len(blocked)-1]
		if st.Event.Call != nil && st.Event.Call.Name != "exit_group" {
			obj := f.state.Describe(st.File)
			out.Syscall = st.Event.Call.Name
			setString(&out.Address, f.state.AbsAddr(st.Addr))
			out.Explanation += fmt.Sprintf(" It was waiting %s.", f.waitsFor(st, obj))
		}
	}
	if s := f.limitOf(c.sus.hist.proc, "RLIMIT_CPU"); s != "" && (c.signal == "SIGKILL" || c.signal == "SIGXCPU") {
		out.Explanation += fmt.Sprintf(" Its limit of CPU time (RLIMIT_CPU, ulimit -t) was %s s.", s)
	}
}

// signalOrigin says from siginfo where the signal came from.
func (f *facts) signalOrigin(out *Cause, e *event.Event) {
	info := e.Signal.Info
	code := info.Field("si_code").Str
	if addr := info.Field("si_addr"); strings.HasPrefix(code, "SEGV_") || strings.HasPrefix(code, "BUS_") {
		if code != "SEGV_CPERR" && (addr.IsNull() || addr.Kind == event.Addr && uint64(addr.Int) < 4096) {
			out.Explanation += " It used a null pointer."
		}
		out.Reasons = append(out.Reasons, fmt.Sprintf("the kernel's reason is %s", code))
	}
	if code == "SI_USER" || code == "SI_TKILL" {
		pid := info.Field("si_pid")
		if int(pid.Int) == out.PID {
			out.Explanation = fmt.Sprintf("%s sent %s%s", name(f.state.Process(out.PID)), e.Signal.Name, toItself)
		} else if pid.Int != 0 {
			by := fmt.Sprintf("process %d", pid.Int)
			if p := f.state.Process(int(pid.Int)); p != nil {
				by = name(p)
			}
			out.Explanation += fmt.Sprintf(" It was sent by %s (uid %d).", by, info.Field("si_uid").Int)
		}
	}
	if nr := info.Field("si_syscall"); e.Signal.Name == "SIGSYS" && nr.Kind != event.None {
		out.refused(strings.TrimPrefix(nr.Str, "__NR_"))
	}
}

var signalMeaning = map[string]string{
	"SIGSEGV": "it used memory that isn't its own", "SIGBUS": "it used memory that has nothing behind it", "SIGILL": "it ran an instruction that this processor doesn't have",
	"SIGFPE": "an impossible calculation, as a division by zero", "SIGABRT": "it gave up by itself, as after a failed assertion", "SIGTRAP": "a breakpoint",
	"SIGSYS": "it made a system call that a seccomp filter forbids", "SIGKILL": "ended from outside: by kill -9, or by the kernel when memory ran out",
	"SIGTERM": "somebody asked it to end", "SIGXCPU": "its limit of processor time is used up", "SIGXFSZ": "its limit of file size is reached",
	"SIGPIPE": "nobody reads what it writes", "SIGINT": "interrupted from the keyboard", "SIGHUP": "its terminal is gone", "SIGALRM": "its own timer ran out", "SIGQUIT": "quit from the keyboard",
}

func signalAdvice(sig string) []string {
	switch sig {
	case "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGABRT":
		return []string{"run it under a debugger, or look at its core dump (coredumpctl, ulimit -c)"}
	case "SIGKILL":
		return []string{"look for the out-of-memory killer: dmesg | grep -i kill, and the memory limit of its cgroup"}
	case "SIGXCPU":
		return []string{"raise the limit: ulimit -t"}
	case "SIGXFSZ":
		return []string{"raise the limit: ulimit -f"}
	case "SIGPIPE":
		return []string{"find out why the reader ended"}
	case "SIGTERM":
		return []string{"see who stops it: its service manager, a time limit, a shutdown"}
	case "SIGHUP":
		return []string{"start it away from the terminal: setsid, nohup, or as a service"}
	case "SIGALRM":
		return []string{"see what it waited for, and how long it is told to"}
	case "SIGSYS":
		return []string{"allow the call in the sandbox's or container's seccomp profile"}
	}
	return nil
}
