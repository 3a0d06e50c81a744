package analyze

import (
	"fmt"
	"math"
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
	return f.whyEnded(last, 0.6, fmt.Sprintf("%s waits for something to read from a pipe into which no other process can write any more, and %s, which it had started, %s", name(w.hist.proc), name(last), ended(last)))
}

// whyEnded is the likeliest reason for the end of a process that another one waits for, with
// at most so much confidence; nil when there is none worth a word.
func (f *facts) whyEnded(p *replay.Process, most float64, because string) *Cause {
	found := f.candidates(f.suspects(p))
	if len(found) == 0 || !found[0].worth() {
		return nil
	}
	out := f.cause(found[0])
	out.Confidence = min(confidence(found, 0), most)
	out.Reasons = append(out.Reasons, because)
	return &out
}

// lostThread is why a thread failed, and ended right after, whose work the others of its
// process wait for.
//
//	63 openat(AT_FDCWD, "feeds/today.csv", O_RDONLY) = -1 ENOENT (No such file or directory)
//	63 exit(0)                              = ?
//	61 futex(0x55f743886248, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
func (f *facts) lostThread(w *wait) *Cause {
	if c := w.st.Event.Call; !endless(c) || c.Arg(2).Int == contended {
		return nil
	}
	var last *failure
	for _, x := range w.hist.failures {
		if at := x.at[len(x.at)-1]; x.handed == endedAfter && w.st.Seq-at.seq <= soonWaits && errorPoints(x) >= 0 && !neverCause(x) && x.path+x.addr != "" && !systemPath(x.path) &&
			(last == nil || at.index > last.at[len(last.at)-1].index) {
			last = x
		}
	}
	if last == nil {
		return nil
	}
	c := &candidate{fail: last, kind: "syscall", sus: &suspect{hist: w.hist}, pos: last.at[len(last.at)-1]}
	if f.rank(c); c.score < bareFloor {
		return nil // hardly anything that a program needs
	}
	out := f.cause(c)
	out.CallsBefore, out.Confidence = -1, 0.5
	out.Reasons = append(out.Reasons, fmt.Sprintf("its thread %d ended right after it, and the others wait for a thread to go on", last.tid))
	return &out
}

// contended is the value of a lock that others wait for (nptl(7), lowlevellock.h of glibc):
// such a wait is for its holder.
const contended = 2

// soonWaits is how many calls of the process there may be between the end of such a thread
// and the wait: what came later is about something else.
const soonWaits = 40

// lostSharer is why a process ended that has a lock or the like in memory that it shared
// with the one that waits (futex(2): without FUTEX_PRIVATE_FLAG).
func (f *facts) lostSharer(w *wait) *Cause {
	c := w.st.Event.Call
	if !endless(c) || !isShared(c) || c.Arg(2).Int > contended {
		return nil // who joins a thread waits for its id to be cleared
	}
	var last *replay.Process
	for _, p := range f.state.All {
		if p.Failed() && p != w.hist.proc && related(p, w.hist.proc) && f.share(p, w.hist.proc) && p.Ended.Index < w.hist.proc.Last && f.diedByItself(p) && (last == nil || p.Ended.Index > last.Ended.Index) {
			last = p
		}
	}
	if last == nil {
		return nil
	}
	return f.whyEnded(last, 0.6, fmt.Sprintf("%s waits on memory that processes share, and %s %s: what that held it can't give back", name(w.hist.proc), name(last), ended(last)))
}

// diedByItself: with an error, or by a signal of its own making, as SIGSEGV.
func (f *facts) diedByItself(p *replay.Process) bool {
	return !f.endedByOther(p) && (p.Exit.Signal == "" || replay.Crashes(p.Exit.Signal))
}

// share says whether two related processes have memory in common that both may write to, of
// their own or of the one above them.
func (f *facts) share(p, q *replay.Process) bool {
	of := func(p *replay.Process) bool { return p != nil && f.procs[p] != nil && f.procs[p].shares }
	return of(p) && of(q) || of(p.Parent) || of(q.Parent) || p.Parent == q && of(q) || q.Parent == p && of(p)
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

// lostClient is why a process failed that a listener has started since it listens, by itself
// or over others, and that may have been to connect to it: nobody has.
//
//	10 listen(3, 5)                         = 0
//	12 openat(AT_FDCWD, "lib/worker.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
//	12 exit_group(2)                        = ?
//	10 accept4(3,  <unfinished ...>
func (f *facts) lostClient(w *wait) *Cause {
	since, ok := w.listens()
	if !ok {
		return nil
	}
	var last *replay.Process
	for _, p := range started(w.hist.proc) {
		if p.Failed() && p.Exit.Signal == "" && len(p.Execs) > 0 && p.First != nil && p.First.Index > since && (last == nil || p.Ended.Index > last.Ended.Index) && f.diedByItself(p) {
			last = p
		}
	}
	if last == nil {
		return nil
	}
	return f.whyEnded(last, 0.5, fmt.Sprintf("%s waits for a client, nobody has connected, and %s, which it had started, %s", name(w.hist.proc), name(last), ended(last)))
}

// started are the processes that one has started, by itself or over others, up to many.
func started(p *replay.Process) (all []*replay.Process) {
	const many = 1 << 12
	seen := map[*replay.Process]bool{p: true}
	for list := []*replay.Process{p}; len(list) > 0 && len(all) < many; list = list[1:] {
		for _, c := range list[0].Children {
			if !seen[c] {
				seen[c] = true
				all, list = append(all, c), append(list, c)
			}
		}
	}
	return all
}

// listens says whether a process waits for its first client, and for nothing else; since is
// the event of its first listen.
func (w *wait) listens() (since int, ok bool) {
	files := w.st.Watched
	if strings.HasPrefix(waitsIn(w.st.Event.Call), "accept") && w.file != nil {
		files = []*replay.File{w.file}
	}
	since = math.MaxInt
	for _, x := range files {
		if x.Sock == nil || !x.Sock.Listening || x.Sock.Accepted {
			return 0, false
		}
		since = min(since, x.Sock.Listened)
	}
	return since, len(files) > 0
}
