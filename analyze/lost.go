package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
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

// lostThread is why a thread failed, and ended right after, whose work the others of its
// process wait for.
//
//	63 openat(AT_FDCWD, "feeds/today.csv", O_RDONLY) = -1 ENOENT (No such file or directory)
//	63 exit(0)                              = ?
//	61 futex(0x55f743886248, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
func (f *facts) lostThread(w *wait) *Cause {
	if !endless(w.st.Event.Call) {
		return nil
	}
	var last *failure
	for _, x := range w.hist.failures {
		if x.handed == endedAfter && errorPoints(x) >= 0 && !neverCause(x) && x.path+x.addr != "" && !systemPath(x.path) && (last == nil || x.at[len(x.at)-1].index > last.at[len(last.at)-1].index) {
			last = x
		}
	}
	if last == nil {
		return nil
	}
	c := &candidate{fail: last, kind: "syscall", sus: &suspect{hist: w.hist}, pos: last.at[len(last.at)-1]}
	out := f.cause(c)
	out.CallsBefore, out.Confidence = -1, 0.6
	out.Reasons = append(out.Reasons, fmt.Sprintf("its thread %d ended right after it, and the others wait for a thread to go on", last.tid))
	return &out
}

// lostSharer is why a process ended that has a lock or the like in memory that it shared
// with the one that waits (futex(2): without FUTEX_PRIVATE_FLAG).
func (f *facts) lostSharer(w *wait) *Cause {
	c := w.st.Event.Call
	if !endless(c) || !isShared(c) || f.state.Process(int(c.Arg(2).Int)) != nil {
		return nil // the kernel tells who joins a thread of its end so
	}
	var last *replay.Process
	for _, p := range f.state.All {
		if p.Failed() && p != w.hist.proc && related(p, w.hist.proc) && p.Ended.Index < w.hist.proc.Last && f.diedByItself(p) && (last == nil || p.Ended.Index > last.Ended.Index) {
			last = p
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
	out.Reasons = append(out.Reasons, fmt.Sprintf("%s waits on memory that processes share, and %s %s: what that held it can't give back", name(w.hist.proc), name(last), ended(last)))
	return &out
}

// diedByItself: with an error, or by a signal of its own making, as SIGSEGV.
func (f *facts) diedByItself(p *replay.Process) bool {
	return !f.endedByOther(p) && (p.Exit.Signal == "" || replay.Crashes(p.Exit.Signal))
}

// related processes may share memory: one has started the other, or one both.
func related(p, q *replay.Process) bool {
	return p.Parent == q || q.Parent == p || p.Parent != nil && p.Parent == q.Parent
}

// endless says whether a call waits on a futex without a limit of time.
func endless(c *event.Call) bool {
	return c != nil && strings.HasPrefix(futexOp(c), "FUTEX_WAIT") && c.Arg(3).IsNull()
}

// isShared says whether a futex may lie in memory that processes share.
func isShared(c *event.Call) bool {
	op := futexOp(c)
	return strings.HasPrefix(op, "FUTEX_WAIT") && !strings.Contains(op, "_PRIVATE")
}

// futexOp is what a futex call does: "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME"; ""
// for other calls.
func futexOp(c *event.Call) string {
	if waitsIn(c) != "futex" {
		return ""
	}
	return c.Arg(1).Str
}

// lostClient is why a process failed that a listener has started, by itself or over others,
// and that was to connect to it: nobody has.
//
//	10 listen(3, 5)                         = 0
//	12 openat(AT_FDCWD, "lib/worker.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
//	12 exit_group(2)                        = ?
//	10 accept4(3,  <unfinished ...>
func (f *facts) lostClient(w *wait) *Cause {
	if !w.listens() {
		return nil
	}
	var last *replay.Process
	for _, p := range f.state.All {
		if p.Failed() && p.Descends(w.hist.proc) && p != w.hist.proc && p.Exit.Signal == "" && f.diedByItself(p) && len(p.Execs) > 0 && (last == nil || p.Ended.Index > last.Ended.Index) {
			last = p
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
	out.Confidence = min(confidence(found, 0), 0.5)
	out.Reasons = append(out.Reasons, fmt.Sprintf("%s waits for a client, nobody has connected, and %s, which it had started, %s", name(w.hist.proc), name(last), ended(last)))
	return &out
}

// listens says whether a process waits for its first client, and for nothing else.
func (w *wait) listens() bool {
	files := w.st.Watched
	if strings.HasPrefix(waitsIn(w.st.Event.Call), "accept") && w.file != nil {
		files = []*replay.File{w.file}
	}
	return len(files) > 0 && !slices.ContainsFunc(files, func(x *replay.File) bool { return x.Sock == nil || !x.Sock.Listening || x.Sock.Accepted })
}
