package tracer

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

// Who a blocked thread waits for may be in no trace. At the end of a capture that
// is ended from outside the kernel can still say it.

// maxWaits is how many threads are looked into.
const maxWaits = 256

// tellWait records of a blocked thread who holds the lock or mutex that it waits for, or
// the other end of its pipe or socket; or where the kernel holds it.
func (e *engine) tellWait(t *thread, c *call) {
	if c.desc == nil || len(c.desc.Args) == 0 || e.ending.waits >= maxWaits {
		return
	}
	text := ""
	if !makesThread(c.name) { // vfork sleeps so
		text = kernelHolds(t.tid)
	}
	switch {
	case text != "":
	case c.name == "futex":
		text = futexOwner(t, c)
	case c.name == "open", c.name == "openat":
		text = leaseHolder(t)
	case c.desc.Args[0].Kind == abi.FD:
		text = e.waitsFor(t, c)
	default:
		return
	}
	e.ending.waits++
	if text != "" {
		e.addEvidence(placeOf("/proc", t.tid, t.pid), &stx.Evidence{Text: []string{text}})
	}
}

func (e *engine) waitsFor(t *thread, c *call) string {
	link := procPath("/proc", t.tid, fmt.Sprintf("fd/%d", int32(c.args[0])))
	var st unix.Stat_t
	if unix.Stat(link, &st) != nil {
		return ""
	}
	var pids []int
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFIFO:
		pids = otherEnds(readLink(link), writesTo(link))
	case unix.S_IFSOCK:
		inode, _ := socketInode(readLink(link))
		pids = socketPeers(procPath("/proc", t.tid, ""), inode)
	default:
		if c.name == "flock" || c.name == "fcntl" {
			return lockedBy(t, readLink(link))
		}
		return ""
	}
	return heldBy(pids)
}

// heldBy names the processes at another end, but for ourselves.
func heldBy(pids []int) string {
	const few = 4
	var who []string
	for _, pid := range pids {
		switch {
		case pid == os.Getpid(), pid == os.Getppid():
		case len(who) < few:
			who = append(who, fmt.Sprintf("%s[%d]", commOf(pid), pid))
		}
	}
	if len(who) == 0 {
		return ""
	}
	return "the other end is held by " + strings.Join(who, ", ")
}

// otherEnds are the processes that hold the end of a pipe to read from, or the one
// to write to.
func otherEnds(target string, reading bool) []int {
	return holders(func(fd, to string) bool {
		return to == target && (!reading && writesTo(fd) || reading && readsFrom(fd))
	})
}

func writesTo(fd string) bool  { return accessMode(fd) != unix.O_RDONLY }
func readsFrom(fd string) bool { return accessMode(fd) != unix.O_WRONLY }

// accessMode is how a descriptor was opened, from its link /proc/PID/fd/N.
func accessMode(fd string) int {
	data, _ := readFile(fdinfo(fd))
	flags, _ := parseFDInfo(data)
	return int(flags & unix.O_ACCMODE)
}

// fdinfo is what /proc tells of a descriptor, from its link.
func fdinfo(fd string) string { return strings.Replace(fd, "/fd/", "/fdinfo/", 1) }

// socketPeers are the processes of this machine at the other end of a connected
// socket.
func socketPeers(proc string, inode uint64) []int {
	other := unixPeer(inode)
	if other == 0 {
		other = inetPeer(proc, inode)
	}
	if other == 0 {
		return nil
	}
	return holdersOf(map[uint64]bool{other: true})
}

// inetPeer is the socket with the same two addresses the other way round.
func inetPeer(proc string, inode uint64) uint64 {
	var own inetSocket
	for s := range inetSockets(proc) {
		if s.inode == inode {
			own = s
			break
		}
	}
	if own.inode == 0 || own.remote.Port() == 0 {
		return 0
	}
	for s := range inetSockets(proc) {
		if s.local == own.remote && s.remote == own.local {
			return s.inode
		}
	}
	return 0
}
