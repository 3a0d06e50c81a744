package tracer

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/stracex/stracex/stx"
)

// A process that is attached to may have connected before: to its database, say, over
// a connection that it keeps. Who is at the other end is attached to when the process
// first sends something there.

// openBefore are the sockets, by descriptor, that a process had connected before it
// was attached to.
type openBefore map[int]stx.FD

// senders are the calls that send over a connection.
var senders = map[string]bool{"write": true, "writev": true, "sendto": true, "sendmsg": true, "sendmmsg": true}

// rememberOpen takes from a snapshot the connections that the process itself has made,
// not those that it has accepted.
func (e *engine) rememberOpen(pid int, fds []stx.FD) {
	if e.opt.MaxPeers <= 0 {
		return
	}
	open, listening := openBefore{}, map[uint16]bool{}
	for _, fd := range fds {
		if strings.Contains(fd.Peer, "->") {
			open[fd.N] = fd
		}
	}
	if len(open) == 0 {
		return
	}
	for s := range inetSockets(procPath("/proc", pid, "")) {
		if s.state == tcpListen {
			listening[s.local.Port()] = true
		}
	}
	for n, fd := range open {
		if isAccepted(fd.Peer, listening) {
			delete(open, n)
		}
	}
	remember(&e.peers.open, pid, open)
}

// isAccepted says of the name of a connected socket whether it is the server's end:
// its path or port is one that is listened at, as a client's almost never is.
func isAccepted(name string, listening map[uint16]bool) bool {
	_, ends, _ := strings.Cut(name, ":[")
	own, other, _ := strings.Cut(ends, "->")
	if strings.HasPrefix(name, "UNIX") {
		return strings.Contains(other, ",") // UNIX-STREAM:[1->2,"/run/s"]
	}
	local, err := netip.ParseAddrPort(own)
	return err != nil || listening[local.Port()]
}

// meetOpen attaches to who is at the other end of a connection that was open before.
func (e *engine) meetOpen(t *thread, n int) {
	fd, ok := e.peers.open[t.pid][n]
	if !ok {
		return
	}
	delete(e.peers.open[t.pid], n)
	inode, ok := socketInode(fd.Target)
	if !ok || readLink(procPath("/proc", t.tid, "fd/"+strconv.Itoa(n))) != fd.Target {
		return // closed meanwhile
	}
	e.meetAll(fd.Peer, socketPeers(procPath("/proc", t.tid, ""), inode))
}
