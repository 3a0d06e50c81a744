package replay

import (
	"path"
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// A text log doesn't say where its first process stood. Until something tells
// (getcwd, an annotation), paths below that directory begin with a mark, a NUL
// and a number, which no real path can hold; Abs puts in what was learned.

const mark = "\x00"

// newBase is a directory that is not known yet.
func (s *State) newBase() string {
	s.bases = append(s.bases, "")
	return mark + strconv.Itoa(len(s.bases)-1)
}

// Abs gives the absolute path, or "" when its directory was never learned.
func (s *State) Abs(p string) string {
	if !strings.HasPrefix(p, mark) {
		return p
	}
	n, rest := splitMark(p)
	if n < 0 || n >= len(s.bases) || s.bases[n] == "" {
		return ""
	}
	if s.bases[n] == "/" {
		if rest == "" {
			return "/"
		}
		return rest
	}
	return s.bases[n] + rest
}

// Join gives the path of name in the directory dir, "" when it leads above a
// directory that is not known. It may begin with a mark, as dir may.
func (s *State) Join(dir, name string) string {
	if abs := s.Abs(dir); abs != "" {
		return path.Join(abs, name)
	}
	joined := path.Join(dir, name)
	if strings.HasPrefix(dir, mark) && !strings.HasPrefix(joined, mark) {
		return ""
	}
	return joined
}

// Same says whether two paths, as a [Step] has them, are known to be one.
func (s *State) Same(p, q string) bool {
	if abs := s.Abs(p); abs != "" {
		return abs == s.Abs(q)
	}
	return p == q && p != ""
}

// AbsAddr is Abs for a socket address; other addresses than those of unix
// sockets stay as they are.
func (s *State) AbsAddr(a string) string {
	p, ok := strings.CutPrefix(a, "unix:")
	if !ok || !strings.HasPrefix(p, mark) {
		return a
	}
	return "unix:" + s.Known(p)
}

// Known is Abs, or the path as it was given when its directory was never
// learned.
func (s *State) Known(p string) string {
	if abs := s.Abs(p); abs != "" || !strings.HasPrefix(p, mark) {
		return abs
	}
	_, rest := splitMark(p)
	return strings.TrimPrefix(rest, "/")
}

func splitMark(p string) (n int, rest string) {
	num, rest := p[len(mark):], ""
	if i := strings.IndexByte(num, '/'); i >= 0 {
		num, rest = num[:i], num[i:]
	}
	n, err := strconv.Atoi(num)
	if err != nil {
		return -1, ""
	}
	return n, rest
}

// statted notices a shell that makes sure of $PWD: it asks for the absolute
// path and for ".", and goes on without getcwd when they are the same. The log
// can't show that they are, only that they look alike.
func statted(s *State, st *Step, c *event.Call) {
	fs := st.Thread.FS
	if !ok(c) || len(st.Given) == 0 || !strings.HasPrefix(fs.Cwd, mark) || s.Abs(fs.Cwd) != "" {
		return
	}
	given, looks := st.Given[0], ""
	for _, a := range c.Args() {
		if a.Kind == event.Struct {
			looks = string(event.AppendValue(nil, a, event.Format{}))
		}
	}
	switch {
	case given == "." && looks != "" && looks == st.Thread.looked.struc:
		s.learnCwd(fs, st.Thread.looked.path)
	case strings.HasPrefix(given, "/") && strings.Contains(looks, "S_IFDIR"):
		st.Thread.looked = look{path.Clean(given), looks}
	default:
		st.Thread.looked = look{}
	}
}

// look is the directory that a thread looked at last, with the struct it got.
type look struct{ path, struc string }

// learnCwd takes a true word on where a thread stands now.
func (s *State) learnCwd(fs *FS, dir string) {
	if !strings.HasPrefix(dir, "/") {
		return
	}
	if n, rest := -1, ""; strings.HasPrefix(fs.Cwd, mark) {
		n, rest = splitMark(fs.Cwd)
		if n >= 0 && s.bases[n] == "" && strings.HasSuffix(dir, rest) {
			base := strings.TrimSuffix(dir, rest)
			if base == "" {
				base = "/"
			}
			s.bases[n] = strings.Clone(base)
			clear(s.table.joined)
		}
	}
	if s.Abs(fs.Cwd) != dir {
		fs.Cwd = strings.Clone(dir) // a chdir that the trace doesn't hold, or a link on the way
	}
}
