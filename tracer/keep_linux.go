package tracer

import (
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A process under our seccomp filter can't be let go: without a tracer the calls
// that the filter stops for fail with ENOSYS, and a filter can't be taken away.
// So the engine stays with what the command has left behind, records nothing
// any more, and continues each at once from each stop, until the last has ended.

// keepOn continues a tracee from any stop, and passes signals on.
func keepOn(tid int, status unix.WaitStatus) {
	if !status.Stopped() {
		return
	}
	signal, event := status.StopSignal(), stopEvent(status)
	switch {
	case event == unix.PTRACE_EVENT_STOP && isStopSignal(signal):
		_ = listen(tid)
		return
	case event != 0, signal == unix.SIGTRAP|0x80:
		signal = 0
	}
	_ = unix.PtraceCont(tid, int(signal))
}

// keep stays with the tracees until there are none.
func (e *engine) keep() {
	for {
		var status unix.WaitStatus
		tid, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		if err != nil && err != unix.EINTR {
			return
		}
		if err == nil {
			keepOn(tid, status)
		}
	}
}

// leaveStage makes this process one that is in nobody's way: it holds no
// descriptor of others open, no directory, little memory, and the terminal's
// signals mean nothing to it.
func leaveStage() {
	signal.Ignore(unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGTSTP,
		unix.SIGTTIN, unix.SIGTTOU, unix.SIGPIPE, unix.SIGUSR1, unix.SIGUSR2)
	_ = os.Chdir("/")
	closeInherited()
	debug.FreeOSMemory()
}

// closeInherited closes what stracex was given by its own parent: a pipe's
// reader would wait for us.
func closeInherited() {
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err == nil {
		for fd := range 3 {
			_ = unix.Dup3(null, fd, 0)
		}
	}
	list, _ := os.ReadDir("/proc/self/fd")
	for _, entry := range list {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || fd <= 2 {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
}

// keepAll ends the capture of processes that can't be let go, and lets go of
// those that were attached to.
func (e *engine) keepAll() {
	e.ending.mode = modeKeep
	for _, t := range e.threads {
		e.ending.left[t.pid] = true
		if t.attached {
			e.interrupt(t)
		}
	}
	for tid := range e.early {
		e.adoptUnannounced(tid)
	}
	if e.anyAttached() {
		e.ending.giveUp = time.Now().Add(stopPatience)
		e.wakeAfter(stopPatience)
	}
	e.checkDone()
}

func (e *engine) anyAttached() bool {
	for _, t := range e.threads {
		if t.attached {
			return true
		}
	}
	return false
}

// kept counts the processes under the filter.
func (e *engine) kept() int {
	pids := map[int]bool{}
	for _, t := range e.threads {
		if !t.attached && e.ending.left[t.pid] && (t.pid != e.command || !e.over) {
			pids[t.pid] = true
		}
	}
	return len(pids)
}
