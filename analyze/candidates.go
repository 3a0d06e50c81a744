package analyze

import (
	"path"
	"slices"
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
	if len(out) == 0 || out[0].score < floor {
		if c := lastLook(list); c != nil {
			return append([]*candidate{c}, out...)
		}
	}
	return out
}

// lastLook is the last resort: what the process looked at last before it
// complained.
func lastLook(list []*suspect) *candidate {
	for _, s := range slices.Backward(list) {
		var last *source
		for _, e := range s.hist.sources {
			if e.first.index < s.anchor.pos.index && e.pos.seq > s.hist.execSeq && strings.HasPrefix(e.path, "/") && !systemPath(e.path) && (last == nil || e.first.index > last.first.index) {
				last = e
			}
		}
		if last != nil && s.anchor.line != nil && s.anchor.pos.seq-last.first.seq < answerWindow {
			return &candidate{kind: "data", sus: s, source: last, pos: last.first, between: max(0, s.anchor.pos.seq-last.first.seq-1), score: floor,
				reasons: []string{"it is the last file that was looked at before the message"}}
		}
	}
	return nil
}

// failedCalls are the failed calls of a suspect before its message.
func (f *facts) failedCalls(s *suspect) []*candidate {
	var out []*candidate
	for _, x := range s.hist.failures {
		if neverCause(x) {
			continue
		}
		at, ok := lastBefore(x.at, s.anchor.pos.index)
		if !ok {
			continue
		}
		between := s.anchor.pos.seq - at.seq - 1
		out = append(out, &candidate{fail: x, kind: "syscall", sus: s, pos: at, between: max(between, 0)})
	}
	return out
}

// neverCause: failures by which the kernel only gives an answer.
func neverCause(x *failure) bool {
	switch x.errno {
	case "ENOTTY", "ESPIPE", "ECHILD", "EINPROGRESS", "EINTR", "ENODATA", "EALREADY", "ENOPROTOOPT":
		return true
	case "EINVAL":
		return strings.HasPrefix(x.name, "readlink") || x.name == "prctl" || x.name == "ioctl"
	case "EAGAIN":
		switch readWrite[x.name] {
		case isRead, isWrite:
			return true
		}
		return strings.HasPrefix(x.name, "accept") || x.name == "futex"
	case "ENOENT":
		return strings.Contains(x.path, "/LC_MESSAGES/")
	}
	switch x.name {
	case "futex", "rt_sigtimedwait", "poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "wait4", "waitid", "getpeername", "lseek":
		return true
	}
	return false
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
		if e.pos.index < s.anchor.pos.index && strings.HasPrefix(e.path, "/") && e.path != "/dev/null" && e.pos.seq > h.execSeq {
			out = append(out, &candidate{kind: "data", sus: s, source: e, pos: e.pos, between: max(0, s.anchor.pos.seq-e.first.seq-1)})
		}
	}
	for _, e := range f.named(s) {
		out = append(out, &candidate{kind: "data", sus: s, source: e, pos: e.pos, between: max(0, s.anchor.pos.seq-e.first.seq-1)})
	}
	if e := h.talked; e != nil && e.pos.index < s.anchor.pos.index && s.anchor.line != nil && containsAny(strings.ToLower(s.anchor.line.text), talkWords) {
		out = append(out, &candidate{kind: "data", sus: s, source: e, pos: e.pos, between: max(0, s.anchor.pos.seq-e.first.seq-1)})
	}
	if e := f.unresolved(s); e != nil {
		out = append(out, &candidate{kind: "data", sus: s, source: e, pos: e.pos, between: max(0, s.anchor.pos.seq-e.first.seq-1)})
	}
	for _, g := range f.untraced {
		if g.by == h && g.pos.index < s.anchor.pos.index {
			out = append(out, &candidate{kind: "child", sus: s, ghost: g, pos: g.pos, between: max(0, s.anchor.pos.seq-g.pos.seq-1)})
		}
	}
	if r := f.relayOf(s); r != nil && r.wrote == nil && !r.read.file.Netlink() {
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
	for _, src := range s.hist.sources {
		p := src.path
		if src.first.index >= s.anchor.pos.index || src.pos.seq < s.hist.execSeq || !strings.HasPrefix(p, "/") || len(p) < 4 {
			continue
		}
		if namesIn(s.anchor.line.text, p) || namesIn(s.anchor.text, p) || src.file != nil && len(path.Base(p)) > 3 && namesIn(s.anchor.line.text, path.Base(p)) {
			out = append(out, src)
		}
	}
	if last := s.hist.lastRead(s.anchor); last != nil && containsAny(strings.ToLower(s.anchor.line.text), endWords) {
		out = append(out, last)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].pos.index < out[j].pos.index })
	return slices.Compact(out)
}

// talkWords are those of a complaint about what the other end said.
var talkWords = []string{"ssl", "tls", "protocol", "handshake", "certificate", "response", "reply", "http", "server", "unexpected message", "authentication", "login", "password"}

// endWords are those of a complaint about the end of what was read.
var endWords = []string{"eof", "end of file", "end of input", "truncated", "short read", "incomplete", "unexpected end", "corrupt", "premature"}

// lastRead is the last file that was read before the message, other than the
// system's.
func (h *history) lastRead(a anchor) *source {
	var last *source
	for _, s := range h.sources {
		if s.file == nil || s.file.Reads == 0 || s.first.index >= a.pos.index || systemPath(s.path) || s.pos.seq < h.execSeq {
			continue
		}
		if last == nil || s.pos.index > last.pos.index {
			last = s
		}
	}
	return last
}

// unresolved is the name server that was asked last before a message about a
// name that could not be looked up.
func (f *facts) unresolved(s *suspect) *source {
	if s.anchor.line == nil || !containsAny(strings.ToLower(s.anchor.text), []string{"resolve", "name or service", "name resolution", "lookup", "unknown host", "enotfound", "eai_again", "getaddrinfo", "no such host"}) {
		return nil
	}
	var last *source
	for _, e := range s.hist.servers {
		if e.pos.index < s.anchor.pos.index {
			last = e
		}
	}
	return last
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
	places := map[string]map[string]int{}
	var out []*candidate
	for _, c := range list {
		key := searchKey(c)
		if key == "" {
			out = append(out, c)
			continue
		}
		lead := best[key]
		if lead == nil {
			lead = c
			best[key], places[key] = c, map[string]int{}
			out = append(out, c)
		}
		switch i, old := places[key][c.fail.path]; {
		case !old:
			places[key][c.fail.path] = len(lead.group)
			lead.group = append(lead.group, c.fail)
		case callWeight[c.fail.name] > callWeight[lead.group[i].name]:
			lead.group[i] = c.fail
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
			if upwards(c.group) {
				c.score -= 2 // a file that a project may have or not
			}
		} else {
			c.fail, c.group = c.group[0], nil
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

// upwards: the same name was looked for in one directory, its parent, and so on.
func upwards(group []*failure) bool {
	for i := 1; i < len(group); i++ {
		if path.Dir(group[i].path) != path.Dir(path.Dir(group[i-1].path)) {
			return false
		}
	}
	return len(group) > 2
}

// expected is the place where a person would look first: the shortest path
// that is the application's own, not the system's.
func expected(group []*failure) *failure {
	best := group[0]
	for _, x := range group[1:] {
		own, was := ownFolder(x.path), ownFolder(best.path)
		if own && !was || own == was && strings.Count(x.path, "/") < strings.Count(best.path, "/") {
			best = x
		}
	}
	return best
}

// ownFolder: a file in a folder of the application's.
func ownFolder(p string) bool { return !systemPath(p) && strings.Count(p, "/") > 2 }

// systemPath: a place that belongs to the distribution.
func systemPath(p string) bool {
	for _, dir := range []string{"/usr/", "/lib", "/bin/", "/sbin/", "/etc/", "/proc/", "/sys/", "/dev/", "/run/", "/var/cache/", "/var/lib/dpkg"} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return false
}
