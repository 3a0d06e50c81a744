package analyze

import "github.com/stracex/stracex/event"

// Analyzer takes the events of one trace and says why its command failed.
type Analyzer struct{}

// New returns an Analyzer.
func New() *Analyzer { return &Analyzer{} }

// Add takes the next event.
func (a *Analyzer) Add(e *event.Event) {}

// Diagnose gives the answer for all events added so far.
func (a *Analyzer) Diagnose() *Diagnosis { return &Diagnosis{Schema: Schema} }
