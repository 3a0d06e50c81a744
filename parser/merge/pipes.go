package merge

import (
	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// What is read from a pipe, an eventfd or a socketpair was written before.

// pipe is one way that bytes go.
type pipe struct {
	sent, taken int64
	writers     map[*group]int // descriptors to write to it
	uncounted   bool           // bytes came that no call's result tells of
}

// end is a descriptor of a pipe.
type end struct {
	in, out *pipe // what it reads and writes, nil: it does not
	event   bool  // an eventfd: a read takes all
	closes  bool  // at execve
}

// maxEnds bounds the descriptors that are known of a process.
const maxEnds = 1 << 12

func (g *group) open(fd int, e end) {
	g.close(fd)
	if fd < 0 || len(g.ends) >= maxEnds {
		return
	}
	if g.ends == nil {
		g.ends = map[int]end{}
	}
	g.ends[fd] = e
	if e.out != nil {
		if e.out.writers == nil {
			e.out.writers = map[*group]int{}
		}
		e.out.writers[g]++
	}
}

func (g *group) close(fd int) {
	e, ok := g.ends[fd]
	if !ok {
		return
	}
	delete(g.ends, fd)
	if e.out != nil {
		if e.out.writers[g]--; e.out.writers[g] == 0 {
			delete(e.out.writers, g)
		}
	}
}

// closeAll closes what a program does not get that is executed, or all.
func (g *group) closeAll(all bool) {
	for fd, e := range g.ends {
		if all || e.closes {
			g.close(fd)
		}
	}
}

// inherit gives a child its parent's descriptors.
func (g *group) inherit(parent *group) {
	for fd, e := range parent.ends {
		g.open(fd, e)
	}
}

// bytesNeed is what a read that brought something comes after.
func bytesNeed(c *event.Call) need {
	switch c.Name {
	case "read", "readv", "recvfrom", "recvmsg", "recv":
		if fd, _, ok := c.FirstFD(); ok && c.Ret.Known && c.Ret.Errno == "" && c.Ret.Value > 0 {
			return need{kind: wantBytes, pid: fd, addr: c.Ret.Value}
		}
	}
	return need{}
}

// writer gives a thread that may write what s has read, nil when it was written.
func (m *Reader) writer(s *source, n need) *source {
	p := s.group.ends[n.pid].in
	if p == nil || p.uncounted || p.sent >= p.taken+n.addr {
		return nil
	}
	for g := range p.writers {
		if o := g.other(s); o != nil {
			return o
		}
	}
	return nil
}

// followBytes keeps the account of pipes and their descriptors.
func (g *group) followBytes(c *event.Call) {
	n := c.Ret.Value
	if e, ok := g.first(c); ok && !c.Ret.Known {
		e.dontCount() // it was killed meanwhile
	}
	if !c.Ret.Known || c.Ret.Errno != "" {
		return
	}
	switch c.Name {
	case "pipe", "pipe2":
		g.pair(c.Arg(0), c.Arg(1), false)
		return
	case "socketpair":
		g.pair(c.Arg(3), c.Arg(1), true)
		return
	case "eventfd", "eventfd2":
		p := &pipe{uncounted: c.Arg(1).Has("EFD_SEMAPHORE"), sent: min(8*c.Arg(0).Int, 8)}
		g.open(int(n), end{in: p, out: p, event: true, closes: c.Arg(1).Has("EFD_CLOEXEC")})
		return
	}
	if len(g.ends) == 0 {
		return
	}
	switch c.Name {
	case "close":
		g.close(int(c.Arg(0).Int))
	case "close_range":
		for fd := range g.ends {
			if first, last := c.Arg(0).Int, c.Arg(1).Int; int64(fd) >= first && int64(fd) <= last && !c.Arg(2).Has("CLOSE_RANGE_CLOEXEC") {
				g.close(fd)
			}
		}
	case "dup", "dup2", "dup3", "fcntl", "fcntl64":
		g.followDup(c)
	case "read", "readv", "recvfrom", "recvmsg", "recv":
		if e, ok := g.first(c); ok && e.in != nil {
			e.in.taken = min(e.in.taken+n, e.in.sent)
			if e.event {
				e.in.taken = e.in.sent
			}
		}
	case "write", "writev", "sendto", "sendmsg", "send":
		if e, ok := g.first(c); ok && e.out != nil {
			e.out.sent += n
		}
	case "splice", "tee", "sendfile", "sendfile64", "vmsplice", "sendmmsg", "recvmmsg", "recvmmsg_time64":
		for _, v := range c.Args()[:min(len(c.Args()), 3)] {
			fd, ok := v.FD()
			if e := g.ends[fd]; ok {
				e.dontCount()
			}
		}
	default:
		if d := abi.Lookup(c.Name); d != nil && d.Ret == abi.FD {
			g.close(int(n)) // it was closed by execve
		}
	}
}

// first is the descriptor that a call is given first.
func (g *group) first(c *event.Call) (end, bool) {
	if len(g.ends) == 0 {
		return end{}, false
	}
	fd, _, ok := c.FirstFD()
	if !ok {
		return end{}, false
	}
	e, ok := g.ends[fd]
	return e, ok
}

func (e end) dontCount() {
	for _, p := range []*pipe{e.in, e.out} {
		if p != nil {
			p.uncounted = true
		}
	}
}

// pair opens the two descriptors of a pipe (the first reads), or of a socketpair.
func (g *group) pair(fds, flags event.Value, both bool) {
	fds = fds.Final()
	if len(fds.Elems) != 2 {
		return
	}
	there := &pipe{}
	a, b := end{in: there}, end{out: there}
	if both {
		back := &pipe{}
		a.out, b.in = back, back
	}
	a.closes = flags.Has("O_CLOEXEC") || flags.Has("SOCK_CLOEXEC")
	b.closes = a.closes
	for i, e := range []end{a, b} {
		if fd, ok := fds.Elems[i].FD(); ok {
			g.open(fd, e)
		}
	}
}

func (g *group) followDup(c *event.Call) {
	e, ok := g.first(c)
	to := int(c.Ret.Value)
	switch command := c.Arg(1); {
	case c.Name[0] == 'd', command.Has("F_DUPFD"), command.Has("F_DUPFD_CLOEXEC"):
		if !ok {
			g.close(to)
			return
		}
		e.closes = c.Arg(2).Has("O_CLOEXEC") || command.Has("F_DUPFD_CLOEXEC")
		if fd, _, _ := c.FirstFD(); fd != to {
			g.open(to, e)
		}
	case ok && command.Has("F_SETFD"):
		fd, _, _ := c.FirstFD()
		e.closes = c.Arg(2).Has("FD_CLOEXEC")
		g.ends[fd] = e
	}
}
