package tracer

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/stracex/stracex/stx"
)

// What the kernel tells of sockets in /proc/PID/net, for all of a network namespace.
// diag_linux.go asks it for more.

// inetSocket is a line of /proc/net/tcp and its like (proc_net(5)).
type inetSocket struct {
	protocol      string // "TCP", "TCPv6", "UDP", "UDPv6"
	local, remote netip.AddrPort
	state         uint8 // TCP_LISTEN …; of UDP 7 unless it is connected
	inode         uint64
}

const tcpListen = 10 // TCP_LISTEN (net/tcp_states.h)

// takes says whether the socket takes what others send it: it listens, or is a
// UDP socket.
func (s *inetSocket) takes() bool {
	return s.state == tcpListen || strings.HasPrefix(s.protocol, "UDP")
}

// isV6: it takes what is sent to IPv6 addresses.
func (s *inetSocket) isV6() bool { return strings.HasSuffix(s.protocol, "v6") }

// inetSockets gives the sockets of a process's network namespace.
func inetSockets(proc string) iter.Seq[inetSocket] {
	tables := [][2]string{{"tcp", "TCP"}, {"tcp6", "TCPv6"}, {"udp", "UDP"}, {"udp6", "UDPv6"}}
	return func(yield func(inetSocket) bool) {
		for _, t := range tables {
			data, _ := os.ReadFile(filepath.Join(proc, "net", t[0]))
			for line := range bytes.Lines(data) {
				if s, ok := parseSocketLine(string(line)); ok {
					if s.protocol = t[1]; !yield(s) {
						return
					}
				}
			}
		}
	}
}

// parseSocketLine reads a line of the tables.
func parseSocketLine(line string) (s inetSocket, ok bool) {
	const local, remote, state, inode = 1, 2, 3, 9
	fields := strings.Fields(line)
	if len(fields) <= inode {
		return s, false
	}
	var ok1, ok2 bool
	s.local, ok1 = parseSocketAddress(fields[local])
	s.remote, ok2 = parseSocketAddress(fields[remote])
	st, err1 := strconv.ParseUint(fields[state], 16, 8)
	n, err2 := strconv.ParseUint(fields[inode], 10, 64)
	s.state, s.inode = uint8(st), n
	return s, ok1 && ok2 && err1 == nil && err2 == nil && n != 0
}

// parseSocketAddress reads "0100007F:1F90". The address is in hex, each 32-bit
// word of it in the machine's byte order.
func parseSocketAddress(text string) (addr netip.AddrPort, ok bool) {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	if err != nil || len(raw)%4 != 0 {
		return addr, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.NativeEndian.Uint32(raw[i:]))
	}
	ip, ok := netip.AddrFromSlice(raw)
	n, err := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), ok && err == nil
}

// unixSocket is a line of /proc/net/unix.
type unixSocket struct {
	listens bool
	kind    string // "STREAM", "DGRAM", "SEQPACKET"
	inode   uint64
	path    string // as it was bound, with "@" for an abstract one; "" for none
}

var unixKinds = map[string]string{"0001": "STREAM", "0002": "DGRAM", "0005": "SEQPACKET"}

// unixSockets gives the Unix sockets of a process's network namespace.
func unixSockets(proc string) iter.Seq[unixSocket] {
	const flags, kind, inode = 3, 4, 6 // of "Num: RefCount Protocol Flags Type St Inode Path"
	const accepting = 1 << 16          // __SO_ACCEPTCON (linux/net.h)
	return func(yield func(unixSocket) bool) {
		data, _ := os.ReadFile(filepath.Join(proc, "net", "unix"))
		for line := range bytes.Lines(data) {
			text := strings.TrimSuffix(string(line), "\n")
			fields := strings.Fields(text)
			if len(fields) <= inode {
				continue
			}
			f, err1 := strconv.ParseUint(fields[flags], 16, 64)
			n, err2 := strconv.ParseUint(fields[inode], 10, 64)
			s := unixSocket{listens: f&accepting != 0, kind: unixKinds[fields[kind]], inode: n}
			if len(fields) > inode+1 {
				s.path = afterFields(text, inode+1)
			}
			if err1 == nil && err2 == nil && s.kind != "" && !yield(s) {
				return
			}
		}
	}
}

// afterFields is what follows after some fields: a path, which may have blanks of its own.
func afterFields(text string, fields int) string {
	for range fields {
		_, text, _ = strings.Cut(strings.TrimLeft(text, " "), " ")
	}
	return text
}

// nameSockets says of the sockets among a process's descriptors which addresses
// they have, as strace -yy writes it.
func nameSockets(proc string, fds []stx.FD) {
	wanted := map[uint64][]*stx.FD{}
	for i := range fds {
		if n, ok := socketInode(fds[i].Target); ok {
			wanted[n] = append(wanted[n], &fds[i])
		}
	}
	if len(wanted) == 0 {
		return
	}
	name := func(inode uint64, text func() string) {
		if list := wanted[inode]; list != nil {
			t := text()
			for _, fd := range list {
				fd.Peer = t
			}
		}
	}
	for s := range inetSockets(proc) {
		name(s.inode, s.name)
	}
	for s := range unixSockets(proc) {
		name(s.inode, s.name)
	}
}

// socketInode reads "socket:[123]".
func socketInode(target string) (uint64, bool) {
	n, ok := strings.CutPrefix(target, "socket:[")
	inode, err := strconv.ParseUint(strings.TrimSuffix(n, "]"), 10, 64)
	return inode, ok && err == nil
}

func (s *inetSocket) name() string {
	if s.remote.Port() == 0 {
		return fmt.Sprintf("%s:[%s]", s.protocol, s.local)
	}
	return fmt.Sprintf("%s:[%s->%s]", s.protocol, s.local, s.remote)
}

func (s *unixSocket) name() string {
	ends := strconv.FormatUint(s.inode, 10)
	if !s.listens {
		if peer := unixPeer(s.inode); peer != 0 {
			ends += "->" + strconv.FormatUint(peer, 10)
		}
	}
	if s.path != "" {
		ends += "," + strconv.Quote(s.path)
	}
	return fmt.Sprintf("UNIX-%s:[%s]", s.kind, ends)
}
