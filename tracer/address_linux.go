package tracer

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// lookUpAddress looks into a call that has failed on a socket address: the path
// of a Unix socket, or who holds an Internet address.
func (e *engine) lookUpAddress(at place, c *call, errno unix.Errno, raw []byte) {
	if len(raw) < 4 {
		return
	}
	switch family := binary.NativeEndian.Uint16(raw); family {
	case unix.AF_UNIX:
		name, _, _ := strings.Cut(string(raw[2:]), "\x00")
		if name != "" { // abstract addresses have no place
			e.lookUpPath(at, c, errno, unix.AT_FDCWD, name)
		}
	case unix.AF_INET, unix.AF_INET6:
		if errno == unix.EADDRINUSE {
			e.lookUpHolder(at, raw)
		}
	}
}

// lookUpHolder finds out who holds an address that a bind has failed for.
func (e *engine) lookUpHolder(at place, raw []byte) {
	wanted, ok := socketAddress(raw)
	if !ok || !e.first(at.pid, unix.EADDRINUSE, wanted.String()) {
		return
	}
	ev := &stx.Evidence{}
	for inode, held := range boundSockets(at.proc, wanted) {
		for _, who := range socketHolders(inode) {
			ev.Text = append(ev.Text, fmt.Sprintf("%s is held by %s", held, who))
		}
	}
	if len(ev.Text) > 0 {
		e.addEvidence(at, ev)
	}
}

// socketAddress reads a sockaddr_in or sockaddr_in6.
func socketAddress(raw []byte) (netip.AddrPort, bool) {
	port := binary.BigEndian.Uint16(raw[2:])
	switch {
	case binary.NativeEndian.Uint16(raw) == unix.AF_INET && len(raw) >= 8:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port), true
	case binary.NativeEndian.Uint16(raw) == unix.AF_INET6 && len(raw) >= 24:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(raw[8:24])), port), true
	}
	return netip.AddrPort{}, false
}

// boundSockets gives inode and address of the sockets in a process's network
// namespace that stand in an address's way: the same port, and the same address
// or one that means all.
func boundSockets(proc string, wanted netip.AddrPort) map[uint64]netip.AddrPort {
	found := map[uint64]netip.AddrPort{}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		data, _ := os.ReadFile(filepath.Join(proc, "net", table))
		for line := range bytes.Lines(data) {
			addr, inode, ok := parseSocketLine(string(line))
			if ok && addr.Port() == wanted.Port() && overlap(addr.Addr(), wanted.Addr()) {
				found[inode] = addr
			}
		}
	}
	return found
}

// parseSocketLine reads local address and inode of a line of /proc/net/tcp and
// its like (proc_net(5)). The address is in hex, each 32-bit word of it in the
// machine's byte order.
func parseSocketLine(line string) (addr netip.AddrPort, inode uint64, ok bool) {
	const local, inodeField = 1, 9
	fields := strings.Fields(line)
	if len(fields) <= inodeField {
		return addr, 0, false
	}
	host, port, _ := strings.Cut(fields[local], ":")
	raw, err := hex.DecodeString(host)
	if err != nil || len(raw)%4 != 0 {
		return addr, 0, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.NativeEndian.Uint32(raw[i:]))
	}
	ip, ok := netip.AddrFromSlice(raw)
	n, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return addr, 0, false
	}
	inode, err = strconv.ParseUint(fields[inodeField], 10, 64)
	return netip.AddrPortFrom(ip, uint16(n)), inode, err == nil && inode != 0
}

func overlap(a, b netip.Addr) bool {
	a, b = a.Unmap(), b.Unmap()
	return a == b || a.IsUnspecified() || b.IsUnspecified()
}

// socketHolders gives "name[pid]" of the processes that have a socket open.
func socketHolders(inode uint64) (who []string) {
	target := fmt.Sprintf("socket:[%d]", inode)
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		fds, _ := os.ReadDir(procPath("/proc", pid, "fd"))
		for _, fd := range fds {
			if readLink(procPath("/proc", pid, "fd/"+fd.Name())) == target {
				name := strings.TrimSpace(string(readAll("/proc", pid, "comm")))
				who = append(who, fmt.Sprintf("%s[%d]", name, pid))
				break
			}
		}
	}
	return who
}

// isSpecial says whether a thread's descriptor is something other than a regular
// file.
func isSpecial(tid, fd int) bool {
	var st unix.Stat_t
	err := unix.Stat(procPath("/proc", tid, "fd/"+strconv.Itoa(fd)), &st)
	return err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG
}
