package tracer

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// pageSize is the smallest page of any Linux machine. Memory can end at a page
// boundary only, so a read that stays within one page succeeds whole or not at
// all.
const pageSize = 4096

// memory reads one tracee's memory while the tracee is stopped.
type memory struct {
	tid int
	// word: process_vm_readv is refused (a seccomp filter, a program that has
	// changed its user), and ptrace's own slow way must do.
	word bool
}

// read fills buf from addr, or as much of it as there is, and says why there is
// no more.
func (m *memory) read(addr uint64, buf []byte) (got int, _ unix.Errno) {
	for got < len(buf) {
		k, errno := m.readSome(addr+uint64(got), buf[got:])
		got += k
		if errno == unix.EFAULT && k == 0 {
			// The kernel takes a piece whole or not at all in some cases:
			// try up to the page's end.
			rest := int(pageSize - (addr+uint64(got))%pageSize)
			if rest < len(buf)-got {
				k, errno = m.readSome(addr+uint64(got), buf[got:got+rest])
				got += k
			}
		}
		if k == 0 {
			if errno == 0 {
				errno = unix.EFAULT
			}
			return got, errno
		}
	}
	return got, 0
}

// readSome copies some of what is wanted, in one request.
func (m *memory) readSome(addr uint64, buf []byte) (int, unix.Errno) {
	if len(buf) == 0 {
		return 0, 0
	}
	if !m.word {
		n, errno := readTracee(m.tid, addr, buf)
		if errno != unix.EPERM && errno != unix.ENOSYS {
			return n, errno
		}
		m.word = true
	}
	n, err := unix.PtracePeekData(m.tid, uintptr(addr), buf)
	if err == unix.EIO {
		err = unix.EFAULT // PTRACE_PEEKDATA's name for it
	}
	errno, _ := err.(unix.Errno)
	if n > 0 {
		errno = 0
	}
	return n, errno
}

// readTracee is process_vm_readv(2) of one piece. unix.ProcessVMReadv allocates.
func readTracee(tid int, addr uint64, buf []byte) (int, unix.Errno) {
	local := unix.Iovec{Base: &buf[0]}
	local.SetLen(len(buf))
	remote := unix.RemoteIovec{Base: uintptr(addr), Len: len(buf)}
	n, _, errno := unix.RawSyscall6(unix.SYS_PROCESS_VM_READV, uintptr(tid),
		uintptr(unsafe.Pointer(&local)), 1, uintptr(unsafe.Pointer(&remote)), 1, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
