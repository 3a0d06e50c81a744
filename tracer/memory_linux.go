package tracer

import (
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

// read copies n bytes from addr, or as many as there are, and says why there are
// no more.
func (m *memory) read(addr uint64, n int) ([]byte, unix.Errno) {
	buf := make([]byte, n)
	got := 0
	for got < n {
		k, errno := m.readSome(addr+uint64(got), buf[got:])
		got += k
		if errno == unix.EFAULT && k == 0 {
			// The kernel takes a piece whole or not at all in some cases:
			// try up to the page's end.
			rest := int(pageSize - (addr+uint64(got))%pageSize)
			if rest < n-got {
				k, errno = m.readSome(addr+uint64(got), buf[got:got+rest])
				got += k
			}
		}
		if k == 0 {
			if errno == 0 {
				errno = unix.EFAULT
			}
			return buf[:got:got], errno
		}
	}
	return buf, 0
}

// readSome copies some of what is wanted, in one request.
func (m *memory) readSome(addr uint64, buf []byte) (int, unix.Errno) {
	if len(buf) == 0 {
		return 0, 0
	}
	if !m.word {
		local := []unix.Iovec{{Base: &buf[0]}}
		local[0].SetLen(len(buf))
		remote := []unix.RemoteIovec{{Base: uintptr(addr), Len: len(buf)}}
		n, err := unix.ProcessVMReadv(m.tid, local, remote, 0)
		switch errno, _ := err.(unix.Errno); errno {
		case 0:
			return n, 0
		case unix.EPERM, unix.ENOSYS:
			m.word = true
		default:
			return 0, errno
		}
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

// readString copies a string up to its NUL, which is not part of the result, or
// max bytes of it. whole tells that the NUL was found.
func (m *memory) readString(addr uint64, max int) (s []byte, whole bool, errno unix.Errno) {
	const first = 256 // most paths are shorter
	for len(s) < max {
		at := addr + uint64(len(s))
		n := min(first, max-len(s), int(pageSize-at%pageSize))
		if len(s) >= first {
			n = min(max-len(s), int(pageSize-at%pageSize))
		}
		piece, errno := m.read(at, n)
		for i, c := range piece {
			if c == 0 {
				return append(s, piece[:i]...), true, 0
			}
		}
		s = append(s, piece...)
		if errno != 0 {
			return s, false, errno
		}
	}
	return s, false, 0
}
