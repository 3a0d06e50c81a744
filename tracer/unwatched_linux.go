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
	return c.resultless && !partsFiles(c) && !waitsForStandard(c) || c.closes && !t.written.has(c.args[0])
}

// waitsForStandard: what a program is given as its input or output may be a regular file,
// which epoll refuses (epoll_ctl(2)); others it makes itself.
func waitsForStandard(c *call) bool {
	return strings.HasPrefix(c.name, "epoll_ctl") && c.args[2] <= 2
}

// fdMax is how many descriptors of a table are told apart.
const fdMax = 1024

// fdSet is a set of the descriptors of a table. Threads that share the table
// share the set.
type fdSet [fdMax / 64]uint64

func (s *fdSet) add(fd uint64) {
	if fd = uint64(uint32(fd)); fd < fdMax {
		s[fd/64] |= 1 << (fd % 64)
	}
}

func (s *fdSet) remove(fd uint64) {
	if fd < fdMax {
		s[fd/64] &^= 1 << (fd % 64)
	}
}

// has is true for descriptors that can't be told apart.
func (s *fdSet) has(fd uint64) bool {
	fd = uint64(uint32(fd))
	return fd >= fdMax || s[fd/64]&(1<<(fd%64)) != 0
}

func (s *fdSet) copy() *fdSet {
	c := *s
	return &c
}

// inheritWritten gives what may have been written to in the descriptor table of a new
// thread: the parent's table, or a copy of it (clone(2), CLONE_FILES). Of one
// whose parent is not known, nil, that is everything. Flags are 0 where they
// are not known.
func inheritWritten(parent *thread, pid int, flags uint64) *fdSet {
	switch {
	case parent == nil:
		all := new(fdSet)
		for i := range all {
			all[i] = ^uint64(0)
		}
		return all
	case flags&unix.CLONE_FILES != 0, flags == 0 && parent.pid == pid:
		return parent.written
	}
	return parent.written.copy()
}

// partsFiles says whether a call gives a thread a descriptor table of its own
// (unshare(2), close_range(2)).
func partsFiles(c *call) bool {
	return c.name == "unshare" && c.args[0]&unix.CLONE_FILES != 0 ||
		c.name == "close_range" && c.args[2]&unix.CLOSE_RANGE_UNSHARE != 0
}

// writes says in which argument calls have a descriptor that is written to.
var writes = map[string]int{
	"write": 0, "writev": 0, "pwrite64": 0, "pwritev": 0, "pwritev2": 0,
	"ftruncate": 0, "ftruncate64": 0, "fallocate": 0, "ioctl": 0,
	"sendfile": 0, "sendfile64": 0, "copy_file_range": 2, "splice": 2, "vmsplice": 0,
	// Two names of one file can't be told apart.
	"dup": 0, "dup2": 0, "dup3": 0, "fcntl": 0, "fcntl64": 0, "pidfd_getfd": 0,
}

// wrote keeps to what a process writes, at the entry of a call.
func (e *engine) wrote(t *thread, c *call) {
	if !e.filtered {
		return
	}
	if c.writes >= 0 {
		t.written.add(c.args[c.writes])
	}
	switch c.name {
	case "dup2", "dup3":
		t.written.add(c.args[1])
	case "mmap", "mmap2":
		if c.args[2]&unix.PROT_WRITE != 0 && c.args[3]&unix.MAP_TYPE != unix.MAP_PRIVATE {
			t.written.add(c.args[4])
		}
	}
}

// opened keeps to a new descriptor, at the exit of a call: nothing was written to
// it yet, unless it is another name of a file.
func (e *engine) opened(t *thread, c *call, fd int64) {
	if partsFiles(c) && fd >= 0 {
		t.written = t.written.copy()
	}
	if !e.filtered || fd < 0 || c.desc == nil || c.desc.Ret != abi.FD {
		return
	}
	if c.writes >= 0 {
		t.written.add(uint64(fd))
	} else {
		t.written.remove(uint64(fd))
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
