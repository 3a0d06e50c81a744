package tracer

import (
	"fmt"
	"path"
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
	if c.name == "io_uring_setup" && !info.isError {
		// Neither ptrace nor seccomp sees what the kernel does for it then
		// (io_uring(7)).
		e.noteOnce(t, "io_uring", "has set up io_uring: what it does through that makes no system calls, and is not in this trace")
	}
}
