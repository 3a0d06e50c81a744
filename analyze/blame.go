package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// suspect is a process that may have failed first, and the way that leads to
// it from the command.
type suspect struct {
	hist *history
	from *suspect // nil for the command itself
	how  string   // "child", "pipe", "words", "end"
	link float64  // how strongly the failure leads here, summed along the way
	// ceiling bounds the link, and that of all that it leads to.
	ceiling float64
	// points are what the link is made of.
	points []Points
	// because says so to a person, "" for the command itself.
	because string
	anchor  anchor
	// turns are the events by which it turned to something for the last time, nil until
	// they are asked for.
	turns *turns
	// handling is what it did for a failure, nil until it is asked for.
	handling *handling
	relay    *relay // how: "words"; of "end" the end that was read, and the request
}

// lead is a way on from a process that failed to those whose failure it may only repeat.
type lead struct {
	name   string
	follow func(f *facts, s *suspect) []*suspect
}

var leads = []lead{
	{"failed child", (*facts).children},
	{"left in the background", (*facts).orphans},
	{"below one that ended well", (*facts).swallowed},
	{"failed writer", (*facts).upstream},
	{"words of another", (*facts).relays},
	{"answer of another", (*facts).answers},
	{"hung up", (*facts).hungUp},
	{"its server ended", (*facts).endedServers},
	{"its maker failed", (*facts).makers},
}

// maxSuspects bounds the search on traces of many thousand failing processes.
const maxSuspects = 2000

// suspects lists the processes to which the failure of root may be due, root
// first.
func (f *facts) suspects(root *replay.Process) []*suspect {
	first := &suspect{hist: f.history(root), ceiling: math.Inf(1)}
	first.anchor = anchorOf(first.hist)
	list := []*suspect{first}
	at := map[*replay.Process]*suspect{root: first}
	add := func(s *suspect) {
		old := at[s.hist.proc]
		if old != nil {
			if old != first && s.link > old.link && !leadsTo(s.from, old) {
				*old = *s
			}
			return
		}
		if len(list) < maxSuspects || s.relay != nil && len(list) < 2*maxSuspects {
			at[s.hist.proc] = s
			list = append(list, s)
		}
	}
	for i := 0; i < len(list); i++ {
		for _, l := range leads {
			for _, s := range l.follow(f, list[i]) {
				s.gets("below one passed over", min(s.ceiling-s.link, 0))
				add(s)
			}
		}
	}
	return list
}

// to is a suspect that s leads to.
func (s *suspect) to(h *history, how string, a anchor) *suspect {
	k := &suspect{hist: h, from: s, how: how, anchor: a, link: s.link, ceiling: s.ceiling, points: slices.Clone(s.points)}
	k.gets("a long way", min(maxLink-k.link, 0))
	return k
}

// gets adds what a rule gives for the way to the suspect.
func (s *suspect) gets(rule string, points float64) {
	if points != 0 {
		s.link += points
		s.points = append(s.points, Points{rule, points})
	}
}

// leadsTo says whether the way to s goes over old.
func leadsTo(s, old *suspect) bool {
	for ; s != nil; s = s.from {
		if s.hist == old.hist {
			return true
		}
	}
	return false
}

// children are the failed children of a failed process, the likeliest first.
func (f *facts) children(s *suspect) []*suspect {
	p := s.hist.proc
	var last *replay.Process
	var well []int // where the children that ended well began
	passedOn := false
	for _, c := range p.Children {
		if c.Failed() && s.anchor.line == nil && p.Exit != nil && p.Exit.Code > 1 && c.Exit.Code == p.Exit.Code {
			passedOn = true
		}
		if c.Failed() && before(c, s.anchor, p) && !f.endedByOther(c) && (last == nil || c.Ended.Index > last.Ended.Index) {
			last = c
		}
		if !c.Failed() && c.First != nil {
			well = append(well, c.First.Index)
		}
	}
	slices.Sort(well)
	var out []*suspect
	timeUp := f.timedOutBefore(p)
	for _, c := range p.Children {
		waitedFor := timeUp && c.Failed() && c.Exit.Signal == "" && killedFromOutside(p, c)
		if !c.Failed() || killedFromOutside(p, c) && !waitedFor {
			continue
		}
		h := f.history(c)
		k := s.to(h, "child", anchorOf(h))
		k.gets("failed child", 1)
		if waitedFor {
			k.gets("its time was up", 3) // what went on after it was the wait for what it was to do
		} else {
			for _, r := range linkRules {
				k.gets(r.name, r.apply(f, &link{s, k, c == last, last, well, passedOn}))
			}
		}
		k.because = fmt.Sprintf("%s started %s, which %s", name(p), name(c), ended(c))
		out = append(out, k)
	}
	slices.SortStableFunc(out, func(a, b *suspect) int { return cmp.Compare(b.link, a.link) })
	for _, k := range out {
		if out[0].link-k.link > passedOver {
			k.ceiling = min(k.ceiling, k.link)
		}
	}
	return out
}

// passedOver is how much less likely than its likeliest sibling a child is whose own
// children can't make it likelier: however deep it goes, the parent went on after it.
const passedOver = 2

// orphans are processes that failed in the background, after the parent that
// left them there had ended well: daemons.
func (f *facts) orphans(s *suspect) []*suspect { return f.leftBy(s, s.hist.proc) }

// leftBy finds the orphans below p.
func (f *facts) leftBy(s *suspect, p *replay.Process) []*suspect {
	var out []*suspect
	for _, c := range p.Children {
		if c.Failed() || c.Ended == nil || len(out) > maxSuspects {
			continue
		}
		for _, o := range c.Children {
			if o.Failed() && leftAlone(o) && o.Ended.Index < s.anchor.pos.index && !f.endedByOther(o) {
				h := f.history(o)
				k := s.to(h, "child", anchorOf(h))
				k.gets("left in the background", 3)
				k.because = fmt.Sprintf("%s had left %s in the background, which %s", name(c), name(o), ended(o))
				out = append(out, k)
			}
		}
		out = append(out, f.leftBy(s, c)...)
	}
	return out
}

// swallowed are processes that failed in an uncommon way below a child that ended well all
// the same: it has kept their failure to itself.
func (f *facts) swallowed(s *suspect) (out []*suspect) {
	for _, c := range s.hist.proc.Children {
		if c.Failed() || c.Ended == nil || c.Ended.Index > s.anchor.pos.index {
			continue
		}
		for _, g := range c.Children {
			if !g.Failed() || g.Exit.Signal == "" && g.Exit.Code < 2 || g.Ended.Index > c.Ended.Index || f.endedByOther(g) || len(out) > maxSuspects {
				continue
			}
			h := f.history(g)
			k := s.to(h, "child", anchorOf(h))
			k.gets("below one that ended well", -2.5)
			k.because = fmt.Sprintf("%s, which ended well, had started %s, which %s", name(c), name(g), ended(g))
			out = append(out, k)
		}
	}
	return out
}

// leftAlone says of a failed process whether it was left to itself: it ended after its
// parent; or before, as happens on a busy machine, and nobody took its status.
func leftAlone(p *replay.Process) bool {
	return p.Ended.Index > p.Parent.Ended.Index || p.Reaped == nil
}

// killedFromOutside: what killed p has nothing to do with its child's end.
func killedFromOutside(p, c *replay.Process) bool {
	return p.Exit != nil && p.Exit.Signal != "" && !replay.Crashes(p.Exit.Signal) && p.Exit.Signal != c.Exit.Signal
}

// before: what ended after the parent's message can't be its reason.
func before(c *replay.Process, a anchor, parent *replay.Process) bool {
	return c.Ended != nil && (a.line == nil || c.Ended.Index < a.pos.index || parent.Ended == nil || c.Reaped != nil && c.Reaped.Index < a.pos.index)
}

// endedByOther: somebody of this trace killed c, so its end is a consequence.
func (f *facts) endedByOther(c *replay.Process) bool {
	for _, k := range f.kills {
		if c.Exit != nil && k.target == c.PID && k.by != c && k.signal == c.Exit.Signal && k.index < c.Ended.Index {
			return true
		}
	}
	return false
}

// upstream follows a pipe that brought nothing to the process at its other
// end, over any number of processes that only passed it on.
func (f *facts) upstream(s *suspect) []*suspect {
	var out []*suspect
	seen := map[*replay.Pipe]bool{}
	var follow func(file *replay.File, depth int)
	follow = func(file *replay.File, depth int) {
		if file == nil || file.Pipe == nil || file.Write || seen[file.Pipe] || depth > 16 {
			return
		}
		seen[file.Pipe] = true
		for _, p := range f.state.All {
			o := p.Std[1]
			if o == nil || o.Pipe != file.Pipe || !o.Write || p == s.hist.proc {
				continue
			}
			if p.Failed() && p.Exit.Signal != "SIGPIPE" {
				h := f.history(p)
				k := s.to(h, "pipe", anchorOf(h))
				k.gets("failed writer", 0.5)
				if file.Pipe.Bytes == 0 {
					k.gets("no input", 3.5)
					k.because = fmt.Sprintf("%s got no input: %s, at the other end of the pipe, %s", name(s.hist.proc), name(p), ended(p))
				} else {
					k.because = fmt.Sprintf("%s read what %s wrote, which %s", name(s.hist.proc), name(p), ended(p))
				}
				out = append(out, k)
				continue
			}
			if file.Pipe.Bytes == 0 {
				follow(p.Std[0], depth+1)
			}
		}
	}
	follow(s.hist.proc.Std[0], 0)
	return append(append(out, f.silentWriters(s)...), f.brokenPairs(s)...)
}

// closedFirst is how many events a process may end after the other end of its socket has
// learned of it: the kernel closes its files first.
const closedFirst = 20

// brokenPairs: a socket pair broke, since the process at its other end, where that was
// stdin or stdout, had failed.
func (f *facts) brokenPairs(s *suspect) (out []*suspect) {
	const most = 16 // pairs; each is looked for in all processes
	looked := 0
	for _, x := range slices.Backward(s.hist.failures) {
		at, ok := lastBefore(x.at, s.anchor.pos.index)
		file := x.step.File
		if x.errno != "ECONNRESET" && x.errno != "EPIPE" || !ok || file == nil || file.Sock == nil || file.Sock.Pair == nil {
			continue
		}
		if looked++; looked > most {
			break
		}
		for _, p := range f.state.All {
			if p == s.hist.proc || !p.Failed() || p.Ended.Index > at.index+closedFirst || p.Std[0] != file.Sock.Pair && p.Std[1] != file.Sock.Pair {
				continue
			}
			h := f.history(p)
			k := s.to(h, "pipe", anchorOf(h))
			k.gets("failed writer", 4.5)
			k.because = fmt.Sprintf("%s, at the other end of the socket, %s", name(p), ended(p))
			out = append(out, k)
		}
	}
	return out
}

// silentWriters: the message speaks of an end of file, and a pipe of a child ended without
// a byte; the child has ended right before, however it called that.
func (f *facts) silentWriters(s *suspect) (out []*suspect) {
	if l := s.anchor.line; l == nil || !containsAny(strings.ToLower(l.text), endWords) {
		return nil
	}
	for _, e := range s.hist.empty {
		if e.file.Pipe == nil || e.file.Pipe.Bytes > 0 || e.pos.index > s.anchor.pos.index {
			continue
		}
		var last *replay.Process
		for _, c := range s.hist.proc.Children {
			if c.Ended != nil && c.Ended.Index < e.pos.index && (last == nil || c.Ended.Index > last.Ended.Index) {
				last = c
			}
		}
		if last == nil || last.Exit == nil || last.Failed() {
			continue // a failed child is one anyway
		}
		h := f.history(last)
		k := s.to(h, "pipe", anchorOf(h))
		k.gets("failed writer", 4)
		k.because = fmt.Sprintf("%s got nothing from %s, which %s", name(s.hist.proc), name(last), ended(last))
		out = append(out, k)
	}
	return out
}

// name is how a process is called in sentences.
func name(p *replay.Process) string {
	switch {
	case p == nil:
		return "a process"
	case p.Name() == "", p.PID >= NoPID, p.PID == 0:
		return shortName(p)
	}
	return fmt.Sprintf("%s[%d]", p.Name(), p.PID)
}

// shortName is its name in the first line of a report, where its id is not wanted.
func shortName(p *replay.Process) string {
	switch n := p.Name(); {
	case n != "":
		return n
	case p.PID >= NoPID:
		return "a process of another log"
	case p.PID != 0:
		return fmt.Sprintf("process %d", p.PID)
	}
	return "the program" // of a log that has no ids
}

// ended says how a process ended: "ended with status 2", "was killed by SIGSEGV".
func ended(p *replay.Process) string {
	switch {
	case p.Exit == nil:
		return "was still running"
	case p.Exit.Signal != "":
		return "was killed by " + p.Exit.Signal
	}
	return fmt.Sprintf("ended with status %d", p.Exit.Code)
}
