package tracer

import (
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wakeSignal gets the engine's thread out of wait4. Go restarts calls that its
// own signal handlers interrupt, so this signal's handler loses SA_RESTART while
// an engine runs. A real-time signal near the top is nobody else's.
const wakeSignal = unix.Signal(62)

// waker gets an engine out of wait4.
type waker struct {
	tid     int // the engine's thread
	asked   atomic.Bool
	stopped atomic.Bool
}

// newWaker prepares the calling thread, which must be locked, to be woken.
func newWaker() (*waker, error) {
	if err := setRestart(wakeSignal, false); err != nil {
		return nil, err
	}
	if err := unblock(wakeSignal); err != nil {
		return nil, err
	}
	if err := quietStops(); err != nil {
		return nil, err
	}
	return &waker{tid: unix.Gettid()}, nil
}

// unblock lets a signal through to the calling thread.
func unblock(sig unix.Signal) error {
	var set unix.Sigset_t
	set.Val[(sig-1)/64] |= 1 << ((sig - 1) % 64) // 64 bits: see Run
	return unix.PthreadSigmask(unix.SIG_UNBLOCK, &set, nil)
}

// wake makes the engine look around. It may be called from any goroutine and
// returns when the engine has noticed: one signal may come just before wait4
// and be lost, so it is sent again.
func (w *waker) wake() {
	w.asked.Store(true)
	for pause := 100 * time.Microsecond; w.asked.Load() && !w.stopped.Load(); pause = min(2*pause, 20*time.Millisecond) {
		_ = unix.Tgkill(os.Getpid(), w.tid, wakeSignal)
		time.Sleep(pause)
	}
}

// noticed says, once, that somebody has called wake.
func (w *waker) noticed() bool { return w.asked.Load() && w.asked.Swap(false) }

// stop ends all waking.
func (w *waker) stop() { w.stopped.Store(true) }

// Flags of a signal's action (sigaction(2)).
const (
	saNoCldStop = 0x1
	saRestart   = 0x10000000
)

// setRestart sets or clears SA_RESTART of a signal's action and leaves the
// handler as it is.
func setRestart(sig unix.Signal, on bool) error {
	if on {
		return changeAction(sig, saRestart, 0)
	}
	return changeAction(sig, 0, saRestart)
}

// quietStops keeps the kernel from sending SIGCHLD for each stop of a tracee:
// wait4 is told anyway, and Go's handler costs as much as a stop itself.
func quietStops() error { return changeAction(unix.SIGCHLD, saNoCldStop, 0) }

// changeAction changes the flags of a signal's action.
func changeAction(sig unix.Signal, set, clear uint64) error {
	var act struct{ handler, flags, restorer, mask uint64 } // struct sigaction of 64-bit kernels
	call := func(set, get unsafe.Pointer) error {
		_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(set), uintptr(get), 8, 0, 0)
		if e != 0 {
			return e
		}
		return nil
	}
	if err := call(nil, unsafe.Pointer(&act)); err != nil {
		return err
	}
	act.flags = act.flags&^clear | set
	return call(unsafe.Pointer(&act), nil)
}
