package tracer

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// A single socket is asked itself: the tables of a network namespace are long on a
// busy machine, and a server accepts often.

// askSocket asks a process's socket for its addresses, as nameSockets would say them.
// False where that can't be had: before Linux 5.6, or of a thread whose descriptors
// are not its process's (pidfd_getfd(2)).
func askSocket(pid, n int, inode uint64) (name string, ok bool) {
	fd, err := borrowFD(pid, n)
	if err != nil {
		return "", false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Ino != inode {
		return "", false
	}
	own, err := unix.Getsockname(fd)
	if err != nil {
		return "", false
	}
	switch own := own.(type) {
	case *unix.SockaddrUnix:
		s := unixSocket{kind: unixKind(fd), inode: inode, path: boundTo(own), listens: isSet(fd, unix.SO_ACCEPTCONN)}
		return s.name(), s.kind != ""
	case *unix.SockaddrInet4, *unix.SockaddrInet6:
		s := inetSocket{protocol: inetProtocol(fd), inode: inode, local: addressOf(own)}
		if peer, err := unix.Getpeername(fd); err == nil {
			s.remote = addressOf(peer)
		}
		return s.name(), s.protocol != "" && s.local.Port() != 0
	}
	return "", false
}

// borrowFD gives a copy of another process's descriptor.
func borrowFD(pid, n int) (int, error) {
	p, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(p)
	return unix.PidfdGetfd(p, n, 0)
}

func isSet(fd, option int) bool {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, option)
	return err == nil && n != 0
}

// boundTo is the path as /proc/net/unix has it.
func boundTo(own *unix.SockaddrUnix) string {
	if own.Name == "@" { // so the library writes that there is none
		return ""
	}
	return own.Name
}

func unixKind(fd int) string {
	n, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	switch n {
	case unix.SOCK_STREAM:
		return "STREAM"
	case unix.SOCK_DGRAM:
		return "DGRAM"
	case unix.SOCK_SEQPACKET:
		return "SEQPACKET"
	}
	return ""
}

// inetProtocol is the name of the table that the socket stands in.
func inetProtocol(fd int) string {
	name := ""
	switch n, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL); n {
	case unix.IPPROTO_TCP, unix.IPPROTO_MPTCP:
		name = "TCP"
	case unix.IPPROTO_UDP:
		name = "UDP"
	default:
		return ""
	}
	if n, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); n == unix.AF_INET6 {
		name += "v6"
	}
	return name
}

func addressOf(a unix.Sockaddr) (addr netip.AddrPort) {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return addr
}
