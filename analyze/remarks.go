package analyze

import (
	"fmt"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// remark is a limit of the trace that has come up in it, of one kind.
type remark struct {
	Note              // of the process that it came up in first
	seen map[int]bool // by process id
}

const (
	maxRemarks       = 50 // kinds
	maxRemarkedProcs = 10000
)

// remark keeps a limit of the trace, once for each kind and process.
func (f *facts) remark(n Note, pid int) {
	var known *remark
	for _, r := range f.remarks {
		if r.Code == n.Code {
			known = r
		}
	}
	if known == nil && len(f.remarks) < maxRemarks {
		known = &remark{n, map[int]bool{}}
		f.remarks = append(f.remarks, known)
	}
	if known != nil && len(known.seen) < maxRemarkedProcs {
		known.seen[pid] = true
	}
}

// noted keeps a note of the capture's engine.
func (f *facts) noted(e *event.Event) {
	switch e.Code {
	case "":
		return
	case "kernel":
		f.kernelSays(e)
		return
	case "timeout":
		f.timedOut = true
		return
	}
	pid := e.TID
	if t := f.state.Thread(e.TID); t != nil {
		pid = t.Proc.PID
		if e.Code == "running" && len(f.running) < maxRemarks {
			f.running = append(f.running, t.Proc)
		}
	}
	f.remark(Note{e.Code, e.Text}, pid)
}

// rings remarks that a process has set up io_uring. A log has no notes.
func (f *facts) rings(p *replay.Process) {
	f.remark(Note{"io_uring", name(p) + " has set up io_uring: what it does through that makes no system calls, and is not in this trace"}, p.PID)
}

// advice is what to do about a kind of remark that doesn't say so itself.
var advice = map[string]string{
	"io_uring": "most programs do without where it is off: sysctl kernel.io_uring_disabled=2",
}

// note is the remark as a note of the diagnosis.
func (r *remark) note() Note {
	n := r.Note
	switch others := len(r.seen) - 1; {
	case others == 1:
		n.Text += " (and so one other process)"
	case others > 1:
		n.Text += fmt.Sprintf(" (and so %d other processes)", others)
	}
	if a := advice[n.Code]; a != "" {
		n.Text += "; " + a
	}
	return n
}
