package tracer

import (
	"encoding/binary"
	"iter"

	"golang.org/x/sys/unix"
)

// What sock_diag(7) tells of the Unix sockets of our own network namespace, and
// /proc/net/unix does not: the other end of each, and the inode that it is bound to.

// diagSocket is a struct unix_diag_msg (linux/unix_diag.h) with its attributes.
type diagSocket struct {
	kind, state uint8
	inode       uint64
	peer        uint64 // 0 for none
	file        file   // that it is bound to
}

// unixPeer asks for the socket at the other end of a connected one, 0 when that is
// not to be had: it is in another network namespace, or nobody has accepted yet.
func unixPeer(inode uint64) uint64 {
	const showPeer = 4 // UDIAG_SHOW_PEER
	for s := range unixDiag(0, uint32(inode), showPeer) {
		return s.peer
	}
	return 0
}

// unixBound are the sockets that take what is sent to a file, whatever name it was
// bound by: servers bind to a temporary one, and rename it when they are ready.
func unixBound(f file) map[uint64]string {
	const showVFS = 2 // UDIAG_SHOW_VFS
	found := map[uint64]string{}
	for s := range unixDiag(unix.NLM_F_DUMP, 0, showVFS) {
		if s.file == f.diag() && (s.state == tcpListen || s.kind == unix.SOCK_DGRAM) {
			found[s.inode] = ""
		}
	}
	return found
}

// diag is the file as struct unix_diag_vfs has it: with the kernel's own device
// numbers (linux/kdev_t.h), and 32 bits of the inode.
func (f file) diag() file {
	return file{uint64(unix.Major(f.dev)<<20 | unix.Minor(f.dev)), uint64(uint32(f.ino))}
}

// unixDiag asks for one Unix socket, or with NLM_F_DUMP for all.
func unixDiag(flags uint16, inode, show uint32) iter.Seq[diagSocket] {
	return func(yield func(diagSocket) bool) {
		fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
		if err != nil {
			return
		}
		defer unix.Close(fd)
		if unix.Sendto(fd, unixDiagRequest(flags, inode, show), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
			return
		}
		answer := make([]byte, 32<<10)
		for more := true; more; {
			n, _, err := unix.Recvfrom(fd, answer, 0)
			if err != nil || n <= 0 {
				return
			}
			for m := range netlinkMessages(answer[:n]) {
				s, ok := parseUnixDiag(m)
				if !ok || !yield(s) {
					return
				}
			}
			more = flags&unix.NLM_F_DUMP != 0
		}
	}
}

// netlinkMessages takes an answer apart (netlink(7)).
func netlinkMessages(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(b) >= unix.SizeofNlMsghdr {
			size := int(binary.NativeEndian.Uint32(b))
			if size < unix.SizeofNlMsghdr || size > len(b) || !yield(b[:size]) {
				return
			}
			b = b[min((size+3)&^3, len(b)):]
		}
	}
}

const sockDiagByFamily = 20 // SOCK_DIAG_BY_FAMILY (linux/sock_diag.h)

// unixDiagRequest is a message with a struct unix_diag_req (linux/unix_diag.h).
func unixDiagRequest(flags uint16, inode, show uint32) []byte {
	const anyCookie = ^uint32(0) // INET_DIAG_NOCOOKIE
	var b []byte
	u16 := func(n uint16) { b = binary.NativeEndian.AppendUint16(b, n) }
	u32 := func(n uint32) { b = binary.NativeEndian.AppendUint32(b, n) }
	u32(unix.SizeofNlMsghdr + 24)
	u16(sockDiagByFamily)
	u16(unix.NLM_F_REQUEST | flags)
	u32(0)                               // sequence number
	u32(0)                               // sender
	b = append(b, unix.AF_UNIX, 0, 0, 0) // family, protocol
	u32(^uint32(0))                      // states
	u32(inode)
	u32(show)
	u32(anyCookie)
	u32(anyCookie)
	return b
}

// parseUnixDiag reads a message with a struct unix_diag_msg; false for others, such
// as the one that ends a dump.
func parseUnixDiag(m []byte) (s diagSocket, ok bool) {
	const head = unix.SizeofNlMsghdr + 16
	if len(m) < head || binary.NativeEndian.Uint16(m[4:]) != sockDiagByFamily {
		return s, false
	}
	s.kind, s.state = m[17], m[18]
	s.inode = uint64(binary.NativeEndian.Uint32(m[20:]))
	const vfs, peer = 1, 2 // UNIX_DIAG_VFS, UNIX_DIAG_PEER
	for b := m[head:]; len(b) >= unix.SizeofNlAttr; {
		size, kind := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])
		if size < unix.SizeofNlAttr || size > len(b) {
			break
		}
		word := func(i int) uint64 { return uint64(binary.NativeEndian.Uint32(b[unix.SizeofNlAttr+4*i:])) }
		switch {
		case kind == peer && size == 8:
			s.peer = word(0)
		case kind == vfs && size == 12:
			s.file = file{dev: word(1), ino: word(0)}
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return s, true
}
