package tracer

import (
	"encoding/binary"
	"fmt"
	"net/netip"
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
	for s := range inetSockets(proc) {
		if s.local.Port() == wanted.Port() && overlap(s.local.Addr(), wanted.Addr()) {
			found[s.inode] = s.local
		}
	}
	return found
}

func overlap(a, b netip.Addr) bool {
	a, b = a.Unmap(), b.Unmap()
	return a == b || a.IsUnspecified() || b.IsUnspecified()
}

// socketHolders gives "name[pid]" of the processes that have a socket open.
func socketHolders(inode uint64) (who []string) {
	for _, pid := range holdersOf(map[uint64]bool{inode: true}) {
		who = append(who, fmt.Sprintf("%s[%d]", commOf(pid), pid))
	}
	return who
}

// holdersOf are the processes that have any of the sockets open.
func holdersOf(inodes map[uint64]bool) []int {
	if len(inodes) == 0 {
		return nil
	}
	return holders(func(_, target string) bool {
		inode, ok := socketInode(target)
		return ok && inodes[inode]
	})
}

func commOf(pid int) string { return strings.TrimSpace(string(readAll("/proc", pid, "comm"))) }

// holders are the processes with a descriptor that is what is looked for: fd is its
// link /proc/PID/fd/N, target what that says.
func holders(is func(fd, target string) bool) (pids []int) {
	eachDescriptor(func(pid int, fd, target string) bool {
		if is(fd, target) {
			pids = append(pids, pid)
			return false
		}
		return true
	})
	return pids
}

// eachDescriptor goes over the descriptors of all processes; what it calls says
// whether it wants to see more of the process.
func eachDescriptor(do func(pid int, fd, target string) (more bool)) {
	for _, pid := range numbers("/proc") {
		for _, n := range numbers(procPath("/proc", pid, "fd")) {
			fd := procPath("/proc", pid, "fd/"+strconv.Itoa(n))
			if !do(pid, fd, readLink(fd)) {
				break
			}
		}
	}
}

// isSpecial says whether a thread's descriptor is something other than a regular
// file.
func isSpecial(tid, fd int) bool {
	var st unix.Stat_t
	err := unix.Stat(procPath("/proc", tid, "fd/"+strconv.Itoa(fd)), &st)
	return err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG
}
