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
// all that the engine does in between. So the engine's thread (never a tracee)
// chooses its place:
//
//   - As a thread of the policy SCHED_IDLE (sched(7)) it counts for nothing: the
//     scheduler wakes the tracee right where the engine runs. That is for
//     tracees that run one at a time. Where processors are scarce the engine
//     would starve, and the tracees with it, so a watcher takes it back then.
//   - Else it follows its tracees: every so many stops it moves to the processor
//     where the one that has stopped was running.

const (
	// followEvery is after how many stops the engine looks where its tracees run.
	followEvery = 64
	// watchFrom is after how many stops the watcher begins: most commands are
	// over by then. A multiple of followEvery.
	watchFrom = 1024
	// watchEvery is how often the watcher looks, and spare how many ticks of
	// that time some processor must have been idle.
	watchEvery = 100 * time.Millisecond
	spare      = 3
	// The engine tries to be idle again after firstPause, the next time after
	// twice as long, and so on.
	firstPause = time.Second
)

const (
	schedNormal = 0 // SCHED_OTHER
	schedIdle   = 5 // SCHED_IDLE
)

// processor keeps the engine's thread near its tracees.
type processor struct {
	tid     int
	allowed unix.CPUSet
	at      int // where the engine is bound to, -1 for nowhere
	stops   int
	idle    atomic.Bool
	over    chan struct{} // nil: there is nothing to choose
}

// newProcessor must be called on the engine's thread.
func newProcessor() *processor {
	p := &processor{tid: unix.Gettid(), at: -1}
	if unix.SchedGetaffinity(0, &p.allowed) != nil || p.allowed.Count() < 2 {
		return p
	}
	p.over = make(chan struct{})
	return p
}

func (p *processor) stop() {
	if p.over != nil {
		close(p.over)
	}
}

// watch makes the engine idle while that is good.
func (p *processor) watch() {
	if !policyReturns() {
		return
	}
	pause := firstPause
	for {
		if !p.beIdle() {
			return
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-p.over:
			return
		}
	}
}

// beIdle makes the engine idle until it starves. False: there is no more to do.
func (p *processor) beIdle() bool {
	before, ok := p.idleTime()
	if !ok || setPolicy(p.tid, schedIdle) != nil {
		return false
	}
	p.idle.Store(true)
	defer func() {
		_ = setPolicy(p.tid, schedNormal)
		p.idle.Store(false)
	}()
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-p.over:
			return false
		}
		now, ok := p.idleTime()
		if !ok || now-before < spare {
			return ok
		}
		before = now
	}
}

// follow is called at each stop, with the thread that has stopped.
func (p *processor) follow(tid int) {
	p.stops++
	if p.over == nil || p.stops%followEvery != 0 {
		return
	}
	if p.stops == watchFrom {
		go p.watch()
	}
	cpu := lastProcessor(tid)
	if cpu < 0 || cpu == p.at || !p.allowed.IsSet(cpu) {
		return
	}
	var set unix.CPUSet
	set.Set(cpu)
	if unix.SchedSetaffinity(0, &set) != nil {
		return
	}
	p.at = cpu
	if p.idle.Load() && unix.SchedSetaffinity(0, &p.allowed) == nil {
		p.at = -1 // it has moved; should others want the processor, it may go
	}
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
