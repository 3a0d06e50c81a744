package replay

import (
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// resolve works out which files and paths the call's arguments name.
func (s *State) resolve(st *Step, k *call) {
	if k.desc == nil {
		return
	}
	c := st.Event.Call
	if k.fd == 0 {
		s.useFirst(st, c)
	}
	if k.path {
		if dir, p, ok := c.FirstPath(k.dir); ok {
			at := base{dir: st.Thread.FS.Cwd, known: true}
			if k.dir {
				at = s.useDir(st, dir)
			}
			s.addPath(st, p, at)
			s.useOther(st, k)
			return
		}
	}
	s.useNamed(st, k)
	s.useOther(st, k)
}

// useNamed takes the arguments that name something.
func (s *State) useNamed(st *Step, k *call) {
	c, at := st.Event.Call, base{dir: st.Thread.FS.Cwd, known: true}
	for _, i := range k.named {
		v := c.Arg(i)
		switch k.desc.Args[i].Kind {
		case abi.DirFD:
			at = s.useDir(st, v)
		case abi.Path:
			if v.Kind == event.String {
				s.addPath(st, v, at)
				at = base{dir: st.Thread.FS.Cwd, known: true}
			}
		case abi.SockAddr:
			if a, ok := event.SockAddr(v.Final()); ok {
				st.Addr = s.absAddr(st.Thread, a)
			}
		}
	}
}

// useOther takes the descriptor that is not the first argument.
func (s *State) useOther(st *Step, k *call) {
	switch {
	case st.FD >= 0:
	case k.fd > 0:
		s.useFD(st, st.Event.Call.Arg(k.fd))
	case k.polls:
		s.useFD(st, st.Event.Call.Arg(0).Field("fd"))
	}
	st.usePeer()
}

// usePeer: what a connected socket is used for goes to its peer.
func (st *Step) usePeer() {
	if st.Addr == "" && st.File != nil && st.File.Sock != nil {
		st.Addr = st.File.Sock.Peer
	}
}

// resolveFD is resolve for a call that is about no more than a descriptor.
func (s *State) resolveFD(st *Step, k *call) {
	c := st.Event.Call
	switch {
	case k.fd == 0:
		s.useFirst(st, c)
	case k.fd > 0 && c.Decorated():
		s.useFD(st, c.Arg(k.fd))
	}
	st.usePeer()
}

// useFirst is useFD for the first argument.
func (s *State) useFirst(st *Step, c *event.Call) {
	n, decorated, ok := c.FirstFD()
	if !ok {
		s.useFD(st, c.Arg(0))
		return
	}
	st.FD = n
	at := st.Thread.Files.slot(n)
	if st.File, st.Origin = at.file, at.from; decorated && st.File.vague() {
		st.File = s.seen(st.Thread, n, st.Thread.FS.inside(c.Arg(0).Deco), false)
	}
}

func (s *State) useFD(st *Step, v event.Value) {
	n, ok := v.FD()
	if !ok || n < 0 {
		return
	}
	st.FD = n
	at := st.Thread.Files.slot(n)
	if st.File, st.Origin = at.file, at.from; v.HasDeco && st.File.vague() {
		st.File = s.seen(st.Thread, n, st.Thread.FS.inside(v.Deco), false)
	}
}

// base is what a relative path is relative to.
type base struct {
	dir   string
	file  *File // of the descriptor that leads there, nil for the working directory
	known bool
}

func (s *State) useDir(st *Step, v event.Value) base {
	n, ok := v.FD()
	if !ok {
		return base{}
	}
	if n == atFDCWD {
		if v.HasDeco {
			s.learnCwd(st.Thread.FS, st.Thread.FS.inside(v.Deco))
		}
		return base{dir: st.Thread.FS.Cwd, known: true}
	}
	at := st.Thread.Files.slot(n)
	f := at.file
	if v.HasDeco && (f == nil || f.Kind == UnknownFile) {
		f = s.seen(st.Thread, n, st.Thread.FS.inside(v.Deco), false)
	}
	if st.FD < 0 {
		st.FD, st.File, st.Origin = n, f, at.from
	}
	if f == nil || f.Path == "" {
		return base{file: f}
	}
	return base{f.Path, f, true}
}

const atFDCWD = -100

func (s *State) addPath(st *Step, v event.Value, at base) {
	t := s.table.get(v.Str)
	abs := ""
	switch {
	case v.Cut:
	case t.clean != "":
		abs = t.clean
	case t.given == "":
		if at.known && at.file != nil {
			abs = at.dir
		}
	case at.known && at.dir != "":
		abs = s.join(at.dir, t.given)
	}
	if len(st.Paths) == 0 {
		st.Dir, st.DirFile = at.dir, at.file
	}
	st.Given, st.Paths = append(st.Given, t.given), append(st.Paths, abs)
}

// absAddr makes a relative unix socket path absolute.
func (s *State) absAddr(t *Thread, a string) string {
	p, ok := strings.CutPrefix(a, "unix:")
	if !ok || p == "" || p[0] == '@' || p[0] == '/' {
		return a
	}
	if abs := s.Join(t.FS.Cwd, p); abs != "" {
		return "unix:" + abs
	}
	return a
}
