package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/stracex/stracex/parser"
	"github.com/stracex/stracex/report"
	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer"
)

// Exit statuses of stracex's own failures. Those of why and record are
// env(1)'s, so that they are not mistaken for the program's.
const (
	statusBad      = 2
	statusOurs     = 125
	statusNotFound = 127
)

// statusError carries the status that stracex exits with.
type statusError struct {
	status int
	err    error // what to say, nil for nothing
}

func (e *statusError) Error() string { return fmt.Sprintf("exit status %d", e.status) }
func (e *statusError) Unwrap() error { return e.err }

// ours marks a failure of stracex before the command ran.
func ours(err error) error {
	if _, ok := errors.AsType[*tracer.NotFoundError](err); ok {
		return &statusError{statusNotFound, err}
	}
	return &statusError{statusOurs, err}
}

// usageError is a command line that is not understood.
type usageError struct {
	command string // "stracex why"
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usage is cobra's hook for flags that are not understood.
func usage(cmd *cobra.Command, err error) error {
	e := &usageError{cmd.CommandPath(), err}
	if cmd.Name() == "why" || cmd.Name() == "record" {
		return ours(e)
	}
	return e
}

func needCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || args[0] == "" {
		return usage(cmd, errors.New("say which command to run"))
	}
	return nil
}

func someFiles(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage(cmd, errors.New("name a file, or - for the standard input"))
	}
	return nil
}

// commandError is a first word that is no subcommand.
type commandError struct{ args []string }

func (e *commandError) Error() string { return "no such subcommand: " + e.args[0] }

// notAFileError is a -o that can't be read again.
type notAFileError struct{ name string }

func (e *notAFileError) Error() string {
	return e.name + " is not a regular file, so the diagnosis can't be made from it"
}

// tempError is trouble with the nameless file that a capture goes to.
type tempError struct{ err error }

func (e *tempError) Error() string { return e.err.Error() }
func (e *tempError) Unwrap() error { return e.err }

// complain says what went wrong and what to do, and gives the exit status.
func complain(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	status := statusBad
	if e, ok := errors.AsType[*statusError](err); ok {
		status, err = e.status, e.err
	}
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fmt.Fprintf(w, "stracex: %s\n", report.Escape(line))
		}
		if h := hint(err); h != "" {
			fmt.Fprintf(w, "stracex: %s\n", report.Escape(h))
		}
	}
	return status
}

// warn says something that ends nothing.
func warn(text string) {
	fmt.Fprintf(os.Stderr, "stracex: %s\n", report.Escape(text))
}

// hint is what to do about an error, "" when the error says it all.
func hint(err error) string {
	if e, ok := errors.AsType[*usageError](err); ok {
		return "see " + e.command + " --help"
	}
	if e, ok := errors.AsType[*commandError](err); ok {
		return "to run it and learn why it fails: stracex why " + strings.Join(e.args, " ")
	}
	if e, ok := errors.AsType[*tracer.NotFoundError](err); ok {
		return notFoundHint(e.Name)
	}
	if e, ok := errors.AsType[*tracer.PermissionError](err); ok {
		return permissionHint(e)
	}
	if e, ok := errors.AsType[*tracer.AttachError](err); ok {
		return attachHint(e)
	}
	if _, ok := errors.AsType[*tracer.KernelError](err); ok {
		return "record with strace -f -s 256 -o trace.log COMMAND, then: stracex analyze trace.log"
	}
	if _, ok := errors.AsType[*notAFileError](err); ok {
		return "name a file with -o, or use stracex record, then stracex analyze"
	}
	if e, ok := errors.AsType[*parser.NotATraceError](err); ok {
		return e.Hint()
	}
	if _, ok := errors.AsType[*noTraceError](err); ok {
		return "folders below it are not searched; a trace is made with: strace -f -s 256 -o FILE COMMAND"
	}
	if _, ok := errors.AsType[*tempError](err); ok {
		return "set TMPDIR to a directory that has room and may be written to, or keep the capture with -o FILE"
	}
	return fileHint(err)
}

func fileHint(err error) string {
	switch {
	case errors.Is(err, tracer.ErrUnsupported):
		return "record on the machine where the program runs; stracex analyze reads the trace here"
	case errors.Is(err, parser.ErrEmpty):
		return "a trace is made with: strace -f -s 256 -o FILE COMMAND, or stracex record -o FILE COMMAND"
	case errors.Is(err, stx.ErrLimit):
		return "let it grow with --max-size, or record less with -e"
	case errors.Is(err, syscall.EFBIG):
		return "the limit on the size of files is in the way: ulimit -f unlimited"
	case errors.Is(err, syscall.ENOSPC):
		return "make room there, or choose another place"
	case errors.Is(err, fs.ErrPermission):
		return "choose a place that you may use, or become a user who may use this one"
	}
	return ""
}

// notFoundHint looks for what the person may have meant.
func notFoundHint(name string) string {
	if strings.ContainsRune(name, filepath.Separator) {
		return "check the path"
	}
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return "there is one in this directory: run it as ./" + name
	}
	return "no directory of PATH has it: " + os.Getenv("PATH")
}

// attachHint says why a process can't be attached to.
func attachHint(e *tracer.AttachError) string {
	switch {
	case e.Tracer != 0:
		return "a process can have one tracer only: end that one first"
	case errors.Is(e, syscall.ESRCH):
		return "it has ended, or runs in another container: see ps"
	case errors.Is(e, syscall.EPERM):
		return "attach as the user that it runs as, or as root (stracex doctor says more)"
	}
	return ""
}

// permissionHint says who forbids ptrace, and who can allow it.
func permissionHint(e *tracer.PermissionError) string {
	const instead = " (stracex doctor says more); or record where it is permitted and use stracex analyze"
	switch {
	case e.Yama == 3:
		return "kernel.yama.ptrace_scope is 3, which forbids it to everyone until the next boot: set it to 1 in /etc/sysctl.d and restart" + instead
	case e.Yama == 2 && !e.Capable:
		return "kernel.yama.ptrace_scope is 2, which forbids it without CAP_SYS_PTRACE: run stracex as root, or: sysctl kernel.yama.ptrace_scope=1" + instead
	case e.Seccomp:
		return "a seccomp filter is on, as in a container: start the container with --cap-add SYS_PTRACE (docker, podman), or with SYS_PTRACE in securityContext.capabilities.add (Kubernetes)" + instead
	}
	return "run stracex as the user of the program or as root, and not under another tracer (strace, gdb)" + instead
}
