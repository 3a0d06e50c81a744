package analyze

import "fmt"

// secondTracer says whether a process could not be traced because it is traced
// already, as all that is in a trace is: it asked for a tracer itself, or another
// process of the trace wanted to be its (ptrace(2), EPERM).
func (f *facts) secondTracer(x *failure) bool {
	if x.name != "ptrace" || x.errno != "EPERM" {
		return false
	}
	c := x.step.Event.Event().Call
	switch c.Arg(0).Str {
	case "PTRACE_TRACEME":
		return true
	case "PTRACE_ATTACH", "PTRACE_SEIZE":
		pid, ok := c.Arg(1).Number()
		return ok && f.state.Thread(int(pid)) != nil
	}
	return false
}

func whySecondTracer(x *failure) (string, []string) {
	traced := name(x.hist.proc)
	if pid, ok := x.step.Event.Event().Call.Arg(1).Number(); ok {
		traced = fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("A process can have one tracer only, and %s has one already: the one that made this trace. "+
			"Debuggers and other tracers can't do their work in a program that is itself traced.", traced),
		[]string{"run it without stracex (or strace): what fails here fails only because it is watched"}
}
