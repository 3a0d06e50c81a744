package tracer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// The engine runs in a process of its own, between stracex and the command. So
// stracex can answer and end while the engine stays behind for processes that it
// can't leave (keep_linux.go), and its analysis never shares a garbage collector
// with the engine. The two speak JSON over a socket: an order, then an outcome.
// The socket's end tells each that the other has died.

// apartName is the engine process's argv[0]; argv[1] is the socket's number,
// argv[2] the capture's.
const apartName = "stracex: tracer"

// Words to the engine.
const (
	goodbye = "goodbye" // let all processes go
	enough  = "enough"  // end them
)

var errEnough = errors.New("interrupted again and again")

// flushEvery is how much of a capture a crash may lose.
const flushEvery = time.Second

// RunApart runs a command as Run does, in a process of its own, which writes the
// capture to file. Options.Sink and the standard streams must not be set. Only
// so is a seccomp filter used, see Options.Calls.
func RunApart(ctx context.Context, o Options, file *os.File) (Result, error) {
	if native == 0 {
		return Result{}, ErrUnsupported
	}
	if o.Sink != nil || o.Stdin != nil || o.Stdout != nil || o.Stderr != nil {
		return Result{}, errors.New("an engine apart has no sink and no streams of its own")
	}
	a, err := startApart(file)
	if err != nil {
		return Result{}, startError(&Options{}, err)
	}
	defer a.conn.Close()
	if len(o.Argv) > 0 {
		defer a.forwardSignals()()
	} else {
		// They are meant for us, and say that it is enough.
		var stop func()
		ctx, stop = signal.NotifyContext(ctx, unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
		defer stop()
	}
	defer context.AfterFunc(ctx, func() { _ = a.send(goodbye) })()
	if err := a.send(newOrder(&o)); err != nil {
		return Result{}, a.died(err)
	}
	var out outcome
	if err := json.NewDecoder(a.conn).Decode(&out); err != nil {
		return Result{}, a.died(err)
	}
	if out.Result.Kept == 0 {
		a.wait()
	}
	if out.Interrupted && len(o.Argv) > 0 {
		return out.Result, context.Cause(ctx)
	}
	return out.Result, out.failure()
}

// apart is an engine's process, as stracex sees it.
type apart struct {
	pid  int
	conn *os.File
}

// startApart starts the engine's process with all descriptors that are meant for
// the command.
func startApart(file *os.File) (*apart, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	conn := os.NewFile(uintptr(pair[0]), "tracer")
	defer unix.Close(pair[1])
	out := int(file.Fd())
	pid, err := syscall.ForkExec("/proc/self/exe",
		[]string{apartName, strconv.Itoa(pair[1]), strconv.Itoa(out)},
		&syscall.ProcAttr{Env: append(slices.Clone(ownEnv), syscall.Environ()...), Files: inheritedFiles(pair[1], out)})
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &apart{pid: pid, conn: conn}, nil
}

func (a *apart) send(v any) error { return json.NewEncoder(a.conn).Encode(v) }

// forwardSignals passes on what is sent to stracex alone. What the terminal
// sends, the engine gets itself; it tells the two apart. After stop signals mean
// stracex, as if they had not been caught: to give each back at once would take a
// round through another thread.
func (a *apart) forwardSignals() (stop func()) {
	got := make(chan os.Signal, 16)
	notify(got)
	var over atomic.Bool
	go func() {
		var p patience
		for s := range got {
			if over.Load() {
				signal.Stop(got)
				_ = unix.Kill(os.Getpid(), s.(syscall.Signal))
				return
			}
			_ = unix.Kill(a.pid, s.(syscall.Signal))
			if s == unix.SIGINT && p.over(time.Now()) {
				_ = a.send(enough)
			}
		}
	}()
	return func() { over.Store(true) }
}

// patience ends with three interrupts within two seconds, for a command that won't
// end with one. Two are not enough: who works with an interactive program presses
// Ctrl-C twice without a thought.
type patience struct{ before [2]time.Time }

func (p *patience) over(now time.Time) bool {
	first := p.before[0]
	p.before = [2]time.Time{p.before[1], now}
	return now.Sub(first) < 2*time.Second
}

// died explains a conversation that has ended early.
func (a *apart) died(err error) error {
	_ = unix.Kill(a.pid, unix.SIGKILL)
	status := a.wait()
	if status.Signaled() {
		return fmt.Errorf("the tracer was killed by signal %d (%v)", int(status.Signal()), status.Signal())
	}
	return fmt.Errorf("the tracer has ended early, status %d: %w", status.ExitStatus(), err)
}

func (a *apart) wait() (status unix.WaitStatus) {
	for {
		if _, err := unix.Wait4(a.pid, &status, 0, nil); err != unix.EINTR {
			return status
		}
	}
}

func isApart() bool { return len(os.Args) == 3 && os.Args[0] == apartName }

// runApart is the engine's process; it does not return.
func runApart() {
	fd, err := strconv.Atoi(os.Args[1])
	out, err2 := strconv.Atoi(os.Args[2])
	if err := errors.Join(err, err2); err != nil {
		os.Exit(2)
	}
	unix.CloseOnExec(fd)
	unix.CloseOnExec(out)
	defer os.Exit(0)
	_ = os.WriteFile("/proc/self/comm", []byte("stracex"), 0)
	// RLIMIT_FSIZE ends the capture, not us. To ignore the signal would be to
	// make the command ignore it.
	signal.Notify(make(chan os.Signal, 1), unix.SIGXFSZ)

	// The engine holds one, see wait_linux.go. So said, the number doesn't change.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))

	conn := os.NewFile(uintptr(fd), "stracex")
	in := json.NewDecoder(conn)
	var todo order
	if err := in.Decode(&todo); err != nil {
		return // stracex has died
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	go obey(in, cancel)
	result, kept, err := record(ctx, todo.options(), os.NewFile(uintptr(out), nameOf(out)))
	answered.Store(true)
	if kept != nil {
		leaveStage()
	}
	_ = json.NewEncoder(conn).Encode(newOutcome(ctx, result, err))
	conn.Close()
	if kept != nil {
		<-kept
	}
}

// nameOf gives the file behind a descriptor, for messages.
func nameOf(fd int) string {
	name, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	if err != nil {
		return "the capture"
	}
	return name
}

// answered: stracex has its answer, and may end.
var answered atomic.Bool

// obey lets the processes go at a goodbye, and ends them when it is enough. When stracex has died before, it dies
// too, and all that it has started with it (PTRACE_O_EXITKILL).
func obey(in *json.Decoder, cancel context.CancelCauseFunc) {
	var word string
	for in.Decode(&word) == nil {
		switch word {
		case goodbye:
			cancel(context.Canceled)
		case enough:
			cancel(errEnough)
		}
	}
	if !answered.Load() {
		_ = unix.Kill(os.Getpid(), unix.SIGKILL)
	}
}

// record runs the engine with a capture file for its sink. kept is not nil when
// processes are left that this process must stay for.
func record(ctx context.Context, o Options, file *os.File) (Result, <-chan struct{}, error) {
	w, err := stx.NewWriter(file)
	if err != nil {
		return Result{}, nil, fmt.Errorf("writing the capture: %w", err)
	}
	if o.MaxSize > 0 {
		w.Limit(o.MaxSize)
	}
	stop := flushRegularly(w)
	o.Sink, o.apart = w.Write, true
	result, kept, err := run(ctx, o, true)
	stop()
	if cerr := w.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("writing the capture: %w", cerr)
	}
	if cerr := file.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("writing the capture: %w", cerr)
	}
	return result, kept, err
}

// flushRegularly lets others read along, and keeps what there is from a crash.
func flushRegularly(w *stx.Writer) (stop func()) {
	t := time.NewTicker(flushEvery)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-t.C:
				_ = w.Flush() // an error comes again from Write or Close
			case <-done:
				return
			}
		}
	}()
	return func() { t.Stop(); close(done) }
}
