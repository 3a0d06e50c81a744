package tracer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stracex/stracex/abi"
)

// accesses says whether a call is about one of Options.Paths: it has the path
// itself as an argument, or a descriptor that leads there.
func (e *engine) accesses(t *thread, c *call) bool {
	if len(e.opt.Paths) == 0 {
		return true
	}
	if c.desc == nil {
		return false
	}
	for i := range c.desc.Args {
		a := &c.desc.Args[i]
		if a.GivesPath() {
			if name, ok := c.text(c.args[i]); ok && slices.Contains(e.opt.Paths, name) {
				return true
			}
		}
		switch a.Kind {
		case abi.FD, abi.DirFD:
			if e.leadsThere(t, int(int32(c.args[i]))) {
				return true
			}
		case abi.Array, abi.Struct:
			if slices.ContainsFunc(c.waitedFor(a, i), func(fd int) bool { return e.leadsThere(t, fd) }) {
				return true
			}
		}
	}
	return false
}

// leadsThere says whether a thread's descriptor is one of the paths. A file may
// have been removed since it was opened.
func (e *engine) leadsThere(t *thread, fd int) bool {
	if fd < 0 {
		return false
	}
	target := readLink(procPath("/proc", t.tid, "fd/"+strconv.Itoa(fd)))
	return slices.Contains(e.opt.Paths, strings.TrimSuffix(target, " (deleted)"))
}

// waitedFor gives the descriptors that poll or select was given in argument i.
func (c *call) waitedFor(a *abi.Arg, i int) (list []int) {
	data := c.bytes(c.args[i])
	switch a.Set {
	case "pollfd":
		for ; len(data) >= 8; data = data[8:] {
			list = append(list, int(int32(little(data[:4]))))
		}
	case "fd_set":
		for fd := range min(len(data)*8, int(uint32(c.args[0]))) {
			if data[fd/8]&(1<<(fd%8)) != 0 {
				list = append(list, fd)
			}
		}
	}
	return list
}
