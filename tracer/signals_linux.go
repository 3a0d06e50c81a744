package tracer

import (
	"encoding/binary"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The terminal sends its signals to the whole foreground group, the tracer among
// it. What happens then is the command's affair: the tracer swallows them. A
// signal sent to the tracer alone was meant for the command, whose place the
// tracer has in the sender's eyes, so it is passed on. The two are told apart by
// waiting a little and seeing whether the command has got the signal itself.

// passedOn are the signals that the tracer doesn't take for itself.
var passedOn = []os.Signal{
	syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP,
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGCONT,
	// The tracer stops when the command does, not before: it may have to see to
	// it that the command can.
	syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU,
}

// passGrace is how long the command has to get a signal by itself.
const passGrace = 50 * time.Millisecond

// ownSignals looks after the signals sent to the tracer.
type ownSignals struct {
	command int
	job     int // the process that the shell knows, which is to stop with the command
	pidfd   int // of the command: its number may be used again, this can't
	got     chan os.Signal
	over    chan struct{}
	seen    [65]atomic.Int64 // when the command got the signal last, Unix ns
	// stopSender is who sent the command its last stop signal: a process id, 0
	// for the kernel (a terminal), -1 for none.
	stopSender int
}

// watchOwnSignals begins to swallow and pass on. It must come after the command
// was started: a handled signal loses its being ignored in children.
func watchOwnSignals(command, job int) *ownSignals {
	w := &ownSignals{
		command:    command,
		job:        job,
		got:        make(chan os.Signal, 16),
		over:       make(chan struct{}),
		stopSender: -1,
	}
	w.pidfd, _ = unix.PidfdOpen(command, 0)
	notify(w.got)
	go w.pass()
	return w
}

// notify catches the signals that are passed on, but for those that this process
// was started to ignore.
func notify(got chan<- os.Signal) {
	self, _ := readStatus("/proc", os.Getpid())
	for _, s := range passedOn {
		if self.ignored&(1<<(uint(s.(syscall.Signal))-1)) == 0 {
			signal.Notify(got, s)
		}
	}
}

func (w *ownSignals) pass() {
	for {
		select {
		case s := <-w.got:
			sig, since := s.(syscall.Signal), time.Now().Add(-passGrace)
			time.AfterFunc(passGrace, func() {
				if w.seen[sig].Load() < since.UnixNano() {
					w.send(sig)
				}
			})
		case <-w.over:
			return
		}
	}
}

func (w *ownSignals) send(sig syscall.Signal) {
	select {
	case <-w.over:
	default:
		_ = unix.PidfdSendSignal(w.pidfd, sig, nil, 0)
	}
}

// delivered notes a signal that reached the command.
func (w *ownSignals) delivered(sig unix.Signal, info []byte) {
	if int(sig) < len(w.seen) {
		w.seen[sig].Store(time.Now().UnixNano())
	}
	if isStopSignal(sig) {
		w.stopSender = signalSender(info)
	}
}

// signalSender gives the process that sent a signal, 0 for the kernel, -1 when
// there is none (sigaction(2), si_code and si_pid).
func signalSender(info []byte) int {
	if len(info) < 20 {
		return -1
	}
	const siKernel, siUser, siTkill = 0x80, 0, -6
	switch code := int32(binary.NativeEndian.Uint32(info[8:])); code {
	case siKernel:
		return 0
	case siUser, siTkill:
		return int(binary.NativeEndian.Uint32(info[16:]))
	}
	return -1
}

// commandStopped is called when the command itself has come to a group-stop. If
// its terminal or it itself did that (Ctrl-Z), the shell must see its job
// stopped, and the job it sees is stracex. A stop from elsewhere may be ended
// from elsewhere, by a SIGCONT to the command alone, so the tracer stays up.
func (w *ownSignals) commandStopped() {
	sender := w.stopSender
	w.stopSender = -1
	if sender != 0 && sender != w.command || !hasTerminal() {
		return
	}
	if group, err := unix.Getpgid(w.command); err != nil || group != unix.Getpgrp() {
		return
	}
	_ = unix.Kill(w.job, unix.SIGSTOP)
}

// hasTerminal says whether there is a controlling terminal.
func hasTerminal() bool {
	fd, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	unix.Close(fd)
	return true
}

// stop ends all this. In a process that is about to end signals stay as they are: each
// that is given back is a round through another thread.
func (w *ownSignals) stop(ends bool) {
	if !ends {
		signal.Stop(w.got)
	}
	close(w.over)
	if w.pidfd > 0 {
		unix.Close(w.pidfd)
	}
}
