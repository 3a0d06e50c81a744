package analyze

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// suspect is a process that may have failed first, and the way that leads to
// it from the command.
type suspect struct {
	hist *history
	from *suspect // nil for the command itself
	how  string   // "child", "pipe", "words"
	link float64  // how strongly the failure leads here, summed along the way
	// because says so to a person, "" for the command itself.
	because string
	anchor  anchor
	relay   *relay // how: "words"
}

// maxSuspects bounds the search on traces of many thousand failing processes.
const maxSuspects = 2000

// suspects lists the processes to which the failure of root may be due, root
// first.
func (f *facts) suspects(root *replay.Process) []*suspect {
	first := &suspect{hist: f.history(root)}
	first.anchor = anchorOf(first.hist)
	list := []*suspect{first}
	at := map[*replay.Process]*suspect{root: first}
	add := func(s *suspect) {
		old := at[s.hist.proc]
		if old != nil {
			if old != first && s.link > old.link && !leadsTo(s, old) {
				old.from, old.how, old.link, old.because, old.relay, old.anchor = s.from, s.how, s.link, s.because, s.relay, s.anchor
			}
			return
		}
		if len(list) < maxSuspects || s.relay != nil && len(list) < 2*maxSuspects {
			at[s.hist.proc] = s
			list = append(list, s)
		}
	}
	for i := 0; i < len(list); i++ {
		for _, s := range slices.Concat(f.children(list[i]), f.upstream(list[i]), f.relays(list[i]), f.answers(list[i])) {
			add(s)
		}
	}
	return list
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
	for _, c := range p.Children {
		if c.Failed() && before(c, s.anchor, p) && (last == nil || c.Ended.Index > last.Ended.Index) {
			last = c
		}
		if !c.Failed() && c.First != nil {
			well = append(well, c.First.Index)
		}
	}
	slices.Sort(well)
	out := f.orphans(s, p)
	for _, c := range p.Children {
		if !c.Failed() || killedFromOutside(p, c) {
			continue
		}
		h := f.history(c)
		k := &suspect{hist: h, from: s, how: "child", anchor: anchorOf(h)}
		k.link = s.link + linkOf(s, k, c == last, well)
		if f.endedByOther(c) {
			k.link -= 4
		}
		k.because = fmt.Sprintf("%s started %s, which %s", name(p), name(c), ended(c))
		out = append(out, k)
	}
	slices.SortStableFunc(out, func(a, b *suspect) int { return cmp.Compare(b.link, a.link) })
	return out
}

// orphans are processes that failed in the background, after the parent that
// left them there had ended well: daemons.
func (f *facts) orphans(s *suspect, p *replay.Process) []*suspect {
	var out []*suspect
	for _, c := range p.Children {
		if c.Failed() || c.Ended == nil || len(out) > maxSuspects {
			continue
		}
		for _, o := range c.Children {
			if o.Failed() && o.Ended.Index > c.Ended.Index && o.Ended.Index < s.anchor.pos.index && !f.endedByOther(o) {
				h := f.history(o)
				out = append(out, &suspect{hist: h, from: s, how: "child", anchor: anchorOf(h), link: s.link + 3,
					because: fmt.Sprintf("%s had left %s in the background, which %s", name(c), name(o), ended(o))})
			}
		}
		out = append(out, f.orphans(s, c)...)
	}
	return out
}

// killedFromOutside: what killed p has nothing to do with its child's end.
func killedFromOutside(p, c *replay.Process) bool {
	return p.Exit != nil && p.Exit.Signal != "" && !crashSignal(p.Exit.Signal) && p.Exit.Signal != c.Exit.Signal
}

// before: what ended after the parent's message can't be its reason.
func before(c *replay.Process, a anchor, parent *replay.Process) bool {
	return c.Ended != nil && (a.line == nil || c.Ended.Index < a.pos.index || parent.Ended == nil || c.Reaped != nil && c.Reaped.Index < a.pos.index)
}

// soonAfter is the number of calls within which a parent still deals with the
// end of a child that it waited for; each as many more make it less likely.
const soonAfter = 100

// endedByOther: somebody of this trace killed c, so its end is a consequence.
func (f *facts) endedByOther(c *replay.Process) bool {
	for _, k := range f.kills {
		if k.target == c.PID && k.by != c && k.signal == c.Exit.Signal && k.ev.Index < c.Ended.Index {
			return true
		}
	}
	return false
}

// linkOf rates how likely a child's failure is its parent's; well says where
// its siblings that ended well began.
func linkOf(s, k *suspect, last bool, well []int) float64 {
	p, c := s.hist.proc, k.hist.proc
	pts := 1.0
	if k.anchor.line != nil && containsAny(strings.ToLower(k.anchor.line.text), []string{"cannot remove", "can't remove", "unlink", "failed to remove"}) {
		pts -= 9 // what is to be removed is gone already
	}
	switch {
	case p.Exit == nil:
	case c.Exit.Signal == "" && c.Exit.Code == p.Exit.Code && c.Exit.Code != 1:
		pts += 1.5
	case c.Exit.Signal == "" && c.Exit.Code == p.Exit.Code:
		pts += 0.75
	case c.Exit.Signal != "" && p.Exit.Code > 128:
		pts += 1.5
	}
	if last {
		pts += 1.5
	}
	if k.anchor.line != nil && weightOf(k.anchor.line) >= 3 {
		pts += 0.75
		if k.anchor.line.stream == "pipe" {
			pts -= 1.25 // the parent took it, and went on
		}
	} else if c.Exit.Code == 1 && len(k.hist.failures) == 0 {
		pts -= 2 // a test that said no
	}
	// Work that went on after it, by other children, says that it was handled.
	at, _ := slices.BinarySearch(well, c.Ended.Index)
	pts -= 0.6 * float64(min(len(well)-at, 5))
	if !before(c, s.anchor, p) {
		pts -= 3
	}
	if gap := s.anchor.pos.seq - c.ReapedAt; c.Reaped != nil && gap > soonAfter {
		pts -= min(float64(gap-soonAfter)/soonAfter, 4)
	}
	if s.anchor.line != nil && s.anchor.pos.index < c.First.Index {
		pts -= 2
	}
	return pts
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
				k := &suspect{hist: h, from: s, how: "pipe", link: s.link + 0.5, anchor: anchorOf(h)}
				if file.Pipe.Bytes == 0 {
					k.link = s.link + 4
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
	return out
}

// name is how a process is called in sentences.
func name(p *replay.Process) string {
	if p == nil {
		return "a process"
	}
	n := p.Name()
	if n == "" {
		n = "process"
	}
	return fmt.Sprintf("%s[%d]", n, p.PID)
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
