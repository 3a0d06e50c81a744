package tracer

import (
	"fmt"
	"path"

	"golang.org/x/sys/unix"
)

// noted remembers which notes a process has got already: one of each kind.
type noted map[notedOf]bool

type notedOf struct {
	pid  int
	code string
}

// noteOnce makes a note of a process, of which it is the first of its kind.
func (e *engine) noteOnce(t *thread, code, text string) {
	of := notedOf{t.pid, code}
	if e.noted[of] {
		return
	}
	if e.noted == nil {
		e.noted = noted{}
	}
	e.noted[of] = true
	name := path.Base(readLink(procPath("/proc", t.pid, "exe")))
	e.note(t.tid, code, fmt.Sprintf("%s[%d] %s", name, t.pid, text))
}

// remark notes calls after which the capture doesn't tell all.
func (e *engine) remark(t *thread, c *call, info *syscallStop) {
	switch {
	case c.name == "io_uring_setup" && !info.isError:
		// Neither ptrace nor seccomp sees what the kernel does for it then
		// (io_uring(7)).
		e.noteOnce(t, "io_uring", "has set up io_uring: what it does through that makes no system calls, and is not in this trace")
	case c.name == "ptrace" && info.isError && info.ret == -int64(unix.EPERM) && e.isOurs(c):
		e.noteOnce(t, "traced-tracer", "could not trace a process, which has a tracer already: the one that made this trace")
	}
}

// isOurs says whether a ptrace request was for a tracee of ours, which can have
// no other tracer (ptrace(2)).
func (e *engine) isOurs(c *call) bool {
	switch c.args[0] {
	case unix.PTRACE_TRACEME:
		return true
	case unix.PTRACE_ATTACH, unix.PTRACE_SEIZE:
		return e.threads[int(int32(c.args[1]))] != nil
	}
	return false
}
