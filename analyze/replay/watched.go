package replay

import (
	"maps"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// watched are the files that a call waits for: those of epoll(7), poll(2) and
// select(2).
func (st *Step) watched() (files []*File) {
	if st.Event.Call == nil || st.Thread == nil {
		return nil
	}
	open := st.Thread.Files
	add := func(v event.Value) {
		if n, ok := v.FD(); ok && open.Get(n) != nil {
			files = append(files, open.Get(n))
		}
	}
	switch c := st.Event.Call; {
	case strings.HasPrefix(c.Name, "epoll_"):
		for _, x := range st.File.watches() {
			if open.Has(func(o *File) bool { return o == x }) {
				files = append(files, x)
			}
		}
	case c.Name == "poll", c.Name == "ppoll":
		for _, e := range c.Arg(0).Elems {
			add(e.Field("fd"))
		}
	case strings.Contains(c.Name, "select"):
		for _, e := range c.Arg(1).Elems {
			add(e)
		}
	}
	return files
}

// maxWatched bounds what is remembered of an epoll instance.
const maxWatched = 1 << 10

// watches are the files that an epoll instance was told to watch, by descriptor.
func (f *File) watches() (files []*File) {
	if f == nil {
		return nil
	}
	for _, n := range slices.Sorted(maps.Keys(f.watched)) {
		files = append(files, f.watched[n])
	}
	return files
}

// watchChanged follows what an epoll instance watches. Captures don't have its result.
func watchChanged(_ *State, st *Step, c *event.Call) {
	n, is := c.Arg(2).FD()
	if f := st.File; f != nil && is && (ok(c) || !c.Ret.Known) {
		f.watch(n, st.Thread.Files.Get(n), c.Arg(1).Has("EPOLL_CTL_DEL"))
	}
}

func (f *File) watch(n int, x *File, ends bool) {
	switch {
	case ends:
		delete(f.watched, n)
	case x == nil || len(f.watched) >= maxWatched:
	case f.watched == nil:
		f.watched = map[int]*File{n: x}
	default:
		f.watched[n] = x
	}
}
