package tracer

import (
	"fmt"

	"github.com/stracex/stracex/stx"
)

// recordBlocked records, at a capture's end, the call that each thread is in and
// that was not chosen: what a program hangs in may be one of those.
func (e *engine) recordBlocked() {
	if e.choice.record == nil || e.staging {
		return
	}
	for _, t := range e.threads {
		if t.call != nil && !t.call.silent {
			continue
		}
		if enter := blockedIn(t); enter != nil && e.ending.mode == modeFollow {
			var c call
			e.begun(&c, native, enter.Nr, enter.Args)
			p := e.prepare(t, &c, copies{})
			p.enter() // the memory of a thread that sleeps
			enter.Mem, enter.Args = p.out, c.arguments()
			e.emit(&stx.Record{Kind: stx.KindEnter, TID: t.tid, Enter: enter})
		}
	}
}

// blockedIn tells from /proc/PID/syscall (proc_pid_syscall(5)) which call a
// thread is blocked in, nil for none. The file names the machine's own calls only.
func blockedIn(t *thread) *stx.Enter {
	data, err := readFile(fmt.Sprintf("/proc/%d/task/%d/syscall", t.pid, t.tid))
	if err != nil {
		return nil
	}
	var nr int64
	var args [6]uint64
	var sp, pc uint64
	n, _ := fmt.Sscanf(string(data), "%d 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x", &nr,
		&args[0], &args[1], &args[2], &args[3], &args[4], &args[5], &sp, &pc)
	if n < 9 || nr < 0 {
		return nil
	}
	return &stx.Enter{Arch: uint32(native), Nr: uint64(nr), Args: args, IP: pc, SP: sp}
}
