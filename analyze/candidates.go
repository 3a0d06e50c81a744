package analyze

import (
	"path"
	"sort"
	"strings"
)

// candidate is one possible cause, with what speaks for and against it.
type candidate struct {
	fail *failure // nil for kinds that are no failed call
	kind string
	sus  *suspect
	pos  position // its last occurrence before the message
	// between is the number of the process's calls between it and the message.
	between int
	score   float64
	reasons []string
	// group are the other places that were searched, with this one.
	group []*failure
	// file, signal: for the kinds data and signal.
	source *source
	signal string
	ghost  *reaped
	relay  *relay
}

// candidates lists what may be the cause, best first.
func (f *facts) candidates(list []*suspect) []*candidate {
	var out []*candidate
	for _, s := range list {
		local := f.failedCalls(s)
		local = append(local, f.otherKinds(s)...)
		for _, c := range local {
			f.rank(c)
		}
		out = append(out, groupSearches(local)...)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].score > out[j].score })
	return out
}

// failedCalls are the failed calls of a suspect before its message.
func (f *facts) failedCalls(s *suspect) []*candidate {
	var out []*candidate
	for _, x := range s.hist.failures {
		at, ok := lastBefore(x.at, s.anchor.pos.index)
		if !ok {
			continue
		}
		between := s.anchor.pos.seq - at.seq - 1
		out = append(out, &candidate{fail: x, kind: "syscall", sus: s, pos: at, between: max(between, 0)})
	}
	return out
}

func lastBefore(at []position, index int) (position, bool) {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i].index < index {
			return at[i], true
		}
	}
	return position{}, false
}

// otherKinds are causes that are no failed call.
func (f *facts) otherKinds(s *suspect) []*candidate {
	var out []*candidate
	h, p := s.hist, s.hist.proc
	if p.Exit != nil && p.Exit.Signal != "" {
		out = append(out, &candidate{kind: "signal", sus: s, signal: p.Exit.Signal, pos: position{p.Ended.Index, p.Calls}})
	}
	for _, e := range h.empty {
		if e.pos.index < s.anchor.pos.index && e.path != "" && e.pos.seq > h.execSeq {
			out = append(out, &candidate{kind: "data", sus: s, source: e, pos: e.pos, between: max(0, s.anchor.pos.seq-e.pos.seq-1)})
		}
	}
	for _, e := range f.named(s) {
		out = append(out, &candidate{kind: "data", sus: s, source: e, pos: e.pos, between: max(0, s.anchor.pos.seq-e.pos.seq-1)})
	}
	for _, g := range f.untraced {
		if g.by == h && g.pos.index < s.anchor.pos.index {
			out = append(out, &candidate{kind: "child", sus: s, ghost: g, pos: g.pos, between: max(0, s.anchor.pos.seq-g.pos.seq-1)})
		}
	}
	if r := f.relayOf(s); r != nil && r.wrote == nil {
		out = append(out, &candidate{kind: "child", sus: s, relay: r, pos: r.read.pos, between: max(0, s.anchor.pos.seq-r.read.pos.seq-1)})
	}
	return out
}

// named are files that were read without an error and that the message names:
// what was in them is what it complains about.
func (f *facts) named(s *suspect) []*source {
	if s.anchor.line == nil {
		return nil
	}
	var out []*source
	for p, src := range s.hist.sources {
		if src.pos.index < s.anchor.pos.index && len(path.Base(p)) > 3 && strings.Contains(s.anchor.line.text, path.Base(p)) {
			out = append(out, src)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].pos.index < out[j].pos.index })
	return out
}

// rank applies the rules.
func (f *facts) rank(c *candidate) {
	c.score = c.sus.link
	if c.score > maxLink {
		c.score = maxLink
	}
	if c.sus.because != "" {
		c.reasons = append(c.reasons, c.sus.because)
	}
	for _, r := range rules {
		points, because := r.apply(f, c)
		c.score += points
		if because != "" && points > 0 {
			c.reasons = append(c.reasons, because)
		}
	}
}

// maxLink: a long chain of processes doesn't outweigh everything.
const maxLink = 9

// groupSearches makes one cause of the same name looked for in several places.
func groupSearches(list []*candidate) []*candidate {
	best := map[string]*candidate{}
	places := map[string]map[string]bool{}
	var out []*candidate
	for _, c := range list {
		key := searchKey(c)
		if key == "" {
			out = append(out, c)
			continue
		}
		if best[key] == nil {
			best[key], places[key] = c, map[string]bool{}
			out = append(out, c)
		}
		lead := best[key]
		if !places[key][c.fail.path] {
			places[key][c.fail.path] = true
			lead.group = append(lead.group, c.fail)
		}
		if c.score > lead.score {
			lead.score, lead.reasons = c.score, c.reasons
			lead.between, lead.pos = c.between, c.pos
		}
	}
	for _, c := range best {
		if len(c.group) > 1 {
			c.kind = "search"
			c.fail = expected(c.group)
		} else {
			c.group = nil
		}
	}
	return out
}

// searchKey is what makes failures one search: the same process and the same
// last name, not there.
func searchKey(c *candidate) string {
	if c.fail == nil || c.fail.path == "" || (c.fail.errno != "ENOENT" && c.fail.errno != "ENOTDIR") || c.fail.path2 != "" {
		return ""
	}
	if c.fail.name == "connect" {
		return ""
	}
	return itoa(c.sus.hist.proc.PID) + "\x00" + path.Base(c.fail.path)
}

// expected is the place where a person would look first: the first that is the
// application's own, not the system's.
func expected(group []*failure) *failure {
	for _, x := range group {
		if !systemPath(x.path) {
			return x
		}
	}
	return group[0]
}

// systemPath: a place that belongs to the distribution.
func systemPath(p string) bool {
	for _, dir := range []string{"/usr/", "/lib", "/bin/", "/sbin/", "/etc/", "/proc/", "/sys/", "/dev/", "/run/", "/var/cache/", "/var/lib/dpkg"} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return false
}
