package tracer

import (
	"bytes"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A stop is two switches, from the tracee to the tracer and back. Where they sit
// on different processors each switch wakes an idle one, which costs more than
// all that the engine does in between.
// So the engine's thread (never a tracee) chooses its place:
//
//   - As a thread of the policy SCHED_IDLE (sched(7)) it counts for nothing: the
//     scheduler wakes a tracee right where the engine runs. Where processors are
//     scarce the engine would starve, and the tracees with it, so a watcher takes
//     it back then. While programs are started one after the other it is no
//     gain: the scheduler puts each where there is room, away from the engine.
//   - A thread that has stopped many times in a row is followed: the engine binds
//     itself to the processor where that one ran. With several at work it is
//     better free.

const (
	// watchFrom is after how many stops the watcher begins: small commands are
	// over by then.
	watchFrom = 64
	// watchEvery is how often the watcher looks, and spare how many ticks of
	// that time some processor must have been idle.
	watchEvery = 100 * time.Millisecond
	spare      = 3
	// After it has starved the engine isn't idle for firstPause, the next time
	// for twice as long, and so on.
	firstPause = time.Second
	// startsApart is how many stops must have come since a program was started, or
	// startsAfter how much time, and four times that between the starts before: to be
	// idle while they follow each other costs more than it gains in all others.
	startsApart = 512
	startsAfter = 2 * time.Millisecond
	// followAfter is after how many stops in a row a thread is followed.
	followAfter = 64
	// lookEvery is after how many stops the engine looks where it should be.
	lookEvery = 16
)

const (
	schedNormal = 0 // SCHED_OTHER
	schedIdle   = 5 // SCHED_IDLE
)

// processor keeps the engine's thread near its tracees.
type processor struct {
	tid     int
	allowed unix.CPUSet
	able    bool // there is something to choose

	stops       int
	started     int // at which stop a program was started last
	startedAt   time.Time
	gap         time.Duration // between the last two starts
	last, inRow int           // the thread that has stopped last, and how often in a row
	idle        bool
	at          int         // where the engine is bound to, -1 for nowhere
	sleeps      int64       // of the engine's thread, at its last look
	scarce      atomic.Bool // processors are
	over        chan struct{}
}

// newProcessor must be called on the engine's thread.
func newProcessor() *processor {
	p := &processor{tid: unix.Gettid(), at: -1, over: make(chan struct{})}
	p.able = unix.SchedGetaffinity(0, &p.allowed) == nil && p.allowed.Count() > 1
	return p
}

func (p *processor) stop() {
	close(p.over)
	p.free()
	p.beIdle(false)
}

// programStarted is called after an execve.
func (p *processor) programStarted() {
	before := p.startedAt
	p.started, p.startedAt = p.stops, time.Now()
	if !before.IsZero() {
		p.gap = p.startedAt.Sub(before)
	}
}

// quiet says whether no program is about to be started.
func (p *processor) quiet() bool {
	return p.stops-p.started > startsApart || time.Since(p.startedAt) > max(startsAfter, 4*p.gap)
}

// stopped is called at each stop, with the thread that has stopped.
func (p *processor) stopped(tid int) {
	if p.stops++; tid != p.last {
		p.last, p.inRow = tid, 0
		p.free()
	}
	if p.inRow++; p.able && p.stops%lookEvery == 0 && p.stops >= watchFrom {
		p.look(tid)
	}
}

// look chooses the engine's policy and place.
func (p *processor) look(tid int) {
	if p.stops == watchFrom {
		if p.able = policyReturns(); p.able {
			go p.watch()
		}
	}
	p.beIdle(p.able && !p.scarce.Load() && p.quiet())
	switch {
	case !p.idle:
		p.free()
	case p.inRow >= followAfter && p.away():
		p.follow(tid)
	}
}

// away says whether the engine is elsewhere than the thread that it follows.
// Beside it the engine doesn't sleep before a stop: when it runs, the thread has
// stopped.
func (p *processor) away() bool {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_THREAD, &u)
	slept := u.Nvcsw - p.sleeps
	p.sleeps = u.Nvcsw
	return p.at < 0 || slept > lookEvery/2
}

// follow binds the engine to where the thread ran last.
func (p *processor) follow(tid int) {
	cpu := lastProcessor(tid)
	if cpu < 0 || cpu == p.at || !p.allowed.IsSet(cpu) {
		return
	}
	var set unix.CPUSet
	set.Set(cpu)
	if unix.SchedSetaffinity(0, &set) == nil {
		p.at = cpu
	}
}

// free lets the engine run anywhere.
func (p *processor) free() {
	if p.at >= 0 && unix.SchedSetaffinity(0, &p.allowed) == nil {
		p.at = -1
	}
}

// beIdle gives the engine the policy SCHED_IDLE, or its own.
func (p *processor) beIdle(idle bool) {
	if idle == p.idle {
		return
	}
	policy := schedNormal
	if idle {
		policy = schedIdle
	}
	if setPolicy(p.tid, policy) == nil {
		p.idle = idle
	}
}

// watch sees when an idle engine starves. It gets no processor to change that
// itself.
func (p *processor) watch() {
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	before, ok := p.idleTime()
	pause, until := firstPause, time.Time{}
	for ok {
		select {
		case <-t.C:
		case <-p.over:
			return
		}
		var now int64
		now, ok = p.idleTime()
		switch starves := now-before < spare; {
		case starves && !p.scarce.Load():
			p.scarce.Store(true)
			until = time.Now().Add(pause)
			pause *= 2
		case !starves && time.Now().After(until):
			p.scarce.Store(false)
		}
		if p.scarce.Load() {
			_ = setPolicy(p.tid, schedNormal)
		}
		before = now
	}
	p.scarce.Store(true) // it can't be seen
	_ = setPolicy(p.tid, schedNormal)
}

// setPolicy sets a thread's scheduling policy.
func setPolicy(tid, policy int) error {
	var param struct{ priority int32 } // struct sched_param
	_, _, e := unix.RawSyscall(unix.SYS_SCHED_SETSCHEDULER, uintptr(tid), uintptr(policy), uintptr(unsafe.Pointer(&param)))
	if e != 0 {
		return e
	}
	return nil
}

// policyReturns says whether a thread of ours can stop being idle again, which
// takes CAP_SYS_NICE or a high RLIMIT_NICE. It is tried on a thread that is
// thrown away.
func policyReturns() bool {
	can := make(chan bool)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends
		before, err := unix.SchedGetAttr(0, 0)
		can <- err == nil && before.Policy == schedNormal && before.Nice == 0 &&
			setPolicy(0, schedIdle) == nil && setPolicy(0, schedNormal) == nil
	}()
	return <-can
}

// idleTime is how long the allowed processors have been idle in all, in ticks of
// a hundredth of a second (proc_stat(5)); false when that can't be told.
func (p *processor) idleTime() (ticks int64, ok bool) {
	data, err := readFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(data) {
		words := bytes.Fields(line)
		if len(words) < 6 || !bytes.HasPrefix(words[0], []byte("cpu")) {
			break // the processors come first
		}
		n, err := strconv.Atoi(string(words[0][len("cpu"):]))
		if err != nil || !p.allowed.IsSet(n) {
			continue // the sum of all, or not ours
		}
		for _, w := range words[4:6] { // idle, iowait
			t, _ := strconv.ParseInt(string(w), 10, 64)
			ticks += t
		}
		ok = true
	}
	return ticks, ok
}

// lastProcessor gives the processor that a thread ran on last, -1 when it can't
// be told.
func lastProcessor(tid int) int {
	data, err := readFile(procPath("/proc", tid, "stat"))
	if err != nil {
		return -1
	}
	return processorField(data)
}

// processorField finds field 39 of proc_pid_stat(5). The name before it may hold
// anything, but the last parenthesis ends it.
func processorField(stat []byte) int {
	const field = 39 - 3 // the third is the first after the name
	_, rest, _ := bytes.Cut(stat[max(bytes.LastIndexByte(stat, ')'), 0):], []byte(")"))
	words := bytes.Fields(rest)
	if len(words) <= field {
		return -1
	}
	cpu, err := strconv.Atoi(string(words[field]))
	if err != nil {
		return -1
	}
	return cpu
}
