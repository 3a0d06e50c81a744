package tracer

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// A compiler asks for each header in each of its directories. Of a directory that
// was walked to, and in which something was missing, the walk is kept: the next
// one to it begins there, as long as the path still leads to the same directory
// and that has not changed.

// Of so many directories the walk is kept, where its paths are no longer than this
// together: a program can make deep ones.
const (
	searchedMax  = 512
	searchedRoom = 4096
)

// searched are walks to directories.
type searched map[searchedDir]*walkTo

// searchedDir is a directory by name, for those with the same root.
type searchedDir struct{ root, dir string }

type walkTo struct {
	steps []stx.PathStep // up to the directory
	end   string         // its name without links
	state dirState
}

// dirState changes whenever the directory does, or its name leads elsewhere.
type dirState struct {
	dev, ino uint64
	changed  unix.Timespec
}

// walk walks over a path that a call has failed on. Only the lack of a file has
// nothing to do with how the way to it is; for other errors it is gone anew, and
// below /proc, where a name leads each process elsewhere.
func (e *engine) walk(w *walk, c *call, errno unix.Errno, full string) {
	follow := followsLast(c)
	dir, name := path.Split(full)
	if errno != unix.ENOENT || c.executes || name == "" || strings.Contains(full, "..") || strings.HasPrefix(full, "/proc/") {
		w.to(full, follow)
		return
	}
	at := searchedDir{w.place.root, dir}
	state, ok := w.place.dirState(dir)
	if known := e.searched[at]; known != nil && ok && known.state == state && w.misses(known, name) {
		return
	}
	w.to(full, follow)
	if ok && w.missing {
		e.searched.keep(at, w, state)
	}
}

func (p place) dirState(dir string) (s dirState, ok bool) {
	var st unix.Stat_t
	if unix.Stat(p.here(dir), &st) != nil {
		return s, false
	}
	return dirState{st.Dev, st.Ino, st.Ctim}, true
}

// misses goes the known way to a directory and looks for a name there. It says
// whether that is missing, as it should.
func (w *walk) misses(known *walkTo, name string) bool {
	w.steps = append(w.steps, known.steps...)
	if w.step(path.Join(known.end, name)) {
		w.steps = nil
		return false
	}
	w.missing = true
	return true
}

// keep keeps the walk to the directory in which the last step went wrong.
func (s searched) keep(at searchedDir, w *walk, state dirState) {
	last := len(w.steps) - 1
	size := len(at.root) + len(at.dir)
	for _, step := range w.steps[:last] {
		size += len(step.Path) + len(step.Link)
	}
	if size > searchedRoom {
		return
	}
	if len(s) >= searchedMax {
		clear(s)
	}
	s[at] = &walkTo{slices.Clone(w.steps[:last]), path.Dir(w.steps[last].Path), state}
}
