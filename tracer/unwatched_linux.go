package tracer

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
)

// An exit-stop costs as much as a call's entry. Under the filter a call whose
// result no diagnosis asks for runs on from its entry (stx.Enter.NoExit).

// resultless are calls that fail for no reason but a mistake, or whose failure
// has no effect.
var resultless = strings.Fields("epoll_ctl epoll_ctl_old fadvise64 fadvise64_64 readahead close_range umask alarm sync")

// unwatched says whether a call's exit is of no interest. A close fails for what
// was written and could not be kept (close(2)), so it is where nothing was.
func (e *engine) unwatched(t *thread, c *call) bool {
	if !e.filtered || !e.started || t.all || !e.choice.diagnose {
		return false
	}
	return c.resultless || c.closes && !e.written.has(t.pid, c.args[0])
}

// fdMax is how many descriptors of a process are told apart.
const fdMax = 1024

// fdSets are sets of descriptors, by process.
type fdSets map[int]*[fdMax / 64]uint64

func (s fdSets) add(pid int, fd uint64) {
	set := s[pid]
	if set == nil {
		set = new([fdMax / 64]uint64)
		s[pid] = set
	}
	if fd = uint64(uint32(fd)); fd < fdMax {
		set[fd/64] |= 1 << (fd % 64)
	}
}

func (s fdSets) remove(pid int, fd uint64) {
	if set := s[pid]; set != nil && fd < fdMax {
		set[fd/64] &^= 1 << (fd % 64)
	}
}

// has is true for descriptors that can't be told apart.
func (s fdSets) has(pid int, fd uint64) bool {
	fd = uint64(uint32(fd))
	set := s[pid]
	return fd >= fdMax || set != nil && set[fd/64]&(1<<(fd%64)) != 0
}

// writes says in which argument calls have a descriptor that is written to.
var writes = map[string]int{
	"write": 0, "writev": 0, "pwrite64": 0, "pwritev": 0, "pwritev2": 0,
	"ftruncate": 0, "ftruncate64": 0, "fallocate": 0, "ioctl": 0,
	"sendfile": 0, "sendfile64": 0, "copy_file_range": 2, "splice": 2, "vmsplice": 0,
	// Two names of one file can't be told apart.
	"dup": 0, "dup2": 0, "dup3": 0, "fcntl": 0, "fcntl64": 0,
}

// wrote keeps to what a process writes, at the entry of a call.
func (e *engine) wrote(t *thread, c *call) {
	if !e.filtered {
		return
	}
	if c.writes >= 0 {
		e.written.add(t.pid, c.args[c.writes])
	}
	switch c.name {
	case "dup2", "dup3":
		e.written.add(t.pid, c.args[1])
	case "mmap", "mmap2":
		if c.args[2]&unix.PROT_WRITE != 0 && c.args[3]&unix.MAP_TYPE != unix.MAP_PRIVATE {
			e.written.add(t.pid, c.args[4])
		}
	}
}

// opened keeps to a new descriptor, at the exit of a call: nothing was written to
// it yet, unless it is another name of a file.
func (e *engine) opened(t *thread, c *call, fd int64) {
	if !e.filtered || fd < 0 || c.desc == nil || c.desc.Ret != abi.FD {
		return
	}
	if c.writes >= 0 {
		e.written.add(t.pid, uint64(fd))
	} else {
		e.written.remove(t.pid, uint64(fd))
	}
}

// setWrites fills in what this file asks of a kind.
func (k *kind) setWrites() {
	k.closes = k.name == "close"
	k.resultless = slices.Contains(resultless, k.name)
	if i, ok := writes[k.name]; ok {
		k.writes = i
	} else {
		k.writes = -1
	}
}
