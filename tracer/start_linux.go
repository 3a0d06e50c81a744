package tracer

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// startCommand starts the command's stage, nil when there is no command.
func (e *engine) startCommand() (*stage, error) {
	if len(e.opt.Argv) == 0 {
		return nil, nil
	}
	filter, err := e.filter()
	if err != nil {
		return nil, err
	}
	return startStage(&e.opt, filter)
}

// watch prepares to follow the command that a stage will become, if there is one.
func (e *engine) watch(s *stage) {
	self, _ := readStatus("/proc", os.Getpid())
	e.capable = self.hasPtraceCap()
	if s != nil {
		e.command, e.staging = s.pid, true
		e.result.PID = s.pid
		e.threads[s.pid] = &thread{tid: s.pid, pid: s.pid, written: new(fdSet)}
	}
	job := os.Getpid()
	if e.mayKeep {
		job = os.Getppid()
	}
	e.own = watchOwnSignals(e.command, job)
	e.cpu = newProcessor()
}

// takeStage waits until a stage is ready, seizes it, checks that the kernel can do what we need, and
// leaves it running to its next call.
func takeStage(s *stage) error {
	if s == nil {
		return nil
	}
	if err := s.ready(); err != nil {
		return err
	}
	if err := seize(s.pid, stageOptions); err != nil {
		return seizeError(err)
	}
	if err := unix.PtraceInterrupt(s.pid); err != nil {
		return fmt.Errorf("stopping the command before its start: %w", err)
	}
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(s.pid, &status, unix.WALL, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("stopping the command before its start: %w", err)
		}
		break
	}
	if !status.Stopped() {
		return errors.New("the command was killed before its start")
	}
	if _, err := syscallInfo(s.pid); err != nil {
		return &KernelError{Needs: "PTRACE_GET_SYSCALL_INFO (Linux 5.3)", Err: err}
	}
	signal := 0
	if stopEvent(status) == 0 {
		signal = int(status.StopSignal())
	}
	return unix.PtraceSyscall(s.pid, signal)
}

// begin records what the capture is of.
func (e *engine) begin() {
	e.emit(&stx.Record{Kind: stx.KindBegin, Begin: &stx.Begin{
		Tool:        e.opt.Tool,
		Engine:      "ptrace",
		Arch:        uint32(native),
		Kernel:      kernelRelease(),
		Argv:        e.opt.Argv,
		Cwd:         absDir(e.opt.Dir),
		PID:         e.command,
		StringLimit: e.opt.StringLimit,
	}})
}

// start records the command as it is at the entry of its execve, and begins to
// follow its children.
func (e *engine) start(t *thread) {
	e.staging, e.entered = false, true
	if err := unix.PtraceSetOptions(t.tid, followOptions); err != nil && err != unix.ESRCH {
		e.note(0, "options", "children can't be followed: "+err.Error())
	}
	e.emit(&stx.Record{Kind: stx.KindStart, TID: t.tid, Start: &stx.Start{PID: t.pid}})
	e.emit(&stx.Record{Kind: stx.KindProcess, TID: t.tid, Process: e.stageSnapshot(t.pid)})
}

func kernelRelease() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// seizeError says why ptrace was refused.
func seizeError(err error) error {
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EACCES) {
		return fmt.Errorf("tracing the command: %w", err)
	}
	status, _ := readStatus("/proc", os.Getpid())
	return &PermissionError{
		Yama:    yamaScope("/proc"),
		Capable: status.hasPtraceCap(),
		Seccomp: status.seccomp > 0,
		Err:     err,
	}
}
