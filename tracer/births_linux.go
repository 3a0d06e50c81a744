package tracer

import (
	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// born records the birth of a thread that t has made.
func (e *engine) born(t *thread, event int) {
	tid, err := unix.PtraceGetEventMsg(t.tid)
	if err != nil || tid == 0 {
		return
	}
	flags := birthFlags(t.call, event)
	pid := int(tid)
	if flags&unix.CLONE_THREAD != 0 {
		pid = t.pid
	}
	e.adopt(int(tid), pid, t.tid, flags)
	if event == unix.PTRACE_EVENT_VFORK {
		e.mayOutliveUs(t)
	}
}

// adopt begins to follow a thread. Its first stop may have come already.
func (e *engine) adopt(tid, pid, parent int, flags uint64) {
	if e.threads[tid] != nil || e.ending.known[tid] {
		return
	}
	t := &thread{tid: tid, pid: pid}
	t.entered.copies = e.spare.take()
	p := e.threads[parent]
	if p != nil {
		t.all, t.attached = p.all, p.attached
	}
	t.written = inheritWritten(p, pid, flags)
	e.threads[tid] = t
	e.emit(&stx.Record{Kind: stx.KindStart, TID: tid, Start: &stx.Start{
		PID: pid, Parent: parent, Flags: flags, Attached: parent == 0,
	}})
	if e.ending.mode == modeKill && !t.attached {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	w := e.early[tid]
	if w == nil {
		return
	}
	delete(e.early, tid)
	if w.dead {
		e.ended(t, w.status)
	} else {
		e.stopped(t, w.status)
	}
}

// adoptOrphans takes on the thread whose announcement will not come because its
// parent was killed between making it and saying so.
func (e *engine) adoptOrphans(parent *thread) {
	for tid, w := range e.early {
		if w.dead {
			continue
		}
		s, err := readStatus("/proc", tid)
		// init inherits a child whose parent has died
		inherited := s.tgid == tid && e.threads[s.ppid] == nil
		if err == nil && (s.tgid == parent.pid || s.ppid == parent.pid || inherited) {
			e.adopt(tid, s.tgid, parent.tid, birthFlags(parent.call, 0))
		}
	}
}

// adoptUnannounced takes on a thread without waiting for its announcement, at the
// capture's end. Its parent is known to be of some process at best.
func (e *engine) adoptUnannounced(tid int) {
	s, err := readStatus("/proc", tid)
	parent := s.tgid
	if err != nil || s.tgid == 0 {
		s.tgid, parent = tid, 0
	} else if s.tgid == tid {
		parent = s.ppid
	}
	if e.threads[parent] == nil {
		parent = 0
	}
	e.adopt(tid, s.tgid, parent, 0)
	if e.ending.known == nil {
		e.ending.known = map[int]bool{}
	}
	e.ending.known[tid] = true
}

// birthFlags gives the flags of the clone that a thread is in.
func birthFlags(c *call, event int) uint64 {
	if c != nil {
		switch c.name {
		case "clone":
			return c.args[0]
		case "clone3":
			if flags, ok := clone3Flags(c); ok {
				return flags
			}
		case "vfork":
			return unix.CLONE_VFORK | unix.CLONE_VM | uint64(unix.SIGCHLD)
		case "fork":
			return uint64(unix.SIGCHLD)
		}
	}
	if event == unix.PTRACE_EVENT_VFORK {
		return unix.CLONE_VFORK | uint64(unix.SIGCHLD)
	}
	return uint64(unix.SIGCHLD)
}

func makesThread(name string) bool {
	return name == "clone" || name == "clone3" || name == "fork" || name == "vfork"
}

// clone3Flags gives flags and exit signal of a clone3 (struct clone_args).
func clone3Flags(c *call) (uint64, bool) {
	args := c.bytes(c.args[0])
	const exitSignal = 4 * 8
	if len(args) < exitSignal+8 {
		return 0, false
	}
	return little(args[:8]) | little(args[exitSignal:exitSignal+8]), true
}
