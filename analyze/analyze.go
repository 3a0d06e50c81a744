package analyze

import (
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// Analyzer takes the events of one trace and says why its command failed.
type Analyzer struct {
	facts *facts
	hung  bool
}

// New returns an Analyzer.
func New() *Analyzer { return &Analyzer{facts: newFacts()} }

// Add takes the next event. Events must come in the order of the trace.
func (a *Analyzer) Add(e *event.Event) { a.facts.add(e) }

// NoPID and above are no process ids (PID_MAX_LIMIT, linux/threads.h): the caller gives
// them to threads of logs without ids, where there are several logs. A diagnosis does
// not show them.
const NoPID = 1 << 22

// Aside says that all processes so far ran beside the command, whose trace comes now.
func (a *Analyzer) Aside() { a.facts.state.Aside() }

// SetHung says that the command was still running when the capture was ended
// by a time limit or an interrupt.
func (a *Analyzer) SetHung() { a.hung = true }

// maxCauses is how many causes a diagnosis names.
const maxCauses = 5

// Diagnose gives the answer for all events added so far. The caller fills in
// Tool and the parser's part of Source.
func (a *Analyzer) Diagnose() *Diagnosis {
	f := a.facts
	f.state.Settle(f.scope.onlyFailures())
	d := &Diagnosis{Schema: Schema, Causes: []Cause{}, Trail: []Step{}, Notes: []Note{}}
	d.Source.Events = f.last + 1
	for name := range f.files {
		d.Source.Files = append(d.Source.Files, name)
	}
	f.settle()
	f.markHarmless()
	root := f.state.Root
	d.Outcome = outcome(root, a.hung || f.timedOut || root != nil && f.interrupted(root))
	switch d.Outcome.Status {
	case "failed":
		f.explainFailure(d)
	case "unknown":
		if f.explainFailure(d); len(d.Causes) == 0 && root != nil && f.leftWaiting() {
			if f.explainHang(d); f.letGo() {
				d.Outcome.Status = "hung"
			}
		}
	case "hung":
		f.explainHang(d)
	}
	d.Notes = append(d.Notes, f.notes(d)...)
	return d
}

func (f *facts) explainFailure(d *Diagnosis) {
	if f.state.Root == nil {
		return
	}
	list := f.suspects(f.state.Root)
	found := f.candidates(list)
	top, paths := list[0], []string(nil)
	if len(found) > 0 {
		top, paths = found[0].sus, found[0].paths()
	}
	d.Message = message(list, top, paths)
	if d.Outcome.Status == "unknown" && len(found) > 0 && found[0].brokenOff() {
		return
	}
	if d.Outcome.Status == "unknown" && !complained(top) && (len(found) == 0 || confidence(found, 0) < 0.5) {
		return // nothing says that anything failed
	}
	for i, c := range found {
		if len(d.Causes) == maxCauses || !c.worth() {
			break
		}
		if f.scope.hides(c) {
			continue
		}
		cause := f.cause(c)
		cause.Confidence = c.cutLimit(f.scope.limit(c, confidence(found, i)))
		if c.fail != nil && c.sus.anchor.line == nil && f.endedUnseen(c.sus.hist.proc) {
			cause.Confidence = min(cause.Confidence, unseen)
		}
		d.Causes = append(d.Causes, cause)
	}
	if len(d.Causes) > 0 {
		d.Trail = f.trail(found[0])
	}
}

// brokenOff: the trace ends in the middle of a search.
func (c *candidate) brokenOff() bool {
	p := c.sus.hist.proc
	return c.missing() && c.sus.anchor.line == nil && p.Exit == nil && c.pos.index == p.Last && (c.kind == "search" || probing(c.fail.name))
}

// unseen is what can be said of a failed call when another thread ended the process, of
// which nothing is known.
const unseen = 0.2

// floor is the score below which a candidate isn't worth a person's time, and
// bareFloor that for one of which nothing can be said that ties it to the failure.
const (
	floor     = 1.0
	bareFloor = 1.75
)

// worth says whether a candidate is worth a person's time. What a search found in the end
// was not missing.
func (c *candidate) worth() bool {
	return !(c.kind == "search" && c.found) && c.score >= floor && (len(c.reasons) > 0 || c.score >= bareFloor)
}

// confidence of the i-th candidate: how strongly the rules speak for it, and how far
// behind the next one is. A lead says no more than the candidate's own points do: the
// best of a bad lot is not sure.
func confidence(list []*candidate, i int) float64 {
	c := list[i]
	own := c.score - min(c.sus.link, maxLink)
	lead := alone
	if i+1 < len(list) {
		lead = min(c.score-list[i+1].score, 5)
	}
	v := 0.25 + 0.05*own + 0.06*min(lead, max(own, 0))
	if c.guess {
		return 0.2
	}
	if i > 0 {
		v = min(v, 0.5) - 0.08*float64(i)
	}
	return float64(int(100*max(0.05, min(v, c.ceiling())))) / 100
}

// alone is the lead of a candidate without a rival.
const alone = 3.5

// ceiling is the highest confidence that a cause of its kind deserves. That of a silent
// end after a look at a lock file rests on the file's name alone; that of a missing file
// which no word of the message is about, and not right before it, on next to nothing.
func (c *candidate) ceiling() float64 {
	switch {
	case c.kind == "data" && c.sus.anchor.line == nil && c.source.file == nil:
		return 0.6
	case c.fail != nil && c.sus.anchor.line == nil && c.missing() && probing(c.fail.name) && systemPath(c.fail.path):
		return 0.45 // most machines lack some of those
	case slices.ContainsFunc(c.points, func(p Points) bool { return p.Rule == endedWell }):
		return 0.45 // it may be a warning only
	case slices.ContainsFunc(c.points, func(p Points) bool {
		return p.Rule == "below one that ended well" || p.Rule == "removing what is gone" || (p.Rule == "work went on" || p.Rule == "unheard") && p.Points <= -overtaken
	}):
		return 0.45 // somebody has dealt with it, or gone on
	case c.fail != nil && c.sus.anchor.line != nil && c.between > 3 && !c.tied() && errorPoints(c.fail) <= 0:
		return 0.49
	case c.missing() && !c.fail.makes && !c.tied() && (systemPath(c.fail.path) || strings.Contains(c.fail.path, "/.")):
		return 0.49 // such files are there or not
	}
	return 0.97
}

// tied: more than its place speaks for it as the reason of the message.
func (c *candidate) tied() bool {
	return slices.ContainsFunc(c.points, func(p Points) bool { return p.Points > 0 && ties[p.Rule] })
}

// ties are the rules that tie a failed call to the message: by its words, or by which
// thread woke which.
var ties = map[string]bool{
	"path in the message": true, "address in the message": true, "errno in the message": true,
	"named in a warning": true, "handed over": true, "kind of call in the message": true, "place to search": true,
}

// settle puts in what was learned late: the directories that relative paths
// were relative to.
func (f *facts) settle() {
	for _, h := range f.order {
		for _, x := range h.failures {
			x.path, x.path2 = f.state.Abs(x.path), f.state.Abs(x.path2)
			x.step.Dir = f.state.Abs(x.step.Dir)
			x.step.FS.Cwd = f.state.Abs(x.step.FS.Cwd)
			x.addr = f.state.AbsAddr(x.addr)
			x.next.path = f.state.Abs(x.next.path)
		}
		h.shareEvidence()
		if h.short != nil {
			h.short.path = f.state.Abs(h.short.path)
		}
		h.byBase, h.byStem = map[string]*source{}, map[string]*source{}
		for _, s := range h.sources {
			if base := path.Base(s.path); h.byBase[base] == nil || h.byBase[base].found.index < s.found.index {
				h.byBase[base] = s
			}
			s.path = f.state.Abs(s.path)
			if stem := stemOf(s.path); h.byStem[stem] == nil || h.byStem[stem].found.index < s.found.index {
				h.byStem[stem] = s
			}
		}
		for _, s := range h.empty {
			s.path = f.state.Abs(s.path)
		}
		h.proc.Program, h.proc.Tried = f.state.Known(h.proc.Program), f.state.Known(h.proc.Tried)
	}
	f.settleUnmade()
}

// stemOf is a path without the endings of its last part: /srv/mod/a for /srv/mod/a.tar.gz.
func stemOf(p string) string {
	dir, base := path.Split(p)
	stem, _, _ := strings.Cut(base, ".")
	return dir + stem
}

// shareEvidence gives failures the evidence that was taken for another of the same path
// and error: the tracer looks once.
func (h *history) shareEvidence() {
	type place struct{ path, errno string }
	seen := map[place]*event.Seen{}
	for _, x := range h.failures {
		if x.seen != nil && x.path != "" {
			seen[place{x.path, x.errno}] = x.seen
		}
	}
	for _, x := range h.failures {
		if x.seen == nil && x.path != "" {
			x.seen = seen[place{x.path, x.errno}]
		}
	}
}
