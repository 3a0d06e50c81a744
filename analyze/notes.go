package analyze

import (
	"fmt"

	"github.com/stracex/stracex/analyze/replay"
)

// notes are the limits of the trace that a better one would lift.
func (f *facts) notes(d *Diagnosis) []Note {
	var out []Note
	sure := len(d.Causes) > 0 && d.Causes[0].Confidence >= 0.5
	if n := len(f.untraced); n > 0 && d.Outcome.Status != "ok" {
		g := f.untraced[n-1]
		out = append(out, Note{"children-not-followed", fmt.Sprintf("process %d ended with status %d, but its calls are not in this trace: record again with strace -f, or with stracex", g.pid, g.code)})
	} else if f.endedUnseen(f.state.Root) {
		out = append(out, Note{"children-not-followed", "it was ended by a thread whose calls are not in this trace: record again with strace -f, or with stracex"})
	} else if n := f.state.Unfollowed(); n > 0 && d.Outcome.Status == "failed" && !sure {
		out = append(out, Note{"children-not-followed", fmt.Sprintf("the calls of the processes and threads that it made, %d of them, are not in this trace: record again with strace -f, or with stracex", n)})
	}
	if d.Message != nil && !d.Message.Complete {
		out = append(out, Note{"strings-truncated", "the trace has only the beginning of the message: record again with strace -s 4096, or with stracex"})
	}
	if len(d.Causes) > 0 && d.Causes[0].Kind == "child" && d.Causes[0].Address != nil {
		out = append(out, Note{"peer-not-traced", fmt.Sprintf("the process behind %s is not in this trace; %s", *d.Causes[0].Address, f.lookThere(*d.Causes[0].Address))})
	}
	if d.Outcome.Status == "unknown" && f.calls > 0 {
		out = append(out, Note{"trace-truncated", "the trace ends before the command does, so its exit status is not known"})
	}
	if r := f.state.Root; !sure && d.Outcome.Status != "ok" && (d.Message != nil || d.Outcome.Status == "failed") && f.beganLate(r) {
		out = append(out, Note{"began-late", fmt.Sprintf("the start of %s is not in this trace, nor what it read, opened or failed to do before the trace began: start it under stracex why, or under strace -f", name(r))})
	}
	if lacks := f.scope.note(sure, d.Outcome.ExitCode != nil && f.state.Unfollowed() == 0); lacks != "" && d.Outcome.Status != "ok" {
		out = append(out, Note{"filtered", lacks})
	}
	for _, r := range f.remarks {
		if d.Outcome.Status != "ok" {
			out = append(out, r.note())
		}
	}
	if len(d.Causes) > 0 && d.Outcome.Status != "ok" {
		out = append(out, f.kernelNotes(&d.Causes[0])...)
	}
	return out
}

// endedUnseen: the process ended while its thread was in a call, and others are not in the
// trace.
func (f *facts) endedUnseen(p *replay.Process) bool {
	if p == nil || p.Exit == nil || p.Exit.Signal != "" || f.state.Unfollowed() == 0 {
		return false
	}
	h := f.history(p)
	return !h.left && len(h.blocked) > 0
}

// beganLate: the trace has neither the process's birth nor a program that it executed.
// A few lines without them may be a part of a log, or chosen calls.
func (f *facts) beganLate(p *replay.Process) bool {
	switch {
	case p == nil || p.Forked != nil || len(p.Execs) > 0 || p.Tried != "":
		return false
	case f.scope.log:
		return p.Calls >= enoughCalls
	}
	return p.Before
}
