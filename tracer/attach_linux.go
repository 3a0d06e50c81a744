package tracer

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// A process that is attached to is no child of ours and lives on whatever
// becomes of us: without PTRACE_O_EXITKILL the kernel lets go of it, and of its
// later children, when we die. It is under no filter, so all its calls stop.

const attachOptions = followOptions &^ unix.PTRACE_O_EXITKILL

// attachAll attaches to the processes that are asked for. After an error it has
// let go of those that it had.
func (e *engine) attachAll() error {
	for _, pid := range e.opt.Attach {
		if err := e.attach(pid); err != nil {
			e.letAllGo("attach")
			e.loop()
			return err
		}
	}
	return nil
}

// attach attaches to all threads of a process. More may be born meanwhile; those
// of threads that we have are ours by themselves.
func (e *engine) attach(pid int) error {
	s, err := readStatus("/proc", pid)
	if err != nil || s.tgid != pid && s.tgid == 0 {
		return &AttachError{PID: pid, Err: unix.ESRCH}
	}
	pid = s.tgid
	for found := true; found; {
		tids, err := threadsOf(pid)
		if err != nil {
			return &AttachError{PID: pid, Err: unix.ESRCH}
		}
		found = false
		for _, tid := range tids {
			if e.threads[tid] != nil || e.early[tid] != nil {
				continue
			}
			switch err := e.attachThread(tid, pid); {
			case err == nil:
				found = true
			case err != unix.ESRCH && !e.tracedByUs(tid) && !hasEnded(tid):
				return attachError(pid, err)
			}
		}
	}
	if e.threads[pid] == nil {
		return nil // it has just ended, or is a leader that has
	}
	p := snapshot("/proc", pid, "attach")
	nameEnds(procPath("/proc", pid, ""), p.FDs)
	e.rememberOpen(pid, p.FDs)
	e.labelled = e.labelled || p.Security != ""
	e.emit(&stx.Record{Kind: stx.KindProcess, TID: pid, Process: p})
	return nil
}

func (e *engine) attachThread(tid, pid int) error {
	if err := seize(tid, attachOptions); err != nil {
		return err
	}
	t := &thread{tid: tid, pid: pid, all: true, attached: true, fresh: true, written: inheritWritten(nil, pid, 0)}
	e.threads[tid] = t
	e.emit(&stx.Record{Kind: stx.KindStart, TID: tid, Start: &stx.Start{PID: pid, Attached: true}})
	e.interrupt(t) // its calls stop from its next resumption on
	return nil
}

// tracedByUs says of a thread that could not be seized whether that is because
// its parent was: its announcement is on its way.
func (e *engine) tracedByUs(tid int) bool {
	s, err := readStatus("/proc", tid)
	return err == nil && s.tracer == unix.Gettid()
}

// hasEnded says of a thread that could not be seized whether that is because it has
// ended: for a moment it is there still.
func hasEnded(tid int) bool {
	s, err := readStatus("/proc", tid)
	return err != nil || s.state == 'Z' || s.state == 'X'
}

// attachError says more of a refusal.
func attachError(pid int, err error) error {
	s, _ := readStatus("/proc", pid)
	if s.tracer != 0 {
		thread, _ := readStatus("/proc", s.tracer)
		tracer, _ := readStatus("/proc", thread.tgid)
		return &AttachError{PID: pid, Tracer: thread.tgid, Name: tracer.name, Err: err}
	}
	if p, ok := errors.AsType[*PermissionError](seizeError(err)); ok && (p.Seccomp || p.Yama > 1 || p.Yama == 1 && !p.Capable) {
		return p
	}
	return &AttachError{PID: pid, Err: err}
}

func threadsOf(pid int) (tids []int, err error) {
	entries, err := os.ReadDir(procPath("/proc", pid, "task"))
	for _, e := range entries {
		if tid, err := strconv.Atoi(e.Name()); err == nil {
			tids = append(tids, tid)
		}
	}
	return tids, err
}
