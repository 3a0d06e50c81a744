package main

import (
	"errors"
	"io"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// analyzeTogether says why the command of the first trace failed, with what the others
// tell of the processes that it talked to. These are read first, the last one to begin
// with: who is asked has failed before who asks.
func analyzeTogether(inputs []input) (*analyze.Diagnosis, error) {
	a := analyze.New()
	var all together
	for i := len(inputs) - 1; i >= 0; i-- {
		if i == 0 {
			a.Aside()
		}
		if err := all.add(a, &inputs[i], i); err != nil {
			return nil, err
		}
	}
	d := a.Diagnose()
	dropMadeUp(d)
	describe(d, all.names, all.stats)
	return d, nil
}

// dropMadeUp takes the ids away that stood for those that a log does not have.
func dropMadeUp(d *analyze.Diagnosis) {
	drop := func(pid *int) {
		if *pid >= analyze.NoPID {
			*pid = 0
		}
	}
	refs := []*analyze.Ref{}
	for i := range d.Causes {
		drop(&d.Causes[i].PID)
		refs = append(refs, d.Causes[i].Event)
	}
	for i := range d.Trail {
		refs = append(refs, d.Trail[i].Event)
	}
	if d.Message != nil {
		drop(&d.Message.PID)
		refs = append(refs, d.Message.Event)
	}
	for _, r := range refs {
		if r != nil {
			drop(&r.PID)
		}
	}
}

// together is what several traces have in sum.
type together struct {
	names []string
	stats parser.Stats
}

// add reads a trace to its end. Events are numbered through.
func (all *together) add(a *analyze.Analyzer, in *input, i int) error {
	t, err := in.open(reading{shown: true})
	if err != nil {
		return err
	}
	defer t.close()
	before := all.stats.Events
	for {
		e, err := t.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		e.Index += before
		if e.Call != nil && e.Call.Entered >= 0 {
			e.Call.Entered += before
		}
		if e.TID == 0 && e.Kind != event.Comment {
			e.TID = analyze.NoPID + i // the log does not say; it is none of the others'
		}
		a.Add(e)
	}
	all.count(in, t.Stats())
	return nil
}

// count adds what a reader says of its trace.
func (all *together) count(in *input, s parser.Stats) {
	all.names = append(in.paths(), all.names...)
	s.Events += all.stats.Events
	s.Calls += all.stats.Calls
	s.Skipped += all.stats.Skipped
	s.Truncated = s.Truncated || all.stats.Truncated
	s.First = append(all.stats.First, s.First...)
	all.stats = s
}

// reportTogether writes the one report of all traces that the arguments name.
func reportTogether(args []string, out *output) error {
	inputs, left, errs := findInputs(args)
	tellLeftOut(left)
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	d, err := analyzeTogether(inputs)
	if err != nil {
		return err
	}
	return out.add(inputs[0].name, d)
}
