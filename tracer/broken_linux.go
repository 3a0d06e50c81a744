package tracer

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// To attach to a thread, and to let go of it, it must be stopped, and that breaks off
// the call that it sleeps in. The kernel goes on with most calls by itself, but some
// fail with EINTR then (signal(7), "Interruption of system calls … by stop signals"),
// though no signal has come, and not every program expects it. So these are begun
// again, as the kernel does it: with the instruction of the call. A timeout begins
// anew with it. When we are killed while a thread is stopped at the entry of such a
// call, it fails all the same: the kernel wakes the thread as by a signal, and nobody
// is left to mend it.

// breakable are the calls that fail so, and have done nothing when they do.
var breakable = strings.Fields("epoll_wait epoll_pwait epoll_pwait2 rt_sigtimedwait semop semtimedop io_getevents " +
	"io_pgetevents io_uring_enter accept accept4 read readv recvfrom recvmsg recvmmsg write writev sendto sendmsg sendmmsg")

// registers says where in the general registers (elf_prstatus.pr_reg, in words of 64
// bits) a call leaves its result, and what its instruction is.
type registers struct {
	size           int // in words
	result, number int // number: of the call, -1 when none was made
	counter        int
	instruction    []byte
}

var nativeRegisters = map[string]registers{
	"amd64": {size: 27, result: 10, number: 15, counter: 16, instruction: []byte{0x0f, 0x05}},           // rax, orig_rax, rip; syscall
	"arm64": {size: 34, result: 0, number: 8, counter: 32, instruction: []byte{0x01, 0x00, 0x00, 0xd4}}, // x0, x8, pc; svc #0
}[runtime.GOARCH]

// interrupt stops a thread soon.
func (e *engine) interrupt(t *thread) {
	t.interrupted = true
	_ = unix.PtraceInterrupt(t.tid)
}

// breaksOff says of a thread that is to be let go whether it has stopped at the entry
// of such a call. Let go there, the call would be broken off with nobody to mend it;
// our interrupt, which is under way, breaks it off first.
func (t *thread) breaksOff() bool {
	return t.interrupted && t.call != nil && slices.Contains(breakable, t.call.name)
}

// mend makes a thread begin its call again, when that has failed for nothing but our
// interrupt. The thread has stopped after the call, and not run since.
func (e *engine) mend(t *thread) (again bool) {
	if !t.interrupted {
		return false
	}
	r := &nativeRegisters
	regs := make([]uint64, r.size)
	if !getRegisters(t.tid, regs) || int64(regs[r.result]) != -int64(unix.EINTR) || int32(regs[r.number]) < 0 {
		return false
	}
	name := native.CallName(regs[r.number])
	s, err := readStatus("/proc", t.tid)
	if err != nil || !slices.Contains(breakable, name) || s.pending&^s.blocked != 0 {
		return false
	}
	before := make([]byte, len(r.instruction))
	t.memory.tid = t.tid
	if n, _ := t.memory.read(regs[r.counter]-uint64(len(before)), before); n < len(before) || !bytes.Equal(before, r.instruction) {
		return false
	}
	first, ok := e.callAgain(t, regs[r.number])
	if !ok {
		return false
	}
	regs[r.result] = first
	regs[r.counter] -= uint64(len(before))
	return setRegisters(t.tid, regs)
}

// callAgain is what the register of a call's result held before: its number (amd64) or
// its first argument (arm64).
func (e *engine) callAgain(t *thread, number uint64) (first uint64, ok bool) {
	if nativeRegisters.result != 0 {
		return number, true
	}
	enter := blockedIn(t)
	if enter == nil || enter.Nr != number {
		return 0, false
	}
	return enter.Args[0], true
}

const ntPrstatus = 1 // NT_PRSTATUS (linux/elf.h)

// getRegisters reads all general registers of a stopped thread that is in the
// machine's own mode: a 32-bit one has fewer.
func getRegisters(tid int, regs []uint64) bool {
	return registersOf(unix.PTRACE_GETREGSET, tid, regs)
}

func setRegisters(tid int, regs []uint64) bool {
	return registersOf(unix.PTRACE_SETREGSET, tid, regs)
}

func registersOf(request, tid int, regs []uint64) bool {
	if len(regs) == 0 {
		return false
	}
	v := unix.Iovec{Base: (*byte)(unsafe.Pointer(&regs[0]))}
	v.SetLen(8 * len(regs))
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), ntPrstatus, uintptr(unsafe.Pointer(&v)), 0, 0)
	return e == 0 && int(v.Len) == 8*len(regs)
}
