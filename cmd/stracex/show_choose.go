package main

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// chooser says which events are shown: of the calls those of -e that access
// a path of -P, as far as the trace tells. What is no call is shown, as strace
// has signals and exits under these flags; evidence goes with its call.
type chooser struct {
	calls     callsFlag
	paths     pathsFlag  // as they were given
	targets   []string   // paths from "/" on, for [replay.State.Same]; nil before the first call
	decorator *decorator // the state before the event; nil without paths

	entered map[int]int  // each thread's call under way, as an Entered event's index
	inside  map[int]bool // those that are chosen
	last    map[int]bool // threads whose last call was chosen
	half    *event.Event // an Entered event that waits for what is shown next
}

func newChooser(o *showFlags, d *decorator) *chooser {
	return &chooser{calls: o.calls, paths: o.paths, decorator: d, entered: map[int]int{}, inside: map[int]bool{}, last: map[int]bool{}}
}

// chooses is asked once for each event, before it takes effect on the state.
func (c *chooser) chooses(e *event.Event) bool {
	switch e.Kind {
	case event.Entered:
		chosen := c.call(e)
		if before, ok := c.entered[e.TID]; ok {
			delete(c.inside, before) // its return was lost
		}
		c.entered[e.TID] = e.Index
		mark(c.inside, e.Index, chosen)
		return chosen
	case event.Returned:
		chosen := c.inside[e.Call.Entered]
		delete(c.inside, e.Call.Entered)
		if e.Call.Entered < 0 {
			chosen = c.call(e)
		}
		mark(c.last, e.TID, chosen)
		return chosen
	case event.Evidence:
		return c.last[e.TID]
	case event.Exited:
		delete(c.last, e.TID)
		delete(c.inside, c.entered[e.TID])
		delete(c.entered, e.TID)
	}
	return true
}

// mark keeps those in the set that are on, and no others.
func mark(set map[int]bool, n int, on bool) {
	if on {
		set[n] = true
	} else {
		delete(set, n)
	}
}

func (c *chooser) call(e *event.Event) bool {
	if c.calls.set != nil && !c.calls.set.HasName(e.Call.Name) {
		return false
	}
	return len(c.paths) == 0 || c.accesses(e)
}

// join takes the next event to show and gives what to show now. A call between
// whose halves nothing is shown is whole, as strace prints it under these flags.
func (c *chooser) join(e *event.Event) []*event.Event {
	var now []*event.Event
	switch half := c.half; {
	case half == nil:
	case e.Kind == event.Returned && e.Call.Entered == half.Index:
		whole, call := *e, *e.Call
		call.Entered = -1
		call.SetShown(0)
		whole.Call, whole.Time = &call, half.Time
		e = &whole
	default:
		now = append(now, half)
	}
	c.half = nil
	if e.Kind == event.Entered {
		c.half = e
		return now
	}
	return append(now, e)
}

// accesses says whether a call is about one of the paths: it names it, or has a
// descriptor that leads there. Of a call's second half alone that is not known.
func (c *chooser) accesses(e *event.Event) bool {
	st := c.decorator.state.Peek(e)
	if c.targets == nil {
		c.targets = make([]string, len(c.paths))
		for i, p := range c.paths {
			// Meant as the traced command would: from where it began.
			c.targets[i] = absolute(c.decorator.state, st.FS.Cwd, p)
		}
	}
	desc := abi.Lookup(e.Call.Name)
	if desc == nil || e.Call.Partial {
		return false
	}
	if slices.ContainsFunc(st.Paths, c.isTarget) {
		return true
	}
	for i, v := range e.Call.Args()[:min(len(e.Call.Args()), len(desc.Args))] {
		if c.names(st, &desc.Args[i], v) || c.leads(st, &desc.Args[i], v) {
			return true
		}
	}
	return false
}

// absolute gives a path as seen from "/", "" when that is not known.
func absolute(s *replay.State, cwd, p string) string {
	switch {
	case strings.HasPrefix(p, "/"):
		return s.Join("/", p)
	case cwd == "":
		return ""
	}
	return s.Join(cwd, p)
}

// names says whether an argument is one of the paths as it was given. The state
// knows what other path arguments mean than a mount's source.
func (c *chooser) names(st *replay.Step, a *abi.Arg, v event.Value) bool {
	if !a.GivesPath() || v.Kind != event.String || v.Cut {
		return false
	}
	return slices.Contains(c.paths, v.Str) || a.Kind == abi.Str && c.isTarget(absolute(c.decorator.state, st.FS.Cwd, v.Str))
}

// leads says whether a descriptor in an argument leads to one of the paths.
func (c *chooser) leads(st *replay.Step, a *abi.Arg, v event.Value) bool {
	return slices.ContainsFunc(descriptors(a, v), func(v event.Value) bool { return c.leadsThere(st.Thread, v) })
}

func (c *chooser) isTarget(p string) bool {
	return slices.ContainsFunc(c.targets, func(target string) bool { return c.decorator.state.Same(target, p) })
}

// leadsThere says whether a thread's descriptor is one of the paths. A file may
// have been removed since it was opened.
func (c *chooser) leadsThere(t *replay.Thread, v event.Value) bool {
	n, ok := v.FD()
	if !ok || n < 0 {
		return false
	}
	text := v.Deco
	if f := t.Files.Get(n); !v.HasDeco && f != nil && f.Kind == replay.PathFile {
		text = f.Path
	} else if !v.HasDeco {
		text, _ = c.decorator.file(t.TID, int64(n))
	}
	text = strings.TrimSuffix(text, " (deleted)")
	return slices.Contains(c.paths, text) || c.isTarget(text)
}

// descriptors gives the descriptors that a call was given in an argument.
func descriptors(a *abi.Arg, v event.Value) []event.Value {
	switch {
	case a.Kind == abi.FD, a.Kind == abi.DirFD:
		return []event.Value{v}
	case a.Set == "fd_set":
		return v.Elems
	case a.Set == "pollfd":
		var list []event.Value
		for _, e := range v.Elems {
			list = append(list, e.Field("fd"))
		}
		return list
	}
	return nil
}
