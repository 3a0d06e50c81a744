package tracer

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/procfs"
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
	if !ok || !e.first(lookup{at.pid, unix.EADDRINUSE, wanted.String()}) {
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
	fs, err := procfs.NewFS(proc)
	if err != nil {
		return nil
	}
	found := map[uint64]netip.AddrPort{}
	for _, table := range []func() (procfs.NetTCP, error){fs.NetTCP, fs.NetTCP6} {
		lines, err := table()
		if err != nil {
			continue
		}
		for _, l := range lines {
			addr, ok := netip.AddrFromSlice(l.LocalAddr)
			if ok && l.Inode != 0 && uint64(wanted.Port()) == l.LocalPort && overlap(addr, wanted.Addr()) {
				found[l.Inode] = netip.AddrPortFrom(addr, wanted.Port())
			}
		}
	}
	return found
}

func overlap(a, b netip.Addr) bool {
	a, b = a.Unmap(), b.Unmap()
	return a == b || a.IsUnspecified() || b.IsUnspecified()
}

// socketHolders gives "name[pid]" of the processes that have a socket open.
func socketHolders(inode uint64) []string {
	target := fmt.Sprintf("socket:[%d]", inode)
	procs, err := procfs.AllProcs()
	if err != nil {
		return nil
	}
	var who []string
	for _, p := range procs {
		targets, err := p.FileDescriptorTargets()
		if err != nil {
			continue
		}
		for _, t := range targets {
			if t == target {
				name, _ := p.Comm()
				who = append(who, fmt.Sprintf("%s[%d]", name, p.PID))
				break
			}
		}
	}
	return who
}

// isSpecial says whether a thread's descriptor is something other than a regular
// file.
func isSpecial(tid, fd int) bool {
	info, err := os.Stat(filepath.Join("/proc", fmt.Sprint(tid), "fd", fmt.Sprint(fd)))
	return err == nil && !info.Mode().IsRegular()
}
