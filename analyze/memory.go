package analyze

import "slices"

// A trace may be longer than memory. What is kept of processes that have ended is
// given up, the oldest first: of those that ended well as soon as there is much,
// since they are the many and hardly ever matter; of others when there is very much.

const (
	maxOfWell = 32 << 20 // bytes from which on those that ended well are given up
	maxOfAll  = 384 << 20
)

// What one of each takes, in bytes, with the event that it keeps.
const (
	failureCost = 600
	sourceCost  = 300
	lineCost    = 400
	passedCost  = 300
)

// maxHarmless bounds what is remembered of the failures that are given up.
const maxHarmless = 1 << 16

// memory says how much is kept.
type memory struct {
	used         int // bytes
	well, failed []*history
}

// ended takes a process that has ended.
func (m *memory) ended(h *history) {
	if h.proc.Failed() {
		m.failed = append(m.failed, h)
	} else {
		m.well = append(m.well, h)
	}
}

// charge counts what is kept of a process, and makes room.
func (f *facts) charge(h *history, n int) {
	h.cost += n
	m := &f.memory
	m.used += n
	for m.used > maxOfWell && len(m.well) > 0 {
		f.giveUp(&m.well)
	}
	for m.used > maxOfAll && len(m.failed) > 0 {
		f.giveUp(&m.failed)
	}
}

// fewer drops the older half of a list that is too long, but for what matters: by the
// first measure by which that is little enough. It is asked of each element again and
// again, so a measure must be quick.
func fewer[T any](list []T, measures ...func(T) bool) []T {
	half := len(list) / 2
	for _, matters := range measures {
		var kept []T
		for _, x := range list[:half] {
			if matters(x) {
				kept = append(kept, x)
			}
		}
		if len(kept) <= half/2 {
			return append(kept, list[half:]...)
		}
	}
	return slices.Clone(list[half:])
}

// giveUp forgets what the process at the head of the list did, but for what it said
// of a failure and that its failures did no harm.
func (f *facts) giveUp(list *[]*history) {
	h := (*list)[0]
	*list = (*list)[1:]
	if !h.proc.Failed() {
		for _, x := range h.failures {
			if len(f.harmless) < maxHarmless {
				f.harmless[x.what()] = true
			}
		}
	}
	f.memory.used -= h.cost
	h.cost = 0
	h.failures, h.byKey, h.lastPath = nil, nil, nil
	h.sources, h.empty, h.servers, h.partial, h.short = nil, nil, nil, nil, nil
	h.lines = slices.DeleteFunc(h.lines, func(l *line) bool { return wordWeight(l.text) == 0 })
	for _, l := range h.lines {
		h.cost += lineCost + len(l.text)
	}
	f.memory.used += h.cost
}
