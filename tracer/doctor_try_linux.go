package tracer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// A trial is this program started again, as exeFile with trialName for its
// first argument: so it needs nothing that may not be there, as in an image
// with one program.
const (
	exeFile   = "/proc/self/exe"
	trialName = "stracex: a trial"

	trialProbe = "probe" // makes one ptrace call
	trialRun   = "run"   // is traced

	trialPath   = "/proc/self/stracex-trial" // what the traced trial looks for
	trialStatus = 42
	trialTime   = 20 * time.Second
)

func init() {
	if len(os.Args) != 3 || os.Args[0] != exeFile || os.Args[1] != trialName {
		return
	}
	if os.Args[2] == trialProbe {
		os.Exit(probe())
	}
	_ = unix.Access(trialPath, unix.F_OK)
	os.Exit(trialStatus)
}

// probe asks ptrace for what the kernel itself refuses with ESRCH: to continue a
// process that isn't traced. It gives the errno.
func probe() int {
	// A filter may kill us: leave no core file.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	errno, _ := errors.AsType[unix.Errno](ptrace(unix.PTRACE_CONT, os.Getpid(), 0, 0))
	return int(errno)
}

// Try runs a small program under the engine and checks that its records came
// through. Errors: *FilteredError, those of Run, and others that say how the
// trial went wrong.
func Try(ctx context.Context) error {
	if native == 0 {
		return ErrUnsupported
	}
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	if err := tryCall(ctx); err != nil {
		return err
	}
	seen := false
	result, err := Run(ctx, Options{
		Argv:    []string{exeFile, trialName, trialRun},
		Env:     []string{},
		Timeout: trialTime,
		Kill:    true,
		Sink: func(r *stx.Record) error {
			seen = seen || r.Kind == stx.KindEnter && holds(r.Enter.Mem, trialPath)
			return nil
		},
	})
	switch {
	case err != nil:
		return err
	case result.TimedOut:
		return fmt.Errorf("a small program did not end under ptrace in %v", trialTime)
	case result.ExitCode != trialStatus || result.Signal != 0:
		return fmt.Errorf("a small program ended otherwise under ptrace: exit status %d, signal %d", result.ExitCode, result.Signal)
	case !seen:
		return errors.New("a small program ran under ptrace, but the path in one of its calls could not be read")
	}
	return nil
}

// tryCall makes a ptrace call in a process of its own, since a seccomp filter
// may kill who makes it (systemd's SystemCallFilter does).
func tryCall(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, exeFile)
	cmd.Args = []string{exeFile, trialName, trialProbe}
	cmd.Env = []string{}
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); !ok && err != nil {
		return startError(&Options{}, err)
	}
	switch errno := unix.Errno(max(0, cmd.ProcessState.ExitCode())); errno {
	case unix.ESRCH:
		return nil
	case unix.EPERM, unix.EACCES, unix.ENOSYS:
		return &FilteredError{Call: "ptrace", Err: errno}
	}
	return &FilteredError{Call: "ptrace", Err: fmt.Errorf("who calls it ends with %v", cmd.ProcessState)}
}

func holds(mem []stx.Mem, path string) bool {
	for _, m := range mem {
		if bytes.Contains(m.Data, []byte(path)) {
			return true
		}
	}
	return false
}
