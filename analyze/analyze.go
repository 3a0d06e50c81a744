package analyze

import (
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

// SetHung says that the command was still running when the capture was ended
// by a time limit or an interrupt.
func (a *Analyzer) SetHung() { a.hung = true }

// maxCauses is how many causes a diagnosis names.
const maxCauses = 5

// Diagnose gives the answer for all events added so far. The caller fills in
// Tool and the parser's part of Source.
func (a *Analyzer) Diagnose() *Diagnosis {
	f := a.facts
	d := &Diagnosis{Schema: Schema, Causes: []Cause{}, Trail: []Step{}, Notes: []Note{}}
	if f.last != nil {
		d.Source.Events = f.last.Index + 1
	}
	for name := range f.files {
		d.Source.Files = append(d.Source.Files, name)
	}
	f.settle()
	f.markHarmless()
	root := f.state.Root
	d.Outcome = outcome(root, a.hung || root != nil && f.interrupted(root))
	switch d.Outcome.Status {
	case "failed", "unknown":
		f.explainFailure(d)
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
	top := list[0]
	if len(found) > 0 {
		top = found[0].sus
	}
	d.Message = message(list, top)
	for i, c := range found {
		if len(d.Causes) == maxCauses || c.score < floor {
			break
		}
		cause := f.cause(c)
		cause.Confidence = confidence(found, i)
		d.Causes = append(d.Causes, cause)
	}
	if len(d.Causes) > 0 {
		d.Trail = f.trail(found[0])
	}
}

// floor is the score below which a candidate isn't worth a person's time.
const floor = 1.0

// confidence of the i-th candidate: how strongly the rules speak for it, and
// how far behind the next one is.
func confidence(list []*candidate, i int) float64 {
	c := list[i]
	own := c.score - min(c.sus.link, maxLink)
	v := 0.25 + 0.05*own
	if i+1 < len(list) {
		v += 0.06 * min(c.score-list[i+1].score, 5)
	} else {
		v += 0.2
	}
	if i > 0 {
		v = min(v, 0.5) - 0.08*float64(i)
	}
	return float64(int(100*max(0.05, min(v, 0.97)))) / 100
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
			if x.next != nil {
				x.next.path = f.state.Abs(x.next.path)
			}
		}
		for _, s := range h.sources {
			s.path = f.state.Abs(s.path)
		}
		for _, s := range h.empty {
			s.path = f.state.Abs(s.path)
		}
		for base, hit := range h.hits {
			hit.path = f.state.Abs(hit.path)
			h.hits[base] = hit
		}
		h.proc.Program, h.proc.Tried = f.state.Known(h.proc.Program), f.state.Known(h.proc.Tried)
	}
}
