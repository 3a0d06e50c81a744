package tracer

import (
	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

// stopEvent is the PTRACE_EVENT_* of a stop, 0 for none.
func stopEvent(status unix.WaitStatus) int { return int(status>>16) & 0xff }

// stopped deals with a ptrace-stop (ptrace(2), "Stopped states") and resumes.
func (e *engine) stopped(t *thread, status unix.WaitStatus) {
	signal := status.StopSignal()
	switch event := stopEvent(status); {
	case event == unix.PTRACE_EVENT_STOP && isStopSignal(signal):
		e.groupStop(t, signal)
		return
	case event == unix.PTRACE_EVENT_FORK, event == unix.PTRACE_EVENT_VFORK, event == unix.PTRACE_EVENT_CLONE:
		e.born(t, event)
	case event == unix.PTRACE_EVENT_EXEC:
		e.executed(t)
	case event == unix.PTRACE_EVENT_SECCOMP:
		e.seccompStop(t)
	case event != 0:
		// PTRACE_EVENT_STOP of a new, interrupted or continued tracee.
		e.mend(t)
		t.interrupted = false
	case signal == unix.SIGTRAP|0x80:
		e.syscallStop(t)
	default:
		e.signal(t, signal)
		e.resume(t, int(signal))
		return
	}
	e.resume(t, 0)
}

// resume lets a stopped tracee run to its next stop, or go for good. ESRCH means
// that it was killed meanwhile; wait4 will say so.
func (e *engine) resume(t *thread, signal int) {
	if e.letsGo(t) && !t.breaksOff() {
		e.release(t, signal)
		return
	}
	if e.waitsForPeers(t) {
		return
	}
	switch {
	case e.ending.mode == modeKeep,
		e.filtered && e.started && t.call == nil && !t.all:
		_ = ptraceNow(unix.PTRACE_CONT, t.tid, 0, uintptr(signal))
	default:
		_ = ptraceNow(unix.PTRACE_SYSCALL, t.tid, 0, uintptr(signal))
	}
}

func isStopSignal(s unix.Signal) bool {
	return s == unix.SIGSTOP || s == unix.SIGTSTP || s == unix.SIGTTIN || s == unix.SIGTTOU
}

// groupStop keeps the tracee stopped, as it would be without a tracer.
func (e *engine) groupStop(t *thread, signal unix.Signal) {
	if e.letsGo(t) {
		e.release(t, 0)
		return
	}
	if !e.staging {
		e.emit(&stx.Record{Kind: stx.KindStop, TID: t.tid, Signal: &stx.Signal{Signo: int(signal)}})
	}
	_ = listen(t.tid)
	if t.tid == e.command {
		e.own.commandStopped()
	}
}

// signal records a signal-delivery-stop.
func (e *engine) signal(t *thread, signal unix.Signal) {
	info := signalInfo(t.tid)
	if t.pid == e.command {
		e.own.delivered(signal, info)
	}
	if e.staging {
		return
	}
	if signal == unix.SIGINT || signal == unix.SIGTERM {
		e.recordBrokenOff(t)
	}
	e.emit(&stx.Record{Kind: stx.KindSignal, TID: t.tid, Signal: &stx.Signal{Signo: int(signal), Info: info}})
}

// executed records a successful execve: the thread that made it has become the
// only one of its process, under the process's id.
func (e *engine) executed(t *thread) {
	former, err := unix.PtraceGetEventMsg(t.tid)
	if err != nil || former == 0 {
		former = uint(t.tid)
	}
	if f := e.threads[int(former)]; f != nil && f != t {
		delete(e.threads, f.tid)
		t.call, t.written = f.call, f.written
	}
	t.written = t.written.copy() // execve unshares the table
	e.emit(&stx.Record{Kind: stx.KindExec, TID: t.tid, Exec: &stx.Exec{Former: int(former)}})
}

// syscallStop records the entry or the exit of a call.
func (e *engine) syscallStop(t *thread) {
	info, err := syscallInfo(t.tid)
	if err != nil {
		return // killed meanwhile
	}
	switch info.op {
	case unix.PTRACE_SYSCALL_INFO_ENTRY:
		e.enter(t, &info)
	case unix.PTRACE_SYSCALL_INFO_EXIT:
		e.exit(t, &info)
	}
}

func (e *engine) enter(t *thread, info *syscallStop) {
	c := &t.entered
	e.begun(c, abi.Arch(info.arch), info.nr, info.args)
	if c.changesCredentials {
		t.credentials = nil
	}
	if !e.choice.recorded(c) {
		if !e.choice.needed(c) {
			t.call = nil
			return
		}
		c.silent = true
	}
	if e.staging {
		if c.name != "execve" || t.tid != e.command || e.over {
			return
		}
		e.start(t)
	}
	p := e.prepare(t, c, c.copies)
	p.enter()
	if c.name == "rt_sigreturn" {
		p.sigreturn(info.sp)
	}
	c.copies = p.copies
	t.call = c
	e.wrote(t, c)
	if c.silent = c.silent || !e.accesses(t, c); c.silent {
		e.meet(t, c)
		return
	}
	e.now.enter = stx.Enter{
		Arch: info.arch, Nr: info.nr, Args: c.arguments(), IP: info.ip, SP: info.sp, Mem: c.out,
		NoExit: e.unwatched(t, c),
	}
	if e.now.enter.NoExit {
		t.call = nil
	}
	e.now.record = stx.Record{Kind: stx.KindEnter, TID: t.tid, Enter: &e.now.enter}
	e.emit(&e.now.record)
	e.meet(t, c)
}

func (e *engine) exit(t *thread, info *syscallStop) {
	c := t.call
	t.call = nil
	if e.mend(t) {
		return // it has not ended
	}
	if c == nil {
		return // the stage's, or begun before we followed
	}
	var mem []stx.Mem
	if c.executes && !info.isError {
		// The old program's memory, which the call pointed to, is gone.
	} else {
		e.now.copies.reset()
		p := e.prepare(t, c, e.now.copies)
		mem = p.exit(info.ret, info.isError)
		e.now.copies = p.copies
	}
	if !c.silent {
		e.now.exit = stx.Exit{Ret: info.ret, IsError: info.isError, Mem: mem}
		e.now.record = stx.Record{Kind: stx.KindExit, TID: t.tid, Exit: &e.now.exit}
		e.emit(&e.now.record)
	}
	e.tellEnd(t, c, info.ret)
	e.remark(t, c, info)
	e.opened(t, c, info.ret)
	if e.filtered && !info.isError {
		e.reconsider(t, c)
	}
	switch {
	case info.isError:
		if !c.silent {
			e.lookUp(t, c, unix.Errno(-info.ret))
		}
		if c.executes && t.tid == e.command && !e.started {
			e.staging = true // the rest is the stage's farewell
		}
	case c.executes:
		e.started = true
		e.cpu.programStarted()
		e.emit(&stx.Record{Kind: stx.KindProcess, TID: t.tid, Process: e.execSnapshot(t)})
		e.noteSetID(t)
	}
	if t.mayOutlive {
		e.mustDieWithUs(t)
	}
}

// begun makes c the call that has begun.
func (e *engine) begun(c *call, arch abi.Arch, nr uint64, args [6]uint64) {
	c.copies.reset()
	*c = call{kind: e.kind(arch, nr), args: args, copies: c.copies}
	if c.desc = c.kind.desc; c.desc != nil {
		c.desc = c.desc.For(arch, args)
	}
}

// kind finds what is known of a call's number.
func (e *engine) kind(arch abi.Arch, nr uint64) *kind {
	const few = 1 << 16 // a program can make up numbers without end
	key := uint64(arch)<<32 | nr
	if k := e.kinds[key]; k != nil && k.nr == nr {
		return k
	}
	name := arch.CallName(nr)
	k := &kind{arch: arch, nr: nr, name: name, desc: arch.Lookup(name),
		executes: name == "execve" || name == "execveat", changesCredentials: changesCredentials(name)}
	k.setWrites()
	if nr < few {
		if e.kinds == nil {
			e.kinds = map[uint64]*kind{}
		}
		e.kinds[key] = k
	}
	return k
}

// arguments are those that the call has. What else is in the registers says
// nothing of it, and takes a quarter of a capture.
func (c *call) arguments() [6]uint64 {
	args := c.args
	if c.desc != nil {
		clear(args[len(c.desc.Args):])
	}
	return args
}

// prepare makes ready to copy what a call of a stopped thread points to, into c.
func (e *engine) prepare(t *thread, call *call, c copies) *plan {
	t.memory.tid = t.tid
	p := &e.now.plan
	*p = plan{memory: &t.memory, call: call, limit: e.opt.StringLimit, values: e.opt.EnvValues, tid: t.tid, special: isSpecial, pages: &e.now.pages, copies: c}
	return p
}
