package replay

import (
	"strconv"
	"strings"
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

// AbsAddr is Abs for a socket address; other addresses than those of unix
// sockets stay as they are.
func (s *State) AbsAddr(a string) string {
	p, ok := strings.CutPrefix(a, "unix:")
	if !ok || !strings.HasPrefix(p, mark) {
		return a
	}
	return "unix:" + s.Abs(p)
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
			s.bases[n] = base
		}
	}
	if s.Abs(fs.Cwd) != dir {
		fs.Cwd = dir // a chdir that the trace doesn't hold, or a link on the way
	}
}
