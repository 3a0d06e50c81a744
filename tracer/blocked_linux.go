package tracer

import (
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// recordBlocked records, at a capture's end, the call that each thread is in and
// that was not chosen: what a program hangs in may be one of those. tell: and who
// holds up those that are blocked.
func (e *engine) recordBlocked(tell bool) {
	if e.staging || e.ending.mode != modeFollow {
		return
	}
	for _, tid := range slices.Sorted(maps.Keys(e.threads)) {
		t := e.threads[tid]
		if t == nil {
			continue
		}
		c := t.call
		if c == nil || c.silent {
			c = e.recordBlockedIn(t)
		}
		switch {
		case tell && c != nil:
			e.tellWait(t, c)
		case tell && e.ending.running < maxRunning && isRunning(tid):
			e.ending.running++
			e.noteOnce(t, "running", "was at work when the capture ended, in no call")
		}
	}
}

// maxRunning is of how many threads that is said.
const maxRunning = 16

func isRunning(tid int) bool {
	s, err := readStatus("/proc", tid)
	return err == nil && s.state == 'R'
}

// recordBlockedIn records a call that a thread is in, nil for none.
func (e *engine) recordBlockedIn(t *thread) *call {
	if e.choice.record == nil {
		return nil // then all were recorded
	}
	enter := blockedIn(t)
	if enter == nil {
		return nil
	}
	c := new(call)
	e.begun(c, native, enter.Nr, enter.Args)
	e.recordEntered(t, c, enter)
	return c
}

// recordEntered records a call by what /proc says of it.
func (e *engine) recordEntered(t *thread, c *call, enter *stx.Enter) {
	p := e.prepare(t, c, copies{})
	p.enter() // the memory of a thread that sleeps
	enter.Mem, enter.Args = p.out, c.arguments()
	e.emit(&stx.Record{Kind: stx.KindEnter, TID: t.tid, Enter: enter})
}

// recordBrokenOff records, before an interrupt is delivered, the call that was not
// chosen and that the interrupt has broken off: somebody had waited long enough.
func (e *engine) recordBrokenOff(t *thread) {
	if e.choice.record == nil {
		return // then all were recorded
	}
	c, enter, result := e.callBehind(t)
	if c != nil && breaksCall(result) && !e.choice.recorded(c) {
		e.recordEntered(t, c, enter)
		e.emit(&stx.Record{Kind: stx.KindExit, TID: t.tid, Exit: &stx.Exit{Ret: result, IsError: true}})
	}
}

// recordInterrupted records the call of a thread that was attached to in it, if the
// kernel goes on with that as restart_syscall(2), which doesn't say what it was.
func (e *engine) recordInterrupted(t *thread) {
	if c, enter, result := e.callBehind(t); c != nil && result == restartBlock {
		e.recordEntered(t, c, enter)
		e.emit(&stx.Record{Kind: stx.KindExit, TID: t.tid, Exit: &stx.Exit{Ret: result, IsError: true}})
	}
}

// callBehind is the call that a stopped thread has just come out of, and its result;
// nil for none.
func (e *engine) callBehind(t *thread) (c *call, enter *stx.Enter, result int64) {
	r := &nativeRegisters
	regs := make([]uint64, r.size)
	if !getRegisters(t.tid, regs) {
		return nil, nil, 0
	}
	if enter = blockedIn(t); enter == nil {
		return nil, nil, 0
	}
	c = new(call)
	e.begun(c, native, enter.Nr, enter.Args)
	return c, enter, int64(regs[r.result])
}

const restartBlock = -516 // ERESTART_RESTARTBLOCK (linux/errno.h)

// breaksCall: EINTR, or ERESTARTSYS to ERESTART_RESTARTBLOCK, by which the kernel
// tells itself what a handler's end begins again (linux/errno.h).
func breaksCall(result int64) bool {
	return result == -int64(unix.EINTR) || restartBlock <= result && result <= -512
}

// blockedIn tells from /proc/PID/syscall (proc_pid_syscall(5)) which call a
// thread is blocked in, nil for none. The file names the machine's own calls only.
func blockedIn(t *thread) *stx.Enter {
	data, err := readFile(fmt.Sprintf("/proc/%d/task/%d/syscall", t.pid, t.tid))
	if err != nil {
		return nil
	}
	var nr int64
	var args [6]uint64
	var sp, pc uint64
	n, _ := fmt.Sscanf(string(data), "%d 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x", &nr,
		&args[0], &args[1], &args[2], &args[3], &args[4], &args[5], &sp, &pc)
	if n < 9 || nr < 0 {
		return nil
	}
	return &stx.Enter{Arch: uint32(native), Nr: uint64(nr), Args: args, IP: pc, SP: sp}
}
