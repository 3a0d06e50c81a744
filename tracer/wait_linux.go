package tracer

import (
	"runtime"
	"runtime/debug"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Go's scheduler takes a blocked system call for an occasion to do something
// else, and watches for that each 20 µs. In the engine's own process there is
// little else, so wait4 is called there without its knowledge. Then nobody can
// stop the world while the engine waits, so garbage is collected between stops,
// by the engine itself: ownEnv has taken the heap out of Go's care.

// wait waits for a report of a tracee. __WNOTHREAD: only this thread's children
// and tracees; others that the program has started are none of our business.
func (e *engine) wait(status *unix.WaitStatus) (tid int, err error) {
	const options = unix.WALL | unix.WNOTHREAD
	if e.heap == nil {
		return unix.Wait4(-1, status, options, nil)
	}
	e.heap.collect()
	var raw uint32
	n, _, errno := unix.RawSyscall6(unix.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(&raw)), options, 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	*status = unix.WaitStatus(raw)
	return int(n), nil
}

const (
	// collectEvery is after how many stops the heap's size is looked at.
	collectEvery = 4096
	heapMin      = 16 << 20
)

// heap collects garbage when the heap has grown to twice of what lived on.
type heap struct {
	stops int
	most  uint64
}

// give puts the heap back into Go's care.
func (h *heap) give() {
	if h != nil {
		debug.SetGCPercent(100)
	}
}

func (h *heap) collect() {
	if h.stops++; h.stops%collectEvery != 0 || h.size() < h.most {
		return
	}
	runtime.GC()
	h.most = max(heapMin, 2*h.size())
}

// size is the heap's size in bytes. runtime/metrics would say it without stopping
// the world, but takes a millisecond of each process's start.
func (h *heap) size() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
