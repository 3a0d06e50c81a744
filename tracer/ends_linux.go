package tracer

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// FIFOs are met when they are about to be opened, and again when they have been: a
// server that opens its FIFO anew for each request may be between two of them, and
// then it is the client that waits for it. And what the ends of FIFOs and sockets
// are is told, so that the two ends of one can be known for that.

// maxLooks is how often one FIFO's other end is looked for.
const maxLooks = 40

// fifo is a FIFO that a call opens.
type fifo struct {
	file file
	met  bool // somebody is at its other end
}

// meetFIFO attaches to those at the other end of a FIFO that is about to be opened.
func (e *engine) meetFIFO(t *thread, at place, c *call, dirfd int, addr, flags uint64) {
	name, ok := c.text(addr)
	if !ok || name == "" {
		return
	}
	var st unix.Stat_t
	if full := at.reach(dirfd, name); unix.Stat(full, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return
	}
	t.fifo = &fifo{file: fileOf(&st)}
	e.meetOthers(t, name, int(flags&unix.O_ACCMODE))
}

// meetOthers attaches to those at the other end of a thread's FIFO.
func (e *engine) meetOthers(t *thread, name string, mode int) {
	f := t.fifo
	n := e.peers.looked[f.file] + 1
	if remember(&e.peers.looked, f.file, n); n > maxLooks {
		return
	}
	pids := atFIFO(f.file, mode, t.tid)
	f.met = len(pids) > 0
	e.meetAll(name, pids)
}

// tellEnd records the ends of what a call has connected, accepted or opened: a
// socket, or a FIFO.
func (e *engine) tellEnd(t *thread, c *call, ret int64) {
	if e.opt.MaxPeers <= 0 && len(e.opt.Attach) == 0 {
		return
	}
	fd := -1
	switch {
	case c.name == "connect" && (ret == 0 || ret == -int64(unix.EINPROGRESS)):
		fd = int(int32(c.args[0]))
	case (c.name == "accept" || c.name == "accept4" || t.fifo != nil) && ret >= 0:
		fd = int(ret)
	}
	if fd < 0 {
		t.fifo = nil
		return
	}
	link := procPath("/proc", t.tid, fmt.Sprint("fd/", fd))
	list := []stx.FD{{N: fd, Target: readLink(link), Flags: uint64(accessMode(link))}}
	if t.fifo != nil && !t.fifo.met {
		t.meets = true
		e.meetOthers(t, list[0].Target, accessMode(link))
	}
	t.fifo = nil
	nameEnd(t, &list[0])
	if list[0].Peer != "" {
		e.emit(&stx.Record{Kind: stx.KindProcess, TID: t.tid, Process: &stx.Process{At: "socket", PID: t.pid, FDs: list}})
	}
}

// nameEnd says which socket or FIFO a descriptor is.
func nameEnd(t *thread, fd *stx.FD) {
	if inode, ok := socketInode(fd.Target); ok {
		if fd.Peer, ok = askSocket(t.pid, fd.N, inode); ok {
			return
		}
	}
	one := []stx.FD{*fd}
	nameEnds(procPath("/proc", t.tid, ""), one)
	*fd = one[0]
}

// nameEnds says of the sockets and FIFOs among a process's descriptors which ones
// they are.
func nameEnds(proc string, fds []stx.FD) {
	nameSockets(proc, fds)
	for i := range fds {
		if fd := &fds[i]; strings.HasPrefix(fd.Target, "/") {
			fd.Peer = fifoName(fmt.Sprintf("%s/fd/%d", proc, fd.N))
		}
	}
}

// fifoName is "FIFO:[DEVICE:INODE]" of a FIFO's link in /proc, "" of other files.
func fifoName(link string) string {
	var st unix.Stat_t
	if unix.Stat(link, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return ""
	}
	return fmt.Sprintf("FIFO:[%d:%d]", st.Dev, st.Ino)
}
