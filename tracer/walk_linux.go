package tracer

import (
	"errors"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// maxLinks is how many symbolic links the kernel follows (path_resolution(7)).
const maxLinks = 40

// place is where a tracee looks at the file system from. All its paths are
// absolute ones as the tracee sees them.
type place struct {
	tid, pid int
	proc     string // "/proc/TID"
	root     string // the tracee's root directory, as the tracer sees it
}

func placeOf(proc string, tid, pid int) place {
	p := place{tid: tid, pid: pid, proc: proc + "/" + strconv.Itoa(tid)}
	p.root = readLink(p.proc + "/root")
	return p
}

// here gives a path by which the tracer reaches a path of the tracee: through
// /proc/TID/root, so that chroot and mount namespace count.
func (p place) here(name string) string { return p.proc + "/root" + name }

// directory gives the path of a directory that relative paths begin at: the
// working directory for AT_FDCWD.
func (p place) directory(dirfd int) (dir string, ok bool) {
	link := p.proc + "/cwd"
	if dirfd != unix.AT_FDCWD {
		link = p.proc + "/fd/" + strconv.Itoa(dirfd)
	}
	if dir = readLink(link); dir == "" {
		return "", false
	}
	return p.inside(dir), true
}

// inside turns a path that the kernel has given to the tracer into the tracee's.
func (p place) inside(name string) string {
	if p.root == "" || p.root == "/" {
		return name
	}
	if rest, ok := strings.CutPrefix(name, p.root); ok && (rest == "" || rest[0] == '/') {
		return "/" + strings.TrimPrefix(rest, "/")
	}
	return name
}

// walk is a walk over a path, as the kernel does it: component after component,
// symbolic links followed inside the tracee's root.
type walk struct {
	place place
	steps []stx.PathStep
	links int
	// end is the path that the walk came to, without links; "" when it failed.
	end string
	// missing: all is there but the path's last component.
	missing bool
}

// to walks to an absolute path; follow says whether a link at its end is
// followed too. It stops at the first component that can't be looked at.
func (w *walk) to(name string, follow bool) {
	w.end, w.missing = "", false
	cur, rest := "/", split(name)
	if !w.step("/") {
		return
	}
	last := false // the path's last component was a link
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		if part == ".." {
			cur = path.Dir(cur)
			continue
		}
		at := path.Join(cur, part)
		if !w.step(at) {
			w.missing = len(rest) == 0 && !last
			return
		}
		link := w.link(at)
		if link == "" || len(rest) == 0 && !follow {
			cur = at
			continue
		}
		if w.links++; w.links > maxLinks {
			w.steps = append(w.steps, stx.PathStep{Path: at, Errno: int32(unix.ELOOP)})
			return
		}
		last = last || len(rest) == 0
		if strings.HasPrefix(link, "/") {
			cur = "/"
		}
		rest = append(split(link), rest...)
	}
	w.end = cur
}

// split gives a path's components; a slash at the end asks for a directory, as
// "." does.
func split(name string) []string {
	var parts []string
	for _, s := range strings.Split(name, "/") {
		if s != "" && s != "." {
			parts = append(parts, s)
		}
	}
	return parts
}

// step looks at one component and says whether the walk can go on.
func (w *walk) step(at string) bool {
	var st unix.Stat_t
	if err := unix.Lstat(w.place.here(at), &st); err != nil {
		var errno unix.Errno
		errors.As(err, &errno)
		w.steps = append(w.steps, stx.PathStep{Path: at, Errno: int32(errno)})
		return false
	}
	for i := range w.steps {
		if w.steps[i].Path == at && w.steps[i].Errno == 0 {
			return true
		}
	}
	s := stx.PathStep{Path: at, Mode: st.Mode, UID: st.Uid, GID: st.Gid, Size: st.Size}
	if st.Mode&unix.S_IFMT == unix.S_IFLNK {
		s.Link = w.readlink(at)
	}
	w.steps = append(w.steps, s)
	return true
}

// link gives what a component that was stepped on links to, "" for no link.
func (w *walk) link(at string) string {
	for i := range w.steps {
		if w.steps[i].Path == at {
			return w.steps[i].Link
		}
	}
	return ""
}

// readlink reads a link as the tracee would: /proc/self is another one for it.
// The links below /proc/PID that the kernel jumps through are not followed by
// their text.
func (w *walk) readlink(at string) string {
	switch at {
	case "/proc/self":
		return strconv.Itoa(w.place.pid)
	case "/proc/thread-self":
		return strconv.Itoa(w.place.pid) + "/task/" + strconv.Itoa(w.place.tid)
	}
	link := readLink(w.place.here(at))
	if strings.HasPrefix(at, "/proc/") && strings.HasPrefix(link, "/") {
		return w.place.inside(link)
	}
	return link
}
