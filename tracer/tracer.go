package tracer

import (
	"errors"
	"time"

	"github.com/stracex/stracex/stx"
)

// ErrUnsupported is returned where no engine exists for the system.
var ErrUnsupported = errors.New("capturing needs Linux on amd64 or arm64")

// Options say what to run and how.
type Options struct {
	Argv        []string // command and arguments; Argv[0] is looked up in PATH
	Env         []string // nil: the tracer's own
	Dir         string   // "": the tracer's own
	Tool        string   // goes into stx.Begin
	StringLimit int      // bytes copied of a buffer, 256 by default
	// Quiet is how long to wait, after the command itself has ended, for
	// processes that it left behind to be silent before they are let go
	// (default 200 ms, with a cap of a few seconds whatever they do).
	Quiet time.Duration
	// Timeout ends the capture while the command is still running; 0 is none.
	// What happens to the command then is Kill.
	Timeout time.Duration
	Kill    bool // at Timeout, end what was started instead of letting it go
	// Sink takes each record, in order, on the engine's own goroutine.
	Sink func(*stx.Record) error
}

// Result is how the command ended.
type Result struct {
	PID      int
	ExitCode int // exit status when Signal is 0
	Signal   int
	TimedOut bool
	Left     []int // processes that were let go while running
}

// Engine: Start begins a capture of a command; Run does the whole job.
//
//	Run(ctx context.Context, o Options) (Result, error)
//	Init()   must be called first in main: it is the child's side of the start
