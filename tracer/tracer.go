package tracer

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// ErrUnsupported is returned where no engine exists for the system.
var ErrUnsupported = errors.New("capturing needs Linux on amd64 or arm64")

// Options say what to run and how.
type Options struct {
	Argv        []string // command and arguments; Argv[0] is looked up in PATH
	Attach      []int    // processes to attach to, with all their threads; Argv may be empty then
	Env         []string // nil: the tracer's own
	Dir         string   // "": the tracer's own
	Tool        string   // goes into stx.Begin
	StringLimit int      // bytes copied of a buffer, 256 by default
	// Paths: of Calls only those are recorded that have one of these as an
	// argument, exactly so, or a descriptor that leads to one; none is all.
	Paths []string
	// EnvValues: the values of environments are copied too, not only the names.
	EnvValues bool
	// User is whom the command runs as; nil: whom the tracer runs as. Another
	// user needs CAP_SETUID and CAP_SETGID. Programs that are set-user-ID get
	// their privileges then, as a tracer that may do this may do that too.
	User *User
	// Stdin, Stdout and Stderr are the command's; nil: the tracer's own.
	Stdin, Stdout, Stderr *os.File
	// Quiet is how long to wait, after the command itself has ended, for
	// processes that it left behind to be silent before they are let go
	// (default 200 ms, with a cap of a few seconds whatever they do).
	Quiet time.Duration
	// Timeout ends the capture while the command is still running; 0 is none.
	// What happens to the command then is Kill.
	Timeout time.Duration
	Kill    bool // at Timeout, end what was started instead of letting it go
	// Wait follows the processes that the command leaves behind to their end.
	Wait bool
	// Calls are the calls that are recorded; nil is all. Under RunApart a
	// seccomp filter stops the processes for these only, where that hides
	// nothing (see filterable); else all calls stop, and others are dropped.
	Calls *choice.Set
	// MaxSize bounds the capture that RunApart writes, in bytes; 0 is no bound.
	MaxSize int64
	// NoFilter: all calls stop in any case. What the command leaves behind can
	// then be let go, and is not under a filter.
	NoFilter bool
	// MaxPeers: that many processes of this machine are attached to that the
	// traced ones connect to; 0 is none.
	MaxPeers int
	// Sink takes each record, in order, on the engine's own goroutine. It keeps
	// nothing of the record, which is used again. After an error nothing more is recorded,
	// the command runs on untraced, and Run returns the error with the result.
	Sink func(*stx.Record) error
	// apart: the process is the engine's alone.
	apart bool
}

// User is an identity, as initgroups(3) and setuid(2) give it to a process.
type User struct {
	UID, GID uint32
	Groups   []uint32 // all of its groups, GID among them
}

// Result is how the command ended.
type Result struct {
	Begun    bool // the capture has: the command was started, or processes attached to
	PID      int  // of the command, 0 without one
	ExitCode int  // exit status when Signal is 0
	Signal   int
	TimedOut bool
	Left     []int // processes that were let go while running, also those attached to
	// Running: the command itself is among Left, ExitCode means nothing.
	Running bool
	// Kept is how many of Left are under the filter still. The engine's process
	// stays, and continues them at their stops, until the last has ended.
	Kept int
	// Filtered: a seccomp filter was used.
	Filtered bool
}

// NotFoundError says that no directory of PATH has the program.
type NotFoundError struct{ Name string }

func (e *NotFoundError) Error() string { return "no such program: " + e.Name }

// AttachError says why a process can't be attached to.
type AttachError struct {
	PID    int
	Tracer int    // the process that traces it already, 0 for none
	Name   string // of that process
	Err    error  // ESRCH: there is no such process; EPERM
}

func (e *AttachError) Error() string {
	if e.Tracer != 0 {
		return fmt.Sprintf("process %d is traced already, by process %d (%s)", e.PID, e.Tracer, e.Name)
	}
	return fmt.Sprintf("attaching to process %d: %v", e.PID, e.Err)
}
func (e *AttachError) Unwrap() error { return e.Err }

// PermissionError says that the kernel doesn't let us trace.
type PermissionError struct {
	// Yama is /proc/sys/kernel/yama/ptrace_scope, -1 where there is none.
	// 3 forbids ptrace to everyone, 2 without CAP_SYS_PTRACE.
	Yama int
	// Capable: the tracer has CAP_SYS_PTRACE.
	Capable bool
	// Seccomp: the tracer runs under a seccomp filter, as in a container.
	Seccomp bool
	Err     error // EPERM
}

func (e *PermissionError) Error() string { return "ptrace is not permitted: " + e.Err.Error() }
func (e *PermissionError) Unwrap() error { return e.Err }

// KernelError says that the kernel lacks what the engine needs.
type KernelError struct {
	Needs string // "PTRACE_GET_SYSCALL_INFO (Linux 5.3)"
	Err   error
}

func (e *KernelError) Error() string {
	return "this kernel has no " + e.Needs + ": " + e.Err.Error()
}
func (e *KernelError) Unwrap() error { return e.Err }
