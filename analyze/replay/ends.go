package replay

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// Where the trace names both ends of a connection, as strace -yy and captures with
// peers do, the two are known to be one's.

// end is one end of a connection: an inode of a Unix socket, or the addresses of
// an Internet socket as they are seen from it.
type end struct {
	inode         uint64
	udp           bool
	local, remote netip.AddrPort
}

func (e end) isZero() bool { return e == end{} }

// socketName is what an annotation says of a socket.
type socketName struct {
	family      string
	kind        string // "SOCK_STREAM", "" where not known
	own, other  end    // zero where not known
	local, peer string // addresses, "" where not known
}

// name takes what a snapshot says of sockets and FIFOs.
func (s *State) name(t *Thread, fds []event.FD) {
	for _, fd := range fds {
		switch {
		case strings.HasPrefix(fd.Peer, "FIFO:"):
			s.nameFIFO(s.seen(t, fd.N, fd.Target, fd.Flags&0o2000000 != 0), fd)
		case fd.Peer != "":
			s.seen(t, fd.N, fd.Peer, fd.Flags&0o2000000 != 0)
		}
	}
}

// nameFIFO makes a file that was opened by its path an end of a pipe.
func (s *State) nameFIFO(f *File, fd event.FD) {
	p := s.fifos[fd.Peer]
	if p == nil {
		if len(s.fifos) >= maxInflight {
			clear(s.fifos)
		}
		s.nextID++
		p = &Pipe{ID: s.nextID}
		s.fifos[fd.Peer] = p
	}
	const accessMode = 3 // O_ACCMODE; only 0, O_RDONLY, does not write
	f.Pipe, f.Write = p, fd.Flags&accessMode != 0
}

// nameSocket takes what an annotation says of a socket, and joins it with the other
// end if that was seen.
func (s *State) nameSocket(f *File, text string) {
	n, ok := parseSocketName(text)
	k := f.Sock
	if !ok || k == nil {
		return
	}
	if k.Family == "" {
		k.Family = n.family
	}
	if k.Type == "" {
		k.Type = n.kind
	}
	if k.Local == "" {
		k.Local = n.local
	}
	if k.Peer == "" {
		k.Peer = n.peer
	}
	if n.own.isZero() || k.joined && k.own == n.own {
		return
	}
	k.own = n.own
	if len(s.ends) >= maxInflight {
		clear(s.ends)
	}
	s.ends[n.own] = f // its other end may be named later, from there
	switch o := s.ends[n.other]; {
	case n.other.isZero():
	case o != nil && o != f && !isPast(o, f):
		join(f, o)
	case k.Pair != nil && !k.Pair.Sock.own.isZero() && k.Pair.Sock.own != n.other:
		part(f) // it was taken for the end of another
	}
}

// isPast says of the socket that is named as the other end of f whether it was so of
// another one: addresses are used again, inodes are not.
func isPast(o, f *File) bool {
	return o.Sock.joined && o.Sock.Pair != f && o.Sock.own.inode == 0
}

// join makes two sockets the ends of one connection, whatever they were taken for.
func join(a, b *File) {
	part(a)
	part(b)
	a.Sock.Pair, b.Sock.Pair = b, a
	a.Sock.joined, b.Sock.joined = true, true
}

// part takes it back that a socket is one end of a connection.
func part(f *File) {
	if o := f.Sock.Pair; o != nil && o.Sock.Pair == f {
		o.Sock.Pair, o.Sock.joined = nil, false
	}
	f.Sock.Pair, f.Sock.joined = nil, false
}

// parseSocketName reads "TCP:[127.0.0.1:80->127.0.0.1:4711]", "UDPv6:[[::1]:53]",
// "UNIX-STREAM:[123->124,"/run/x"]".
func parseSocketName(text string) (n socketName, ok bool) {
	protocol, rest, ok := strings.Cut(text, ":[")
	rest, closed := strings.CutSuffix(rest, "]")
	if !ok || !closed {
		return n, false
	}
	switch {
	case strings.HasPrefix(protocol, "UNIX"):
		n, ok = unixName(rest)
	case strings.HasPrefix(protocol, "TCP"), strings.HasPrefix(protocol, "UDP"):
		n, ok = inetName(rest, protocol)
	default:
		return n, false
	}
	if ok {
		n.kind = kindOf(protocol)
	}
	return n, ok
}

// kindOf is the type of a socket of "TCPv6", "UNIX-DGRAM".
func kindOf(protocol string) string {
	_, kind, told := strings.Cut(protocol, "-")
	switch {
	case told:
		return "SOCK_" + kind
	case strings.HasPrefix(protocol, "TCP"):
		return "SOCK_STREAM"
	case strings.HasPrefix(protocol, "UDP"):
		return "SOCK_DGRAM"
	}
	return ""
}

func unixName(text string) (n socketName, ok bool) {
	ends, path, named := strings.Cut(text, ",")
	a, b, joined := strings.Cut(ends, "->")
	n.family = "AF_UNIX"
	if n.own.inode, ok = inodeOf(a); !ok {
		return socketName{}, false
	}
	if joined {
		n.other.inode, _ = inodeOf(b)
	}
	if named {
		if p, err := strconv.Unquote(strings.TrimPrefix(path, "@")); err == nil {
			if strings.HasPrefix(path, "@") {
				p = "@" + p
			}
			n.local = "unix:" + p
		}
	}
	return n, true
}

func inodeOf(text string) (uint64, bool) {
	i, err := strconv.ParseUint(text, 10, 64)
	return i, err == nil && i > 0
}

func inetName(text, protocol string) (n socketName, ok bool) {
	a, b, joined := strings.Cut(text, "->")
	local, err := netip.ParseAddrPort(a)
	if err != nil {
		return n, false
	}
	if n.family = "AF_INET"; strings.HasSuffix(protocol, "v6") {
		n.family = "AF_INET6"
	}
	local = plain(local)
	n.local = local.String()
	if remote, err := netip.ParseAddrPort(b); joined && err == nil {
		remote = plain(remote)
		udp := strings.HasPrefix(protocol, "UDP")
		n.peer = remote.String()
		n.own, n.other = end{udp: udp, local: local, remote: remote}, end{udp: udp, local: remote, remote: local}
	}
	return n, true
}

// plain is an address without its zone, and without IPv6 around IPv4.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
