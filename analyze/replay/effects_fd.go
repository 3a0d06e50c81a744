package replay

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// put installs a new open file as the call's result.
func (s *State) put(st *Step, n int, f *File, cloexec bool) {
	st.Made = f
	st.Thread.Files.set(n, f, cloexec, st.Kept())
}

func opened(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	f := s.newFile(PathFile, st.Kept(), st.Proc)
	if len(st.Paths) > 0 {
		f.Path = st.Paths[0]
	}
	if c.Ret.HasDeco && strings.HasPrefix(c.Ret.Deco, "/") {
		f.Path = s.table.get(st.Thread.FS.inside(c.Ret.Deco)).given
	}
	flags := openFlags(c)
	f.Append = flags.Has("O_APPEND")
	f.TTY = IsTerminal(f.Path)
	s.put(st, int(c.Ret.Value), f, flags.Has("O_CLOEXEC"))
}

// openFlags finds the flags argument of the open family.
func openFlags(c *event.Call) event.Value {
	switch c.Name {
	case "open":
		return c.Arg(1)
	case "openat":
		return c.Arg(2)
	case "openat2":
		return c.Arg(2).Field("flags")
	}
	return event.Value{}
}

func closed(s *State, st *Step, c *event.Call) {
	if n := st.FD; n >= 0 && (ok(c) || c.Ret.Errno == "EINTR" || !c.Ret.Known) {
		st.Thread.Files.close(n)
	}
}

func closedRange(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	first, last := int(c.Arg(0).Int), int(c.Arg(1).Int)
	if v := c.Arg(1).Int; v >= 0xffffffff || v < 0 {
		last = int(^uint(0) >> 1)
	}
	if c.Arg(2).Has("CLOSE_RANGE_UNSHARE") {
		st.Thread.Files = st.Thread.Files.copy()
	}
	st.Thread.Files.closeRange(first, last, c.Arg(2).Has("CLOSE_RANGE_CLOEXEC"))
}

func duped(s *State, st *Step, c *event.Call) {
	if ok(c) {
		s.dupTo(st, int(c.Ret.Value), false)
	}
}

func duped2(s *State, st *Step, c *event.Call) {
	if ok(c) {
		s.dupTo(st, int(c.Ret.Value), c.Arg(2).Has("O_CLOEXEC"))
	}
}

func (s *State) dupTo(st *Step, to int, cloexec bool) {
	f := st.File
	if f == nil {
		f = s.newFile(UnknownFile, event.Kept{}, st.Proc)
		st.Thread.Files.set(st.FD, f, false, event.Kept{})
	}
	if st.FD == to {
		return
	}
	st.Made = f
	st.Thread.Files.set(to, f, cloexec, st.Kept())
	if to >= 0 && to <= 2 {
		st.Proc.Std[to] = f
	}
}

func fcntl(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	switch cmd := c.Arg(1); {
	case cmd.Has("F_DUPFD"):
		s.dupTo(st, int(c.Ret.Value), false)
	case cmd.Has("F_DUPFD_CLOEXEC"):
		s.dupTo(st, int(c.Ret.Value), true)
	case cmd.Has("F_SETFD"):
		st.Thread.Files.setCloexec(st.FD, c.Arg(2).Has("FD_CLOEXEC"))
	}
}

func piped(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	ends := c.Arg(0).Final()
	if len(ends.Elems) < 2 {
		return
	}
	s.nextID++
	p := &Pipe{ID: s.nextID}
	cloexec := c.Arg(1).Has("O_CLOEXEC")
	for i := range 2 {
		n, is := ends.Elems[i].FD()
		if !is {
			return
		}
		f := s.newFile(PipeFile, st.Kept(), st.Proc)
		f.Pipe, f.Write = p, i == 1
		st.Thread.Files.set(n, f, cloexec, st.Kept())
	}
}

// special makes a descriptor that has no path.
func special(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	f := s.newFile(OtherFile, st.Kept(), st.Proc)
	f.Path = strings.TrimRight(c.Name, "1234")
	cloexec := false
	for _, a := range c.Args() {
		if a.Kind == event.Symbol && strings.Contains(a.Str, "CLOEXEC") {
			cloexec = true
		}
	}
	if c.Name == "pidfd_open" {
		cloexec = true
	}
	s.put(st, int(c.Ret.Value), f, cloexec)
}

func ioctl(s *State, st *Step, c *event.Call) {
	if st.File == nil {
		return
	}
	req := c.Arg(1)
	switch {
	case ok(c) && (req.Has("TCGETS") || req.Has("TIOCGWINSZ")):
		st.File.TTY = true
	case ok(c) && req.Has("FIOCLEX"):
		st.Thread.Files.setCloexec(st.FD, true)
	case ok(c) && req.Has("FIONCLEX"):
		st.Thread.Files.setCloexec(st.FD, false)
	}
}

func pidfdGetfd(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	st.Made = s.newFile(UnknownFile, st.Kept(), st.Proc)
	st.Thread.Files.set(int(c.Ret.Value), st.Made, true, st.Kept())
}

func readDone(s *State, st *Step, c *event.Call) {
	f := s.usable(st, c)
	if f == nil {
		return
	}
	f.Reads += c.Ret.Value
	f.Asked = f.Asked && c.Ret.Value == 0
	if c.Ret.Value == 0 && !f.EOF && wantsBytes(c) {
		f.EOF, st.EOF = true, true
	}
}

// usable is the file that a call has read or written, nil if it has not. One that was
// open before the trace began is known from then on.
func (s *State) usable(st *Step, c *event.Call) *File {
	if !ok(c) {
		return nil
	}
	if st.File == nil && st.FD >= 0 {
		st.File = s.newFile(UnknownFile, event.Kept{}, st.Proc)
		st.Thread.Files.set(st.FD, st.File, false, event.Kept{})
	}
	return st.File
}

// wantsBytes: a read of no bytes at all says nothing about the end of a file.
func wantsBytes(c *event.Call) bool { return !(c.Arg(2).Kind == event.Int && c.Arg(2).Int == 0) }

func written(s *State, st *Step, c *event.Call) {
	f := s.usable(st, c)
	if f == nil {
		return
	}
	f.Writes += c.Ret.Value
	f.Asked = f.Asked || c.Ret.Value > 0
	if f.Sock != nil && f.Sock.Peer == "" && st.Addr != "" {
		f.Sock.SentTo = st.Addr
	}
	if f.Pipe != nil {
		f.Pipe.Bytes += c.Ret.Value
		f.Pipe.wroteBy(st.Proc)
	}
}

const maxWriters = 64

func (p *Pipe) wroteBy(proc *Process) {
	for _, w := range p.Writers {
		if w == proc {
			return
		}
	}
	if len(p.Writers) < maxWriters {
		p.Writers = append(p.Writers, proc)
	}
}
