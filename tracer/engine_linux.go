package tracer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

const (
	// stageOptions are the stage's until its execve: no event of its runtime
	// concerns us, but it must die with us.
	stageOptions = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_EXITKILL | unix.PTRACE_O_TRACESECCOMP
	// followOptions are the command's, and its children's by inheritance.
	followOptions = stageOptions | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACEFORK |
		unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE
)

// engine is one capture under way. All its methods run on one locked thread:
// the kernel takes ptrace requests from a tracee's tracer thread only.
type engine struct {
	opt     Options
	ctx     context.Context
	waker   *waker
	command int  // process id
	staging bool // the command has not reached its execve, or is past a failed one
	entered bool // the command has reached its execve
	started bool // the command's execve has succeeded
	capable bool // we have CAP_SYS_PTRACE
	// labelled: a security module gives processes a label.
	labelled bool

	threads map[int]*thread
	// early holds threads whose first stop came before the event that names
	// their parent. They wait for it.
	early map[int]*early

	ending ending
	// filtered: the command is under our seccomp filter, and the calls that
	// are not chosen don't stop.
	filtered bool
	mayKeep  bool // this process may stay for tracees that can't be let go
	choice   *chosen

	sinkErr error
	result  Result
	over    bool // the command itself has ended

	lastEvent time.Time // when a tracee last did something, while over
	own       *ownSignals
	looked    lookedUp
	searched  searched
	variables map[int]setPaths // by process, see variables_linux.go
	peers     peers
	kinds     map[uint64]*kind
	noted     noted
	cpu       *processor
	now       current
	heap      *heap // nil: Go's own affair
	spare     spareCopies
	kernelLog kernelLog
	auditLog  auditLog
}

// current is what belongs to the stop at hand only. It is used again at the next.
type current struct {
	plan   plan
	pages  pages
	copies copies // at an exit
	record stx.Record
	enter  stx.Enter
	exit   stx.Exit
}

// thread is a traced thread.
type thread struct {
	tid, pid int
	call     *call // the call it is in, nil outside
	entered  call  // where call points to
	memory   memory
	// all: it stops for all calls, though there is a filter.
	all bool
	// mayOutlive: it is in a vfork, see mayOutliveUs.
	mayOutlive bool
	// attached: it, or one that it descends from, was not started by us.
	attached bool
	fresh    bool // attached to, and not stopped yet
	// meets: the call that it is in may wait for peers, until waitsUntil.
	meets      bool
	waitsUntil time.Time
	fifo       *fifo // that the call it is in opens, nil for none
	// interrupted: we have asked it to stop, see mend.
	interrupted bool
	// written are the descriptors that may have been written to.
	written *fdSet
	// credentials are nil when they aren't known.
	credentials *credentials
}

// call is a system call between its two stops.
type call struct {
	*kind
	args   [6]uint64
	desc   *abi.Call // nil: not in abi's table
	copies           // at the entry
	// silent: the engine itself wants to know of it, it is not recorded.
	silent bool
}

// kind is what is known of all calls of a number.
type kind struct {
	arch     abi.Arch
	nr       uint64
	name     string
	desc     *abi.Call // of no command in particular
	executes bool
	// see unwatched_linux.go
	closes, resultless bool
	changesCredentials bool
	writes             int // the argument that is a descriptor written to, -1 for none
}

// early is a thread seen before its birth was announced.
type early struct {
	status unix.WaitStatus
	dead   bool
}

// Run runs a command under ptrace until it and all that it started have ended or
// been let go. Errors: *NotFoundError, *PermissionError, *KernelError,
// ErrUnsupported when nothing was run; the sink's error and ctx's, with a valid
// Result, when the capture has ended before the command. ctx's end lets all
// processes go.
func Run(ctx context.Context, o Options) (Result, error) {
	result, _, err := run(ctx, o, false)
	return result, err
}

// run is Run. With mayKeep it may leave processes under a filter, and then kept
// is a channel that is closed when the last of them has ended: this process must
// live as long.
func run(ctx context.Context, o Options, mayKeep bool) (_ Result, kept <-chan struct{}, _ error) {
	if native == 0 {
		return Result{}, nil, ErrUnsupported
	}
	if err := ctx.Err(); err != nil {
		return Result{}, nil, context.Cause(ctx)
	}
	if len(o.Argv) == 0 && len(o.Attach) == 0 {
		return Result{}, nil, errors.New("no command")
	}
	if o.StringLimit <= 0 {
		o.StringLimit = 256
	}
	if o.Quiet <= 0 {
		o.Quiet = 200 * time.Millisecond
	}
	type outcome struct {
		result Result
		err    error
	}
	done, gone := make(chan outcome, 1), make(chan struct{})
	go func() {
		// Never unlocked: the thread ends with the goroutine, and with it
		// whatever state ptrace and the signal mask have left in it.
		runtime.LockOSThread()
		e := &engine{opt: o, ctx: ctx, mayKeep: mayKeep, threads: map[int]*thread{}, early: map[int]*early{}, searched: searched{}}
		if o.apart {
			e.heap = &heap{most: heapMin}
		}
		result, err := e.run()
		done <- outcome{result, err}
		if result.Kept > 0 {
			e.heap.give()
			e.keep()
		}
		close(gone)
	}()
	out := <-done
	if out.result.Kept > 0 {
		kept = gone
	}
	return out.result, kept, out.err
}

// run does the whole job on the calling thread.
func (e *engine) run() (Result, error) {
	own := engineCalls
	if e.opt.MaxPeers > 0 {
		own += "," + peerCalls
	}
	e.choice = newChosen(e.opt.Calls, own)
	s, err := e.startCommand()
	if err != nil {
		return Result{}, err
	}
	defer s.abandon()
	// What follows is done while the stage's runtime starts.
	if e.waker, err = newWaker(); err != nil {
		return Result{}, fmt.Errorf("preparing to be woken: %w", err)
	}
	defer setRestart(wakeSignal, true)
	defer e.waker.stop()
	e.watch(s)
	defer e.own.stop(e.opt.apart)
	defer e.cpu.stop()
	if err := takeStage(s); err != nil {
		return Result{}, err
	}
	defer e.watchEnds()()

	e.kernelLog, e.auditLog = openKernelLog(), openAuditLog(auditLogFile)
	defer e.kernelLog.close()
	defer e.auditLog.close()
	e.begin()
	if err := e.attachAll(); err != nil {
		return Result{}, err
	}
	if err := s.release(); err != nil {
		return Result{}, fmt.Errorf("starting the command: %w", err)
	}
	e.result.Begun = true
	e.loop()
	if e.over && !e.entered {
		if err := s.failure(); err != nil {
			return Result{}, err
		}
	}
	e.finish()
	return e.result, e.failure()
}

// watchEnds wakes the engine when the time is up or the context ends. The
// function it returns stops that.
func (e *engine) watchEnds() func() {
	stop := context.AfterFunc(e.ctx, e.waker.wake)
	if e.opt.Timeout <= 0 {
		return func() { stop() }
	}
	e.ending.timeout = time.Now().Add(e.opt.Timeout)
	timer := time.AfterFunc(e.opt.Timeout, e.waker.wake)
	return func() { stop(); timer.Stop() }
}

// loop takes stops and deaths of tracees until there are none left, or those
// that are left were let go.
func (e *engine) loop() {

	for !e.ending.done {
		var status unix.WaitStatus
		tid, err := e.wait(&status)
		if err != nil && err != unix.EINTR {
			return // ECHILD: all have ended
		}
		if err == nil {
			e.cpu.stopped(tid)
			e.handle(tid, status)
		}
		if e.waker.noticed() {
			e.lookAround()
		}
	}
}

// handle deals with one report of wait4.
func (e *engine) handle(tid int, status unix.WaitStatus) {
	t := e.threads[tid]
	if t != nil && t.fresh {
		t.fresh = false
		if status.Stopped() {
			e.recordInterrupted(t)
		}
	}
	e.came(tid)
	if e.ending.mode == modeKeep && (t == nil || !t.attached) {
		e.handleKept(tid, status)
		return
	}
	if e.over && e.isOfCommand(tid, t) {
		e.lastEvent = time.Now()
	}
	switch {
	case t == nil && (status.Exited() || status.Signaled()):
		if tid == e.command {
			e.commandEnded(status)
		} else if w := e.early[tid]; w != nil {
			w.status, w.dead = status, true
		} else if e.ending.mode == modeFollow {
			e.early[tid] = &early{status: status, dead: true}
		}
	case t == nil:
		e.early[tid] = &early{status: status}
		if e.ending.mode != modeFollow {
			e.adoptUnannounced(tid)
		}
	case status.Exited() || status.Signaled():
		e.ended(t, status)
	case status.Stopped():
		e.stopped(t, status)
	}
}

// isOfCommand says whether a thread, t if it is known, is of the command's making: a
// server that we are attached to goes on with others, and is not waited for.
func (e *engine) isOfCommand(tid int, t *thread) bool {
	if t == nil {
		s, err := readStatus("/proc", tid)
		if t = e.threads[s.tgid]; t == nil {
			t = e.threads[s.ppid]
		}
		return err == nil && t != nil && !t.attached
	}
	return !t.attached
}

// handleKept deals with a report of a thread that we may have to stay for.
func (e *engine) handleKept(tid int, status unix.WaitStatus) {
	if tid == e.command && !status.Stopped() {
		e.commandEnded(status)
		e.checkDone()
	}
	if e.staging && tid == e.command && status.Stopped() {
		// The sink has failed before the execve; its children need us too.
		e.staging = unix.PtraceSetOptions(tid, followOptions) != nil
	}
	if e.threads[tid] == nil && status.Stopped() && e.anyAttached() {
		e.early[tid] = &early{status: status} // a child of one, perhaps
		e.adoptUnannounced(tid)
		return
	}
	keepOn(tid, status)
}

// ended records the death of a thread.
func (e *engine) ended(t *thread, status unix.WaitStatus) {
	if t.call != nil && makesThread(t.call.name) {
		e.adoptOrphans(t)
	}
	delete(e.threads, t.tid)
	if t.tid == t.pid {
		delete(e.variables, t.pid)
	}
	e.spare.give(t.entered.copies)
	e.ending.progress()
	end := &stx.End{Code: status.ExitStatus(), Core: status.CoreDump()}
	if status.Signaled() {
		end.Code, end.Signal = 0, int(status.Signal())
	}
	if e.entered || t.attached {
		e.emit(&stx.Record{Kind: stx.KindEnd, TID: t.tid, End: end})
	}
	if t.tid == e.command {
		e.commandEnded(status)
	}
	if e.ending.mode == modeKeep {
		e.checkDone()
	}
}

// commandEnded keeps how the command has ended; what it left behind gets a
// little time.
func (e *engine) commandEnded(status unix.WaitStatus) {
	e.over = true
	e.result.ExitCode, e.result.Signal = status.ExitStatus(), 0
	if status.Signaled() {
		e.result.ExitCode, e.result.Signal = 0, int(status.Signal())
	}
	e.beginQuiet()
}

// emit stamps a record and gives it to the sink. After the sink's first error the
// capture is over.
func (e *engine) emit(r *stx.Record) {
	r.Time = time.Now().UnixNano()
	if e.sinkErr != nil || e.opt.Sink == nil {
		return
	}
	if err := e.opt.Sink(r); err != nil {
		e.sinkErr = err
		e.letAllGo("sink")
	}
}

func (e *engine) note(tid int, code, text string) {
	e.emit(&stx.Record{Kind: stx.KindNote, TID: tid, Note: &stx.Note{Code: code, Text: text}})
}
