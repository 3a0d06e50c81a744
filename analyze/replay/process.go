package replay

import (
	"path"
	"strings"

	"github.com/stracex/stracex/event"
)

// Thread is one thread (a task of the kernel).
type Thread struct {
	TID    int
	Proc   *Process
	Files  *Table
	FS     *FS
	Calls  int        // calls completed so far
	Inside bool       // it is in a call that has begun and not ended
	Since  event.Time // when the last call began that another event fell into
	Ended  bool
	looked look
	seen   bool // the trace holds events of its own
	// Pending is the Entered event of the call the thread is in, nil if none.
	Pending *event.Event
}

// Process is a thread group, through all its execve.
type Process struct {
	PID      int
	Inner    int      // what its parent calls it in a pid namespace of their own, 0 if the same
	Parent   *Process // nil for the command itself, or when not known
	Children []*Process
	// Forked is the event of the call that made it, nil when not seen.
	Forked *event.Event
	// Program is the absolute path of the program that runs, "" when unknown.
	Program string
	Argv    []string
	// Tried is what a process without a program of its own failed to execute.
	Tried string
	Execs []Exec
	Cred  Cred
	// Dropped: it has given up root's id for good, by setuid(2) or setresuid(2).
	Dropped bool
	// Calls counts the calls of all its threads.
	Calls   int
	Threads int // living threads
	First   *event.Event
	Last    int          // Index of its last event
	Exit    *event.Exit  // how it ended, nil while it lives
	Ended   *event.Event // the event that said so
	Reaped  *event.Event // the parent's wait that took its status
	// ReapedAt is the number of that call among the parent's.
	ReapedAt int
	// Seen: the trace holds events of its own, not only its birth and end.
	Seen     bool
	signaled *event.Event // its last signal
	// inside: it is in a pid namespace that was made in the trace; below: its children
	// will be in a new one.
	inside, below bool
	// Before says that the process ran before the trace began (attached).
	Before bool
	// Std are the open files last seen as descriptors 0, 1 and 2.
	Std [3]*File
}

// Exec is one successful execve.
type Exec struct {
	Event   *event.Event
	Program string
	Argv    []string
}

// Cred is as whom a process runs; Known is false until the trace says it.
type Cred struct {
	Known     bool
	UID, GID  uint32 // effective
	Groups    []uint32
	HasGroups bool
}

// FS is what CLONE_FS shares: working directory, root and umask.
type FS struct {
	Cwd  string // absolute within Root; "" when not known
	Root string // "/" unless changed
	// outside is where the working directory is that chroot has left outside of Root.
	outside string
	// Chdir is the event that set Cwd, none when it was inherited from before
	// the trace.
	Chdir   event.Kept
	ChdirBy *Process
}

// inside gives a path that was told from outside (strace -y reads it from /proc) as the
// process sees it, which may stand in a root of its own.
func (fs *FS) inside(p string) string {
	rest, below := strings.CutPrefix(p, fs.Root)
	switch {
	case fs.Root == "/" || !below:
		return p
	case rest == "":
		return "/"
	case rest[0] == '/':
		return rest
	}
	return p
}

// Name is the base name of the program, or of what it was started as.
func (p *Process) Name() string {
	if p == nil {
		return ""
	}
	if p.Program != "" {
		return path.Base(p.Program)
	}
	if len(p.Argv) > 0 {
		return path.Base(p.Argv[0])
	}
	if p.Tried != "" {
		return path.Base(p.Tried)
	}
	return ""
}

// Failed says whether the process ended with a status other than 0 or by a
// signal.
func (p *Process) Failed() bool {
	return p.Exit != nil && (p.Exit.Code != 0 || p.Exit.Signal != "")
}

// Descends says whether p is q or one of q's descendants.
func (p *Process) Descends(q *Process) bool {
	for depth := 0; p != nil && depth < 1<<16; p, depth = p.Parent, depth+1 {
		if p == q {
			return true
		}
	}
	return false
}
