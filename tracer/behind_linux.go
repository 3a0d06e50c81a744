package tracer

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Which processes are behind an address, or a FIFO: what ss -p and lsof would say.

// addressed is where a call sends to.
type addressed struct {
	text    string            // the address for people
	sockets map[uint64]string // those that may take what is sent there; and the name to compare, if no more is known
	file    file              // of the path
}

// addressed reads a socket address, and finds the sockets at it. False when it is no
// address of this machine.
func (e *engine) addressed(at place, raw []byte) (a addressed, ok bool) {
	if len(raw) < 3 {
		return a, false
	}
	if binary.NativeEndian.Uint16(raw) == unix.AF_UNIX {
		return unixAddressed(at, unixName(raw))
	}
	wanted, ok := socketAddress(raw)
	if !ok || wanted.Port() == 0 {
		return a, false
	}
	a.text = wanted.String()
	a.sockets = e.inetListeners(at.proc, wanted)
	return a, true
}

// unixAddressed finds the sockets at a path, or at an abstract address. The kernel
// knows those of our network namespace by the file; others by name only.
func unixAddressed(at place, name string) (a addressed, ok bool) {
	a.text = "unix:" + name
	if !strings.HasPrefix(name, "@") {
		var st unix.Stat_t
		if unix.Stat(at.reach(unix.AT_FDCWD, name), &st) != nil {
			return a, false
		}
		a.file = fileOf(&st)
		if a.sockets = unixBound(a.file); len(a.sockets) > 0 {
			return a, true
		}
	}
	a.sockets = unixListeners(at.proc, name)
	return a, true
}

// holders are the processes that have one of the sockets open. Of a name, only the
// sockets count that were bound to it: another may have had the same name, in
// another directory or under another root.
func (a *addressed) holders() (pids []int) {
	if len(a.sockets) == 0 {
		return nil
	}
	held := map[uint64][]int{}
	eachDescriptor(func(pid int, _, target string) bool {
		inode, ok := socketInode(target)
		if _, wanted := a.sockets[inode]; ok && wanted {
			held[inode] = append(held[inode], pid)
		}
		return true
	})
	for inode, by := range held {
		if name := a.sockets[inode]; name == "" || a.isBound(name, by) {
			pids = append(pids, by...)
		} else {
			delete(a.sockets, inode)
		}
	}
	return pids
}

// isBound says whether a name is that of the file, for one of some processes.
func (a *addressed) isBound(name string, pids []int) bool {
	for _, pid := range pids {
		var st unix.Stat_t
		if unix.Stat(placeOf("/proc", pid, pid).reach(unix.AT_FDCWD, name), &st) == nil && fileOf(&st) == a.file {
			return true
		}
	}
	return false
}

// fileOf is the inode that stat(2) tells of.
func fileOf(st *unix.Stat_t) file { return file{st.Dev, st.Ino} }

// unixName reads the path of a sockaddr_un (unix(7)), with "@" for an abstract one.
func unixName(raw []byte) string {
	name := string(raw[2:])
	if name[0] == 0 {
		return "@" + strings.ReplaceAll(name[1:], "\x00", "@") // as /proc/net/unix has it
	}
	name, _, _ = strings.Cut(name, "\x00")
	return name
}

// unixListeners are the sockets that may take what is sent to a path. They may have
// been bound by another name of it, and in another network namespace.
func unixListeners(proc, name string) map[uint64]string {
	found := map[uint64]string{}
	look := func(proc string) {
		for s := range unixSockets(proc) {
			if s.path == "" || s.kind != "DGRAM" && !s.listens {
				continue
			}
			switch {
			case strings.HasPrefix(name, "@"):
				if s.path == name {
					found[s.inode] = ""
				}
			case path.Base(s.path) == path.Base(name):
				found[s.inode] = s.path
			}
		}
	}
	look(proc)
	if len(found) == 0 && !strings.HasPrefix(name, "@") {
		for _, other := range otherNetworks(proc) {
			look(other)
		}
	}
	return found
}

// inetListeners are the sockets that take what is sent to an address: in a process's
// own network namespace if the address is one of that, else in those of this machine
// that have it, such as containers.
func (e *engine) inetListeners(proc string, wanted netip.AddrPort) map[uint64]string {
	ip := wanted.Addr().Unmap()
	if ip.IsLoopback() || ip.IsUnspecified() || isLocal(proc, ip) {
		return listenersAt(proc, wanted)
	}
	network := readLink(proc+"/ns/net") + " " + ip.String()
	if e.peers.remote[network] {
		return nil
	}
	for _, other := range otherNetworks(proc) {
		if isLocal(other, ip) {
			return listenersAt(other, wanted)
		}
	}
	remember(&e.peers.remote, network, true)
	return nil
}

func listenersAt(proc string, wanted netip.AddrPort) map[uint64]string {
	found := map[uint64]string{}
	for s := range inetSockets(proc) {
		if s.takes() && s.local.Port() == wanted.Port() && overlap(s.local.Addr(), wanted.Addr()) &&
			(wanted.Addr().Unmap().Is4() || s.isV6()) {
			found[s.inode] = ""
		}
	}
	return found
}

// isLocal says whether an address belongs to a process's network namespace.
func isLocal(proc string, ip netip.Addr) bool {
	name, has := "fib_trie", hasLocal4
	if ip.Is6() {
		name, has = "if_inet6", hasLocal6
	}
	data, _ := os.ReadFile(filepath.Join(proc, "net", name))
	return has(data, ip)
}

// hasLocal4 looks an address up in /proc/net/fib_trie (net/ipv4/fib_trie.c): under
// "|-- 10.0.0.1" stands "/32 host LOCAL" for an address of the machine.
func hasLocal4(data []byte, ip netip.Addr) bool {
	leaf, text := false, ip.String()
	for line := range bytes.Lines(data) {
		f := strings.Fields(string(line))
		switch {
		case len(f) == 2 && f[0] == "|--":
			leaf = f[1] == text
		case leaf && len(f) == 3 && f[0] == "/32" && f[2] == "LOCAL":
			return true
		}
	}
	return false
}

// hasLocal6 looks an address up in /proc/net/if_inet6: 32 hexadecimal digits begin a
// line.
func hasLocal6(data []byte, ip netip.Addr) bool {
	text := strings.ReplaceAll(ip.WithZone("").StringExpanded(), ":", "")
	for line := range bytes.Lines(data) {
		if f := bytes.Fields(line); len(f) > 0 && string(f[0]) == text {
			return true
		}
	}
	return false
}

// otherNetworks gives a /proc/PID of each network namespace that the process is not in.
func otherNetworks(proc string) (procs []string) {
	seen := map[string]bool{"": true, readLink(proc + "/ns/net"): true}
	for _, pid := range numbers("/proc") {
		p := "/proc/" + strconv.Itoa(pid)
		if ns := readLink(p + "/ns/net"); !seen[ns] {
			seen[ns] = true
			procs = append(procs, p)
		}
	}
	return procs
}

// reach gives a path by which the tracer reaches what the tracee calls name.
func (p place) reach(dirfd int, name string) string {
	switch {
	case strings.HasPrefix(name, "/"):
		return p.here(name)
	case dirfd == unix.AT_FDCWD:
		return p.proc + "/cwd/" + name
	}
	return p.proc + "/fd/" + strconv.Itoa(dirfd) + "/" + name
}

// atFIFO are the processes at the other end of a FIFO that thread self opens in a
// mode: those that have it open, or are blocked in opening it.
func atFIFO(f file, mode, self int) (pids []int) {
	fits := func(other int) bool { return mode == unix.O_RDWR || other != mode }
	is := func(name string) bool {
		var st unix.Stat_t
		return unix.Stat(name, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO && fileOf(&st) == f
	}
	eachDescriptor(func(pid int, fd, target string) bool {
		// A pipe without a name is "pipe:[123]".
		if strings.HasPrefix(target, "/") && is(fd) && fits(accessMode(fd)) {
			pids = append(pids, pid)
			return false
		}
		return true
	})
	for _, pid := range numbers("/proc") {
		if name, flags, ok := opening(pid); ok && pid != self && fits(flags&unix.O_ACCMODE) && is(name) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// opening says what a process is blocked in opening, and how.
func opening(pid int) (name string, flags int, ok bool) {
	enter := blockedIn(&thread{tid: pid, pid: pid})
	if enter == nil {
		return "", 0, false
	}
	dirfd, args := unix.AT_FDCWD, enter.Args[:]
	switch native.CallName(enter.Nr) {
	case "open":
	case "openat":
		dirfd, args = int(int32(args[0])), args[1:]
	default:
		return "", 0, false
	}
	m, buf := memory{tid: pid}, make([]byte, pathMax)
	n, _ := m.read(args[0], buf)
	text, _, whole := bytes.Cut(buf[:n], []byte{0})
	return placeOf("/proc", pid, pid).reach(dirfd, string(text)), int(args[1]), whole
}

// numbers are the entries of a directory of /proc that are numbers.
func numbers(dir string) (list []int) {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// offspring are the children that a process's threads have made (proc_tid_children(5)).
func offspring(pid int) (list []int) {
	for _, tid := range numbers(procPath("/proc", pid, "task")) {
		for _, f := range strings.Fields(string(readAll("/proc", pid, "task/"+strconv.Itoa(tid)+"/children"))) {
			if n, err := strconv.Atoi(f); err == nil {
				list = append(list, n)
			}
		}
	}
	return list
}

// holdsOne says whether a process has one of the sockets open.
func holdsOne(pid int, sockets map[uint64]string) bool {
	for _, n := range numbers(procPath("/proc", pid, "fd")) {
		inode, ok := socketInode(readLink(procPath("/proc", pid, "fd/"+strconv.Itoa(n))))
		if _, wanted := sockets[inode]; ok && wanted {
			return true
		}
	}
	return false
}
