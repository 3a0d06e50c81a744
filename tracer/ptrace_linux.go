package tracer

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/tracer/choice"
)

// native is the machine's own call numbering; 0 where the engine can't work.
var native = choice.Native

// ptrace makes a request that x/sys/unix doesn't wrap.
func ptrace(request, tid int, addr, data uintptr) error {
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// ptraceNow is ptrace for the requests of each stop. They don't wait, so Go's
// scheduler need not hear of them.
func ptraceNow(request, tid int, addr, data uintptr) error {
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func seize(tid, options int) error {
	return ptrace(unix.PTRACE_SEIZE, tid, 0, uintptr(options))
}

// listen leaves a group-stopped tracee stopped, and lets SIGCONT wake it.
func listen(tid int) error { return ptrace(unix.PTRACE_LISTEN, tid, 0, 0) }

func detach(tid, signal int) error {
	return ptrace(unix.PTRACE_DETACH, tid, 0, uintptr(signal))
}

// siginfoSize is sizeof(siginfo_t) on all Linux systems.
const siginfoSize = 128

// signalInfo gives siginfo_t of a signal-delivery-stop; nil when there is none.
func signalInfo(tid int) []byte {
	info := make([]byte, siginfoSize)
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GETSIGINFO, uintptr(tid), 0,
		uintptr(unsafe.Pointer(&info[0])), 0, 0)
	if e != 0 {
		return nil
	}
	return info
}

// syscallStop is struct ptrace_syscall_info (linux/ptrace.h).
type syscallStop struct {
	op     byte // PTRACE_SYSCALL_INFO_ENTRY, _SECCOMP, _EXIT
	arch   uint32
	ip, sp uint64
	// entry, seccomp
	nr   uint64
	args [6]uint64
	// exit
	ret     int64
	isError bool
}

// syscallInfo says at which side of which call a tracee has stopped. It is the
// same on all machines, and tells 32-bit calls from 64-bit ones; since Linux 5.3.
func syscallInfo(tid int) (syscallStop, error) {
	var raw [88]byte
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid),
		uintptr(len(raw)), uintptr(unsafe.Pointer(&raw[0])), 0, 0)
	if e != 0 {
		return syscallStop{}, e
	}
	u64 := func(at int) uint64 { return binary.NativeEndian.Uint64(raw[at:]) }
	s := syscallStop{
		op:   raw[0],
		arch: binary.NativeEndian.Uint32(raw[4:]),
		ip:   u64(8),
		sp:   u64(16),
	}
	switch s.op {
	case unix.PTRACE_SYSCALL_INFO_ENTRY, unix.PTRACE_SYSCALL_INFO_SECCOMP:
		s.nr = u64(24)
		for i := range s.args {
			s.args[i] = u64(32 + 8*i)
		}
	case unix.PTRACE_SYSCALL_INFO_EXIT:
		s.ret = int64(u64(24))
		s.isError = raw[32] != 0
	}
	return s, nil
}
