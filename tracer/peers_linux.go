package tracer

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A traced process that connects to another one of this machine waits at the entry
// of its call until we have attached to that one: to all that listen at the address
// (workers share it), or that have the other end of a FIFO open, or wait for somebody
// to open it. Who that is behind_linux.go finds out.

// peerCalls are those that the engine needs to see for that.
const peerCalls = "connect,accept,accept4,sendto,sendmsg,open,openat,openat2," + queueCalls

// peers are the processes that were found so.
type peers struct {
	searched map[behind]bool // who holds these was looked for
	looked   map[file]int    // how often a FIFO's other end was looked for
	remote   map[string]bool // addresses of other machines
	open     map[int]openBefore
	queues   map[int]bool // of System V that were looked into
	attached map[int]bool
	barred   map[int]bool // never attached to
	noted    map[int]bool // said to be so
	full     bool         // told that there are too many
	// coming are threads that were attached to and have not stopped yet: what they
	// are in would be missed. waiting are those that wait for them at the entry of
	// a call.
	coming  map[int]bool
	waiting []*thread
}

// maxComing is how long a call waits for the peers to stop.
const maxComing = time.Second

// behind is a socket that takes what is sent to a path, or to another address.
type behind struct {
	socket uint64
	path   file
}

// file is an inode; the zero is none.
type file struct{ dev, ino uint64 }

// maxRemembered bounds what is remembered of addresses.
const maxRemembered = 4096

// remember adds to what is remembered, which begins anew when it is too much.
func remember[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil || len(*m) >= maxRemembered {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

// meet attaches to who is behind the address of a call that begins.
func (e *engine) meet(t *thread, c *call) {
	if e.opt.MaxPeers <= 0 || c.desc == nil || e.ending.mode != modeFollow {
		return
	}
	t.meets = true
	if senders[c.name] {
		e.meetOpen(t, int(int32(c.args[0])))
	}
	at := func() place { return placeOf("/proc", t.tid, t.pid) }
	switch c.name {
	case "msgsnd", "msgrcv":
		e.meetQueue(t, int(int32(c.args[0])))
	case "mq_timedsend", "mq_timedreceive":
		e.meetOpenQueue(t, int(int32(c.args[0])))
	case "connect":
		e.meetAddress(at(), c.bytes(c.args[1]))
	case "sendto":
		if c.args[4] != 0 {
			e.meetAddress(at(), c.bytes(c.args[4]))
		}
	case "sendmsg":
		// The first word of struct msghdr is the address.
		if m := c.bytes(c.args[1]); c.arch == native && len(m) >= 8 && little(m[:8]) != 0 {
			e.meetAddress(at(), c.bytes(little(m[:8])))
		}
	case "open":
		e.meetFIFO(t, at(), c, unix.AT_FDCWD, c.args[0], c.args[1])
	case "openat":
		e.meetFIFO(t, at(), c, int(int32(c.args[0])), c.args[1], c.args[2])
	case "openat2":
		if how := c.bytes(c.args[2]); len(how) >= 8 {
			e.meetFIFO(t, at(), c, int(int32(c.args[0])), c.args[1], little(how[:8]))
		}
	}
}

// waitsForPeers says whether a thread that is in a call has to wait, and keeps it.
func (e *engine) waitsForPeers(t *thread) bool {
	p, meets := &e.peers, t.meets
	t.meets = false
	if !meets || len(p.coming) == 0 {
		return false
	}
	p.waiting = append(p.waiting, t)
	e.wakeAfter(maxComing)
	t.waitsUntil = time.Now().Add(maxComing)
	return true
}

// came takes note of a thread's first stop, or its end.
func (e *engine) came(tid int) {
	if p := &e.peers; p.coming[tid] {
		delete(p.coming, tid)
		if len(p.coming) == 0 {
			e.peersCame()
		}
	}
}

// peersCame lets the calls go that wait for peers.
func (e *engine) peersCame() {
	p := &e.peers
	clear(p.coming)
	list := p.waiting
	p.waiting = nil
	for _, t := range list {
		if e.threads[t.tid] == t {
			e.resume(t, 0)
		}
	}
}

// peersLate says whether a call has waited for long enough.
func (e *engine) peersLate(now time.Time) bool {
	return len(e.peers.waiting) > 0 && !now.Before(e.peers.waiting[0].waitsUntil)
}

// meetAddress attaches to those who take what is sent to a socket address.
func (e *engine) meetAddress(at place, raw []byte) {
	a, ok := e.addressed(at, raw)
	if !ok {
		return
	}
	for s := range a.sockets {
		if e.peers.searched[behind{s, a.file}] {
			delete(a.sockets, s)
		} else {
			remember(&e.peers.searched, behind{s, a.file}, true)
		}
	}
	pids := a.holders()
	e.meetAll(a.text, pids)
	// They may have forked before we had them.
	for len(pids) > 0 {
		pids = e.unseenChildren(pids, a.sockets)
		e.meetAll(a.text, pids)
	}
}

// unseenChildren are the children of processes that have one of the sockets open,
// and are not traced.
func (e *engine) unseenChildren(pids []int, sockets map[uint64]string) (list []int) {
	for _, pid := range pids {
		if e.threads[pid] == nil {
			continue // not attached to
		}
		for _, child := range offspring(pid) {
			if e.threads[child] == nil && e.early[child] == nil && !e.tracedByUs(child) && holdsOne(child, sockets) {
				list = append(list, child)
			}
		}
	}
	return list
}

// barred are the processes that are never attached to: the first of all, ourselves
// with all that we come from, and the way in from elsewhere.
func barred() map[int]bool {
	pids := map[int]bool{1: true}
	for pid := os.Getpid(); pid > 1 && !pids[pid]; {
		pids[pid] = true
		s, err := readStatus("/proc", pid)
		if err != nil {
			break
		}
		pid = s.ppid
	}
	return pids
}

// isSSHD: since OpenSSH 9.8 there are sshd-session and sshd-auth.
func isSSHD(name string) bool { return name == "sshd" || strings.HasPrefix(name, "sshd-") }

// meetAll attaches to processes that are not traced yet.
func (e *engine) meetAll(address string, pids []int) {
	slices.Sort(pids)
	p := &e.peers
	if p.attached == nil {
		p.attached, p.noted, p.barred = map[int]bool{}, map[int]bool{}, barred()
	}
	for _, pid := range pids {
		name := commOf(pid)
		switch {
		case p.attached[pid] || e.threads[pid] != nil:
		case p.barred[pid] || isSSHD(name):
			if p.noted[pid] {
				continue
			}
			p.noted[pid] = true
			e.note(0, "peer", fmt.Sprintf("%s[%d], which is behind %s, is not attached to", name, pid, address))
		case len(p.attached) >= e.opt.MaxPeers:
			if !p.full {
				p.full = true
				e.note(0, "peer", fmt.Sprintf("no more processes are attached to: the limit is %d", e.opt.MaxPeers))
			}
		default:
			e.meetOne(address, pid, name)
		}
	}
}

func (e *engine) meetOne(address string, pid int, name string) {
	if err := e.attach(pid); err != nil {
		if a, ok := errors.AsType[*AttachError](err); ok && a.Err == unix.ESRCH {
			return
		}
		e.note(0, "peer", fmt.Sprintf("%s[%d], which is behind %s, can't be attached to: %v", name, pid, address, err))
		return
	}
	if e.threads[pid] == nil {
		return // it has ended meanwhile
	}
	e.peers.attached[pid] = true
	for tid, t := range e.threads {
		if t.pid == pid && t.fresh {
			remember(&e.peers.coming, tid, true)
		}
	}
	e.note(pid, "peer", fmt.Sprintf("attached to %s[%d], which is behind %s", name, pid, address))
}
