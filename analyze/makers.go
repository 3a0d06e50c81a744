package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// What a program misses may be what another one, or itself, could not make before: a
// socket that its server could not bind, a file that was to be written.

// making gives the path or address that a call makes, "" for calls that make none.
func making(c *event.Call, key *failureKey) string {
	switch key.name {
	case "open", "openat", "openat2":
		if c.Arg(1).Has("O_CREAT") || c.Arg(2).Has("O_CREAT") || c.Arg(2).Field("flags").Has("O_CREAT") {
			return key.path
		}
	case "creat", "mkdir", "mkdirat", "mknod", "mknodat":
		return key.path
	case "bind":
		return made(key)
	case "rename", "renameat", "renameat2", "link", "linkat":
		if key.errno != "ENOENT" { // else what it is made of may be missing
			return key.path2
		}
	case "symlink", "symlinkat":
		return key.path
	}
	return ""
}

// made is what a failure is about, as a maker of it has it.
func made(key *failureKey) string {
	if key.path != "" {
		return key.path
	}
	return key.addr
}

// What is kept of failed makers is bounded, in all and for one thing.
const (
	maxUnmade = 10000
	maxMakers = 8
)

// keepUnmade remembers a failed call that was to make something.
func (f *facts) keepUnmade(x *failure, c *event.Call) {
	what := making(c, &x.failureKey)
	x.makes = what != ""
	if what == "" || x.errno == "EEXIST" || x.errno == "EADDRINUSE" || len(f.unmade) >= maxUnmade ||
		len(f.unmade[what]) >= maxMakers || slices.Contains(f.unmade[what], x) {
		return
	}
	if f.unmade == nil {
		f.unmade = map[string][]*failure{}
	}
	f.unmade[what] = append(f.unmade[what], x)
}

// settleUnmade has what was to be made under names as they are known in the end.
func (f *facts) settleUnmade() {
	unmade := map[string][]*failure{}
	for what, list := range f.unmade {
		if key := f.state.Abs(what); strings.HasPrefix(what, "unix:") {
			unmade[f.state.AbsAddr(what)] = list
		} else {
			unmade[key] = append(unmade[key], list...)
		}
	}
	f.unmade = unmade
}

// makerOf finds the failed call that was to make what x misses, and that it was missed
// after; nil if there is none, or it was made since.
func (f *facts) makerOf(x *failure) *failure {
	what := made(&x.failureKey)
	if what == "" || !isMissing(x) {
		return nil
	}
	for _, m := range f.unmade[what] {
		if m != x && f.missedAfter(what, m) && !f.wasFound(what, m.at[0].index) {
			return m
		}
	}
	return nil
}

func isMissing(x *failure) bool { return x.errno == "ENOENT" || x.errno == "ECONNREFUSED" }

// missedAfter says whether anybody missed what m was to make after that had failed.
func (f *facts) missedAfter(what string, m *failure) bool {
	if f.missed == nil {
		f.missed = map[string]int{}
		for _, h := range f.order {
			for _, x := range h.failures {
				if p := made(&x.failureKey); isMissing(x) && p != "" {
					f.missed[p] = max(f.missed[p], x.at[len(x.at)-1].index)
				}
			}
		}
	}
	return f.missed[what] > m.at[len(m.at)-1].index
}

// wasFound says whether anybody has found or made a path after an event.
func (f *facts) wasFound(p string, after int) bool {
	if f.lastFound == nil {
		f.lastFound = map[string]int{}
		for _, h := range f.order {
			for _, s := range h.sources {
				f.lastFound[s.path] = max(f.lastFound[s.path], s.pos.index)
			}
		}
	}
	return f.lastFound[p] > after
}

// makers are other processes that could not make what s misses.
func (f *facts) makers(s *suspect) []*suspect {
	if len(f.unmade) == 0 {
		return nil
	}
	var out []*suspect
	for _, x := range s.hist.failures {
		m := f.makerOf(x)
		if m == nil || m.hist == s.hist || !x.misses(s.anchor) || len(out) > maxSuspects {
			continue
		}
		at := m.at[0]
		k := s.to(m.hist, "maker", anchor{pos: position{at.index + 1, at.seq + 1}})
		k.gets("its maker failed", 4)
		k.because = fmt.Sprintf("%s was to make %s, which %s misses later", name(m.hist.proc), strings.TrimPrefix(f.state.Abs(made(&m.failureKey)), "unix:"), name(s.hist.proc))
		out = append(out, k)
	}
	return out
}

// misses says whether x is what a process complains of, or waits for: it came right
// before the message, or again and again.
func (x *failure) misses(a anchor) bool {
	const often = 3
	at, ok := lastBefore(x.at, a.pos.index)
	return x.count >= often || ok && a.pos.seq-at.seq <= answerWindow
}

// missedLater: what this call was to make is what was missed in the end; that it was
// missed is the consequence.
func missedLater(f *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil {
		return 0, ""
	}
	if m := f.makerOf(x); m != nil {
		return -5, ""
	}
	what := made(&x.failureKey)
	if x.path2 != "" {
		what = x.path2
	}
	if slices.Contains(f.unmade[what], x) && f.missedAfter(what, x) && !f.wasFound(what, x.at[0].index) {
		return 3, "what it was to make was missed later"
	}
	return 0, ""
}
