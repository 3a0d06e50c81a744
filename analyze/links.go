package analyze

import (
	"cmp"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// link is the step from a process that failed to a failed child of it.
type link struct {
	parent, child *suspect
	last          bool            // no other failed child ended later, before the message
	lastOne       *replay.Process // that one; nil if there is none
	well          []int           // where the children that ended well began
	passedOn      bool            // the silent parent's status is that of a failed child, and not everybody's
}

// linkRule rates how likely a child's failure is its parent's.
type linkRule struct {
	name  string
	apply func(f *facts, l *link) float64
}

var linkRules = []linkRule{
	{"same status", sameStatus},
	{"named by its parent", namedByParent},
	{"the last to fail", lastToFail},
	{"its words were taken", wordsTaken},
	{"work went on", workWentOn},
	{"its parent failed itself", parentFailed},
	{"after the message", afterMessage},
	{"long before", longBefore},
	{"removing what is gone", removingGone},
	{"unheard", unheard},
	{"its value is missed", valueMissed},
	{"branch for a failure", branchForFailure},
}

// sameStatus: make fails with 2 since sh failed with 2; 1 is everybody's status. A
// shell gives 128 and more for a child that a signal killed. A script that keeps a
// status (rc=$?), tidies up and exits with it is not about what failed meanwhile.
func sameStatus(_ *facts, l *link) float64 {
	p, c := l.parent.hist.proc.Exit, l.child.hist.proc.Exit
	switch {
	case p == nil:
	case c.Signal != "" && p.Code > 128, c.Signal == "" && c.Code == p.Code && c.Code != 1:
		return 1.5
	case c.Signal == "" && c.Code == p.Code:
		return 0.75
	case l.passedOn:
		return -14
	}
	return 0
}

// namedByParent: the parent's message gives the child's process id, or its status if that
// is not everybody's: "child 20099 exited with status 4".
func namedByParent(_ *facts, l *link) float64 {
	line, c := l.parent.anchor.line, l.child.hist.proc
	if line == nil || c.Ended == nil || c.Ended.Index > line.end.index {
		return 0
	}
	low := strings.ToLower(line.text)
	if c.PID > 99 && containsWord(low, itoa(c.PID)) {
		return 3
	}
	if c.Exit.Signal != "" || c.Exit.Code < 2 {
		return 0
	}
	if givesStatus(low, c.Exit.Code) {
		return 2
	}
	return 0
}

// givesStatus says whether a message gives an exit status.
func givesStatus(low string, code int) bool {
	for _, before := range []string{"status ", "status: ", "status\": ", "code ", "code: ", "returned ", "rc=", "exit ", "error "} {
		for rest := low; ; {
			_, after, ok := strings.Cut(rest, before+itoa(code))
			if !ok {
				break
			}
			if after == "" || after[0] < '0' || after[0] > '9' {
				return true
			}
			rest = after
		}
	}
	return false
}

// lastToFail: of several children the one that failed last made the parent give up,
// unless that went on with other work.
func lastToFail(f *facts, l *link) float64 {
	if l.last && l.after() == 0 && longBefore(f, l) == 0 {
		return 1.5
	}
	return 0
}

// complained says whether the suspect's message sounds like one of a failure.
func complained(s *suspect) bool { return s.anchor.line != nil && weightOf(s.anchor.line) >= 3 }

// wordsTaken: the parent read what the child said, and went on.
func wordsTaken(_ *facts, l *link) float64 {
	if complained(l.child) && l.child.anchor.line.stream == "pipe" {
		return -1.25
	}
	return 0
}

// workWentOn: other children were started after it and ended well, so it was handled; or
// the parent has become another program since.
func workWentOn(f *facts, l *link) float64 {
	points := -0.6 * float64(min(l.after(), 5))
	if c := l.child.hist.proc; c.Reaped != nil && c.ReapedAt < l.parent.hist.execSeq {
		points -= 4 // as for its own failures before that
	}
	switch {
	case l.ignored():
		points -= 3 * overtaken
	case l.overtaken() && !f.needs(l.lastOne, l.child.hist.proc):
		points -= overtaken
	}
	return points
}

// ignored: the parent says that it does not care: "make: [Makefile:3: a] Error 1 (ignored)".
func (l *link) ignored() bool {
	c, lines := l.child.hist.proc, l.parent.hist.lines
	if c.Reaped == nil {
		return false
	}
	next, _ := slices.BinarySearchFunc(lines, c.ReapedAt, func(w *line, seq int) int { return cmp.Compare(w.start.seq, seq) })
	return slices.ContainsFunc(lines[next:min(next+rightBefore, len(lines))], func(w *line) bool {
		return w.start.seq-c.ReapedAt <= rightBefore && strings.Contains(w.text, "(ignored)")
	})
}

// overtaken is what a failed child loses when the parent went on to another one, and ended
// with the status of that.
const overtaken = 4

func (l *link) overtaken() bool {
	c, p, o := l.child.hist.proc, l.parent.hist.proc, l.lastOne
	if o == nil || l.last || replay.Crashes(c.Exit.Signal) || p.Exit == nil || o.Reaped == nil || o.First == nil || o.First.Index < c.Ended.Index {
		return false
	}
	same := o.Exit.Signal == "" && o.Exit.Code == p.Exit.Code || o.Exit.Signal != "" && p.Exit.Code > 128
	return same && l.parent.hist.proc.Calls-o.ReapedAt <= soonAfter
}

// after is how many children were started after this one, and ended well.
func (l *link) after() int {
	at, _ := slices.BinarySearch(l.well, l.child.hist.proc.Ended.Index)
	return len(l.well) - at
}

// parentFailed: after the child's end, and right before its own message, the parent
// could not do something itself: other than find a file, which the child may have
// been there to make. A program takes what is in its cache when curl fails, and then
// can't write its output.
func parentFailed(_ *facts, l *link) float64 {
	for _, x := range l.parent.couldNot(l.child.hist.proc.Ended.Index) {
		if ownFailure(x) {
			return -7
		}
	}
	return 0
}

// ownFailure: it is something other than that a file was not found.
func ownFailure(x *failure) bool {
	bits, _ := need(x)
	return x.errno != "ENOENT" || bits&2 != 0 && x.name != "connect"
}

// couldNot are the calls that a process needed, and that failed after an event and right
// before its message.
func (s *suspect) couldNot(after int) (out []*failure) {
	if s.anchor.line == nil {
		return nil
	}
	for _, x := range s.hist.failures {
		at, ok := lastBefore(x.at, s.anchor.pos.index)
		if !ok || at.index < after || s.anchor.pos.seq-at.seq > rightBefore || neverCause(x) || callWeight[x.name] < 2 || errorPoints(x) < 0 {
			continue
		}
		if probe, _ := startupProbe(nil, &candidate{fail: x}); probe == 0 {
			out = append(out, x)
		}
	}
	return out
}

// rightBefore is the number of calls within which a message follows its cause.
const rightBefore = 12

// afterMessage: what began or ended after the parent's message is hardly its reason: a
// program can't open its settings, says so, and then a copy of its state fails too.
func afterMessage(_ *facts, l *link) float64 {
	a, c := l.parent.anchor, l.child.hist.proc
	switch {
	case a.line != nil && a.pos.index < c.First.Index && len(l.parent.couldNot(0)) == 0: // "checking for errors"
		return -2
	case a.line != nil && a.pos.index < c.First.Index:
		return -8
	case outlived(c, l.parent.hist.proc):
		return -6
	case !before(c, a, l.parent.hist.proc):
		return -3
	}
	return 0
}

func outlived(c, parent *replay.Process) bool {
	return c.Ended != nil && parent.Ended != nil && c.Ended.Index > parent.Ended.Index
}

// soonAfter is the number of calls within which a parent still deals with the
// end of a child that it waited for; each as many more make it less likely.
const soonAfter = 100

// longBefore: the parent did much else between the child's end and its own message.
func longBefore(_ *facts, l *link) float64 {
	c := l.child.hist.proc
	if gap := l.parent.anchor.pos.seq - c.ReapedAt; c.Reaped != nil && gap > soonAfter {
		return -min(float64(gap-soonAfter)/soonAfter, 8)
	}
	return 0
}

// removingGone: rm complains that a file isn't there, before it is made anew.
func removingGone(_ *facts, l *link) float64 {
	if a := l.child.anchor; a.line != nil && containsAny(strings.ToLower(a.line.text), removeWords) {
		return -9
	}
	return 0
}

var removeWords = []string{"cannot remove", "can't remove", "unlink", "failed to remove"}
