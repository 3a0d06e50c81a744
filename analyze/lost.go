package analyze

import (
	"fmt"

	"github.com/stracex/stracex/analyze/replay"
)

// lostChild is why a child failed whose work a process waits for: no other process holds
// the other end of what it reads from, so that nothing can come, and the child ended by
// itself, with an error, before it began to wait for good. A queue of workers whose reader
// keeps the writing end open too.
//
//	20 openat(AT_FDCWD, "models/rank.bin", O_RDONLY) = -1 ENOENT (No such file or directory)
//	20 exit_group(1)                        = ?
//	10 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=20, si_status=1} ---
//	10 read(5, <unfinished ...>
func (f *facts) lostChild(w *wait) *Cause {
	file := w.file
	if file == nil || file.Pipe == nil || file.Write || len(w.on) > 0 {
		return nil
	}
	var last *replay.Process
	for _, c := range w.hist.proc.Children {
		if c.Failed() && c.Exit.Signal == "" && !f.endedByOther(c) && (last == nil || c.Ended.Index > last.Ended.Index) {
			last = c
		}
	}
	if last == nil {
		return nil
	}
	found := f.candidates(f.suspects(last))
	if len(found) == 0 || !found[0].worth() {
		return nil
	}
	out := f.cause(found[0])
	out.Confidence = min(confidence(found, 0), 0.6)
	out.Reasons = append(out.Reasons, fmt.Sprintf("%s waits for something to read from a pipe into which no other process can write any more, and %s, which it had started, %s", name(w.hist.proc), name(last), ended(last)))
	return &out
}
