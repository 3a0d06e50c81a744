package replay

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// inflight is a descriptor sent by SCM_RIGHTS and not yet received.
type inflight struct {
	file *File
	via  *File // the sending socket
}

// maxInflight bounds what a hostile trace can make us remember.
const maxInflight = 4096

func socketMade(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	f := s.newFile(SocketFile, st.Kept(), st.Proc)
	f.Sock = &Socket{Family: c.Arg(0).Str, Type: c.Arg(1).Str}
	if c.Ret.HasDeco {
		s.nameSocket(f, c.Ret.Deco)
	}
	s.put(st, int(c.Ret.Value), f, c.Arg(1).Has("SOCK_CLOEXEC"))
}

func socketPaired(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	ends := c.Arg(3).Final()
	if len(ends.Elems) < 2 {
		return
	}
	var pair [2]*File
	for i := range pair {
		n, is := ends.Elems[i].FD()
		if !is {
			return
		}
		f := s.newFile(SocketFile, st.Kept(), st.Proc)
		f.Sock = &Socket{Family: c.Arg(0).Str, Type: c.Arg(1).Str}
		pair[i] = f
		st.Thread.Files.set(n, f, c.Arg(1).Has("SOCK_CLOEXEC"), st.Kept())
	}
	join(pair[0], pair[1])
}

func bound(s *State, st *Step, c *event.Call) {
	if ok(c) && st.File != nil && st.File.Sock != nil {
		st.File.Sock.Local = st.Addr
	}
}

func listening(s *State, st *Step, c *event.Call) {
	if ok(c) && st.File != nil && st.File.Sock != nil {
		st.File.Sock.Listening, st.File.Sock.Listened = true, st.Event.Index
		s.listen[st.File.Sock.Local] = st.File
	}
}

func connected(s *State, st *Step, c *event.Call) {
	f := st.File
	if f == nil || f.Sock == nil {
		return
	}
	pending := c.Ret.Errno == "EINPROGRESS"
	if !ok(c) && !pending {
		return
	}
	f.Sock.Peer, f.Sock.Connected = st.Addr, st.Kept()
	if o := s.asked[st.Proc.PID]; o != nil && strings.HasPrefix(st.Addr, "unix:") && !o.Sock.joined {
		delete(s.asked, st.Proc.PID)
		join(f, o)
		return
	}
	if len(s.dial[st.Addr]) < maxInflight {
		s.dial[st.Addr] = append(s.dial[st.Addr], f)
	}
}

// accepted pairs the new socket with the oldest connect to the listener's
// address: the kernel's queue is in that order.
func accepted(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	f := s.newFile(SocketFile, st.Kept(), st.Proc)
	f.Sock = &Socket{}
	if l := st.File; l != nil && l.Sock != nil {
		l.Sock.Accepted = true
		f.Sock.Family, f.Sock.Type, f.Sock.Local = l.Sock.Family, l.Sock.Type, l.Sock.Local
		if q := s.dial[l.Sock.Local]; len(q) > 0 {
			f.Sock.Pair, q[0].Sock.Pair = q[0], f
			s.dial[l.Sock.Local] = q[1:]
		}
	}
	if c.Ret.HasDeco {
		s.nameSocket(f, c.Ret.Deco)
	}
	if st.Addr != "" {
		f.Sock.Peer = st.Addr
	}
	s.put(st, int(c.Ret.Value), f, c.Arg(3).Has("SOCK_CLOEXEC"))
}

func named(s *State, st *Step, c *event.Call) {
	if ok(c) && st.File != nil && st.File.Sock != nil && st.File.Sock.Local == "" {
		st.File.Sock.Local = st.Addr
	}
}

func peerNamed(s *State, st *Step, c *event.Call) {
	if ok(c) && st.File != nil && st.File.Sock != nil && st.File.Sock.Peer == "" {
		st.File.Sock.Peer = st.Addr
	}
}

// peerAsked takes the process at the other end of a Unix socket from what the kernel
// says of it: getsockopt(5, SOL_SOCKET, SO_PEERCRED, {pid=11126, uid=0, gid=0}, [12]) = 0
// (unix(7)).
func peerAsked(s *State, st *Step, c *event.Call) {
	f := st.File
	if !ok(c) || f == nil || f.Sock == nil || f.Sock.joined || !c.Arg(2).Has("SO_PEERCRED") {
		return
	}
	s.joinWith(f, int(c.Arg(3).Final().Field("pid").Int))
}

// joinWith joins a Unix socket with the one that a process has connected.
func (s *State) joinWith(f *File, pid int) {
	if o := s.connectedBy(s.Process(pid)); o != nil {
		join(f, o)
	} else if len(s.asked) < maxInflight {
		s.asked[pid] = f // a log of a server may come before its client's
	}
}

// connectedBy is the Unix socket that a process has connected, of which no more is
// known; nil if there are several.
func (s *State) connectedBy(p *Process) (f *File) {
	if p == nil {
		return nil
	}
	t := s.threads[p.PID]
	if t == nil {
		return nil
	}
	for _, at := range t.Files.fds {
		k := at.file.Sock
		switch {
		case k == nil, k.joined, k.Connected.None(), !strings.HasPrefix(k.Peer, "unix:"), at.file == f:
		case f != nil:
			return nil
		default:
			f = at.file
		}
	}
	return f
}

func sentMsg(s *State, st *Step, c *event.Call) {
	written(s, st, c)
	if !ok(c) {
		return
	}
	for _, n := range passedFDs(c.Arg(1)) {
		if f := st.Thread.Files.Get(n); f != nil && len(s.sent) < maxInflight {
			s.sent = append(s.sent, inflight{f, st.File})
		}
	}
}

func receivedMsg(s *State, st *Step, c *event.Call) {
	readDone(s, st, c)
	if !ok(c) {
		return
	}
	if f, pid := st.File, Sender(c); pid > 0 && f != nil && f.Sock != nil && !f.Sock.joined && strings.Contains(f.Sock.Type, "SOCK_STREAM") {
		s.joinWith(f, pid)
	}
	cloexec := c.Arg(2).Has("MSG_CMSG_CLOEXEC")
	for _, n := range passedFDs(c.Arg(1).Final()) {
		st.Thread.Files.set(n, s.takeSent(st.File, st), cloexec, st.Kept())
	}
}

// takeSent gives the oldest descriptor sent through the other end of via, else
// the oldest of all.
func (s *State) takeSent(via *File, st *Step) *File {
	at := -1
	for i, f := range s.sent {
		if via != nil && via.Sock != nil && via.Sock.Pair != nil && f.via == via.Sock.Pair {
			at = i
			break
		}
		if at < 0 && (f.via == nil || f.via.Sock == nil || f.via.Sock.Pair == nil) {
			at = i
		}
	}
	if at < 0 {
		return s.newFile(UnknownFile, st.Kept(), st.Proc)
	}
	f := s.sent[at].file
	s.sent = append(s.sent[:at], s.sent[at+1:]...)
	return f
}

// Sender is the process that the kernel says has sent what a recvmsg brought, 0 where
// it does not (SCM_CREDENTIALS, unix(7)).
func Sender(c *event.Call) int {
	if c.Name != "recvmsg" || !ok(c) {
		return 0
	}
	for _, m := range c.Arg(1).Final().Field("msg_control").Elems {
		if strings.Contains(m.Field("cmsg_type").Str, "SCM_CREDENTIALS") {
			return int(m.Field("cmsg_data").Field("pid").Int)
		}
	}
	return 0
}

// passedFDs are the descriptors in a message's SCM_RIGHTS.
func passedFDs(msg event.Value) []int {
	var fds []int
	for _, m := range msg.Field("msg_control").Elems {
		if !strings.Contains(m.Field("cmsg_type").Str, "SCM_RIGHTS") {
			continue
		}
		for _, v := range m.Field("cmsg_data").Elems {
			if n, is := v.FD(); is {
				fds = append(fds, n)
			}
		}
	}
	return fds
}
