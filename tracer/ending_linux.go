package tracer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

const (
	// quietCap is the longest that what the command left behind is followed.
	quietCap = 2 * time.Second
	// stopPatience is how long to wait for tracees to stop (or to die), so
	// that they can be let go: the kernel may hold one in uninterruptible sleep.
	stopPatience = time.Second
)

type mode int

const (
	modeFollow mode = iota
	modeLetGo       // each tracee is detached at its next stop
	modeKill        // all were sent SIGKILL; their deaths are still recorded
	modeKeep        // each tracee is continued, nothing is recorded any more (keep_linux.go)
)

// ending is the state of the capture's end.
type ending struct {
	mode      mode
	reason    string       // stx.Finish.Reason; "sink" when the sink failed
	timeout   time.Time    // Options.Timeout as a point in time, zero for none
	overSince time.Time    // when the command ended
	giveUp    time.Time    // end of stopPatience
	left      map[int]bool // processes that were let go
	// known are threads that were taken on before their announcement.
	known   map[int]bool
	waits   int // threads whose waits were looked into
	running int // threads that were said to be at work
	done    bool
}

// lookAround sees, after a wake, whether it is time to end.
func (e *engine) lookAround() {
	now := time.Now()
	due := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	if e.peersLate(now) {
		e.peersCame()
	}
	switch end := &e.ending; {
	case e.ctx.Err() != nil && (end.mode == modeFollow || end.reason == "sink"):
		if context.Cause(e.ctx) == errEnough && end.mode == modeFollow && !e.over {
			e.result.TimedOut = true
			e.killAll("interrupted")
		} else {
			e.letAllGo("interrupted")
		}
	case end.mode != modeFollow:
		switch {
		case end.giveUp.IsZero() || end.reason == "sink":
		case due(end.giveUp):
			e.abandonRest()
		default: // some have stopped, or died, meanwhile
			e.wakeAfter(end.giveUp.Sub(now))
		}
	case !e.over && due(end.timeout):
		e.result.TimedOut = true
		if e.opt.Kill && e.command != 0 {
			e.killAll("timeout")
		} else {
			e.letAllGo("timeout")
		}
	case e.over && !e.opt.Wait:
		e.checkQuiet(now)
	}
}

// beginQuiet starts the time that the command's left processes get.
func (e *engine) beginQuiet() {
	e.ending.overSince = time.Now()
	e.lastEvent = e.ending.overSince
	if e.ending.mode == modeFollow && len(e.threads) > 0 && !e.opt.Wait {
		e.wakeAfter(e.opt.Quiet)
	}
}

// checkQuiet lets processes go that have been silent, or busy, for long enough.
func (e *engine) checkQuiet(now time.Time) {
	quiet := e.lastEvent.Add(e.opt.Quiet)
	end := e.ending.overSince.Add(max(quietCap, e.opt.Quiet))
	if now.Before(quiet) && now.Before(end) {
		e.wakeAfter(min(quiet.Sub(now), end.Sub(now)))
		return
	}
	e.letAllGo("quiet")
}

func (e *engine) wakeAfter(d time.Duration) { time.AfterFunc(d, e.waker.wake) }

// letAllGo begins to detach all tracees: each must stop first.
func (e *engine) letAllGo(reason string) {
	e.ending.reason = reason
	if e.ending.mode == modeLetGo || e.ending.mode == modeKeep {
		e.checkDone()
		return
	}
	e.ending.left = map[int]bool{}
	e.recordBlocked(reason == "timeout" || reason == "interrupted")
	defer e.peersCame() // they are stopped, and go as they are
	if e.filtered {
		e.keepAll()
		return
	}
	e.ending.mode = modeLetGo
	e.ending.giveUp = time.Now().Add(stopPatience)
	for tid := range e.early {
		e.adoptUnannounced(tid)
	}
	for tid, t := range e.threads {
		if e.headless(t) {
			delete(e.threads, tid)
			e.ending.left[t.pid] = true
			continue
		}
		e.interrupt(t)
	}
	e.wakeAfter(stopPatience)
	e.checkDone()
}

// letsGo says whether a thread is to be detached when it stops: at the end, those
// that are neither killed nor kept.
func (e *engine) letsGo(t *thread) bool {
	switch e.ending.mode {
	case modeLetGo:
		return true
	case modeKill, modeKeep:
		return t.attached
	}
	return false
}

// headless says whether a thread is a leader that has ended before its other
// threads: it is reported only after them, and can't be stopped or detached. At
// our end the kernel lets go of it, and kills nobody for it.
func (e *engine) headless(t *thread) bool {
	if t.tid != t.pid {
		return false
	}
	s, err := readStatus("/proc", t.tid)
	return err == nil && s.state == 'Z' && s.threads > 1
}

// release detaches a stopped tracee. A group-stop stays in effect.
func (e *engine) release(t *thread, signal int) {
	if err := detach(t.tid, signal); err != nil {
		return // it is dead; wait4 will say so
	}
	delete(e.threads, t.tid)
	e.ending.left[t.pid] = true
	e.ending.progress()
	e.checkDone()
}

// progress gives the rest of the tracees their time again: on a busy machine all
// of them take longer.
func (end *ending) progress() {
	if later := time.Now().Add(stopPatience); end.giveUp.Before(later) && !end.giveUp.IsZero() {
		end.giveUp = later
	}
}

// checkDone ends the loop when nothing is traced any more. After a failed sink
// the command's end is still waited for, since its exit status is ours.
func (e *engine) checkDone() {
	gone := e.ending.mode == modeKeep && !e.anyAttached() || e.ending.mode == modeLetGo && len(e.threads) == 0
	if gone && (e.over || e.command == 0 || e.ending.reason != "sink") {
		e.ending.done = true
	}
}

// killAll ends what was started. Children born meanwhile are killed by adopt.
func (e *engine) killAll(reason string) {
	e.recordBlocked(true)
	e.ending.mode, e.ending.reason = modeKill, reason
	defer e.peersCame()
	e.ending.giveUp = time.Now().Add(5 * stopPatience)
	for tid := range e.early {
		e.adoptUnannounced(tid)
	}
	e.ending.left = map[int]bool{}
	for _, t := range e.threads {
		if t.attached {
			e.interrupt(t)
		} else {
			_ = unix.Kill(t.pid, unix.SIGKILL)
		}
	}
	e.wakeAfter(5 * stopPatience)
}

// abandonRest gives up on tracees that neither stop nor die. The kernel detaches
// them when this thread ends.
func (e *engine) abandonRest() {
	e.ending.done = true
	for tid, t := range e.threads {
		if s, err := readStatus("/proc", tid); err != nil || s.state == 'Z' {
			continue // dead all the same
		}
		if e.ending.mode == modeKeep && !t.attached {
			continue
		}
		e.note(tid, "stuck", fmt.Sprintf("process %d did not stop within %v", t.pid, stopPatience))
		if e.ending.left == nil {
			e.ending.left = map[int]bool{}
		}
		e.ending.left[t.pid] = true
	}
}

// finish records the capture's end.
func (e *engine) finish() {
	for pid := range e.ending.left {
		if pid != e.command || !e.over {
			e.result.Left = append(e.result.Left, pid)
		}
	}
	slices.Sort(e.result.Left)
	e.result.Running = !e.over && e.command != 0
	if e.ending.mode == modeKeep {
		e.result.Kept = e.kept()
	}
	e.tellKernelLog()
	reason := e.ending.reason
	if reason == "" {
		reason = "exited"
	}
	e.emit(&stx.Record{Kind: stx.KindFinish, Finish: &stx.Finish{Left: e.result.Left, Reason: reason}})
}

// failure is Run's error for a capture that has begun.
func (e *engine) failure() error {
	switch {
	case e.sinkErr != nil:
		return fmt.Errorf("writing the capture: %w", e.sinkErr)
	case e.ending.reason == "interrupted":
		return context.Cause(e.ctx)
	}
	return nil
}

// mayOutliveUs and mustDieWithUs frame a vfork: its caller sleeps beyond the
// reach of ptrace until the child has executed or ended. Should we let all go
// meanwhile, the kernel will detach it at our end, and must not kill it then.
func (e *engine) mayOutliveUs(t *thread) {
	if t.attached {
		return // all of them may
	}
	t.mayOutlive = true
	_ = unix.PtraceSetOptions(t.tid, followOptions&^unix.PTRACE_O_EXITKILL)
}

func (e *engine) mustDieWithUs(t *thread) {
	t.mayOutlive = false
	_ = unix.PtraceSetOptions(t.tid, followOptions)
}
