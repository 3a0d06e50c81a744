package analyze

import (
	"fmt"
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
	points  []Points // what the score is made of
	reasons []string
	// group are the other places that were searched, with this one.
	group []*failure
	// file, signal: for the kinds data and signal.
	source *source
	signal string
	ghost  *reaped
	relay  *relay
	reply  string // source answered with this error
	// refuses: the process told source that it does not accept what that has shown.
	refuses string
	guess   bool // nothing but its place speaks for it
	// namedIn is the file that was read before and has the name of what is missing.
	namedIn string
	// account: source is where the account that the message speaks of should be.
	account   bool
	noLibrary bool // source was taken for a library
	alive     bool // source has the id of a process that lives
	listed    bool // source is a folder whose entries were listed
	found     bool // what was missing was found later, in another place
}

// candidates lists what may be the cause, best first.
func (f *facts) candidates(list []*suspect) []*candidate {
	var out []*candidate
	for _, s := range list {
		local := f.failedCalls(s)
		for _, k := range finders {
			local = append(local, k.find(f, s)...)
		}
		for _, c := range local {
			f.rank(c)
		}
		argumentsFirst(local)
		beforeBlamed(s, local)
		f.namesMissing(local)
		out = append(out, groupSearches(local)...)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].score > out[j].score })
	lastOfEqual(out)
	if len(out) == 0 || !out[0].worth() {
		if c := f.complainer(list); c != nil {
			return append([]*candidate{c}, out...)
		}
		if c := lastLook(list); c != nil {
			return append([]*candidate{c}, out...)
		}
	}
	return out
}

// beforeBlamed: what had failed before the child was started that the message blames was
// survived.
func beforeBlamed(s *suspect, list []*candidate) {
	child := s.blamed()
	for _, c := range list {
		if child != nil && (c.fail != nil || c.kind == "data" && s.anchor.line == nil) && child.First != nil && c.pos.index < child.First.Index {
			points := -6.0
			if c.fail != nil && probing(c.fail.name) && s.tellsStatus(child) {
				points = -9 // make looks for a target before its recipe runs
			}
			c.gets("before the child that is blamed", points, "")
		}
	}
}

// namesMissing: a file that names what was missing after it was read is no cause: what it
// says could be read and used.
func (f *facts) namesMissing(list []*candidate) {
	for _, d := range list {
		if d.kind == "data" && slices.ContainsFunc(list, func(c *candidate) bool {
			return c.namedIn != "" && c.namedIn == d.source.path || c.missing() && c.between < nextTo && c.pos.index > d.pos.index && f.namesStem(d, c.fail.given)
		}) {
			d.gets("names what is missing", -4, "")
		}
	}
}

// nextTo is how near to the message a file is missing that what was read is about, for
// sure: code may name all kinds of files.
const nextTo = 4

// namesStem says whether what was read of a file has the last two parts of a path, with
// or without its ending: require 'lib/badges', and lib/badges.rb is missing.
func (f *facts) namesStem(d *candidate, given string) bool {
	const telling = 5
	parts := strings.Split(strings.TrimSuffix(given, path.Ext(given)), "/")
	stem := strings.Join(parts[max(0, len(parts)-2):], "/")
	return len(stem) >= telling && slices.ContainsFunc(f.words.read[d.sus.hist], func(in *passed) bool {
		return in.file != nil && in.file == d.source.file && strings.Contains(in.text, stem)
	})
}

// lastOfEqual puts first, of the best of one process that have as many points, one that
// is not just missing, else the last: what came before was survived.
func lastOfEqual(list []*candidate) {
	for i, c := range list {
		best := list[0]
		if c.score != best.score {
			break
		}
		if c.sus == best.sus && (best.missing() || !c.missing()) && (c.pos.index > best.pos.index || best.missing() && !c.missing()) {
			copy(list[1:i+1], list[:i])
			list[0] = c
		}
	}
}

func (c *candidate) missing() bool { return c.fail != nil && c.fail.errno == "ENOENT" }

// complainer: where nothing else is found, a child that ended well but had complained, by
// name, of what it missed. nil if there is none.
func (f *facts) complainer(list []*suspect) (best *candidate) {
	for _, s := range list {
		for _, p := range s.hist.proc.Children {
			if p.Failed() || p.Ended == nil || p.Ended.Index > s.anchor.pos.index {
				continue
			}
			h := f.history(p)
			k := s.to(h, "child", anchorOf(h))
			if !complained(k) {
				continue
			}
			k.gets(endedWell, -3)
			k.because = fmt.Sprintf("%s started %s, which complained, and ended well", name(s.hist.proc), name(p))
			for _, c := range f.failedCalls(k) {
				f.rank(c)
				if named, _ := namesPath(f, c); named >= 5 && c.worth() && (best == nil || c.score > best.score) {
					best = c
				}
			}
		}
	}
	return best
}

// endedWell is the rule of a complainer.
const endedWell = "ended well, but complained"

// lastLook is the last resort: what the process looked at, or heard, last before
// it complained, or failed without a word.
func lastLook(list []*suspect) *candidate {
	for _, s := range slices.Backward(list) {
		last, why := s.lastLook(), "it is the last file that was looked at before the message"
		switch t := s.hist.talked; {
		case s.anchor.line == nil && (last == nil || last.file == nil || last.file.Reads == 0 || !s.hist.proc.Failed()):
			continue // of a silent end only what was read may be the reason
		case s.anchor.line == nil:
			why = "it is the last file that was read before the end"
		case t != nil && t.pos.index < s.anchor.pos.index && (last == nil || t.pos.index > last.pos.index):
			last, why = t, "it is what was heard last before the message"
		}
		if last != nil && s.anchor.pos.seq-last.first.seq < answerWindow {
			return &candidate{kind: "data", sus: s, source: last, pos: last.first, between: max(0, s.anchor.pos.seq-last.first.seq-1), score: floor, guess: true,
				points: []Points{{"last look", floor}}, reasons: []string{why}}
		}
	}
	return nil
}

// lastLook is the file that was found last before the message, nil if none.
func (s *suspect) lastLook() (last *source) {
	for _, e := range s.hist.sources {
		if e.first.index < s.anchor.pos.index && !takesAway[e.by] && e.pos.seq > s.hist.execSeq && strings.HasPrefix(e.path, "/") && !systemPath(e.path) && !isLibrary(e.path) &&
			(last == nil || e.first.index > last.first.index) {
			last = e
		}
	}
	return last
}

// takesAway are calls that are no look at a file: nothing is left to look at.
var takesAway = map[string]bool{"unlink": true, "unlinkat": true, "rmdir": true, "rename": true, "renameat": true, "renameat2": true}

// isLibrary: "libx.so", "libx.so.1".
func isLibrary(p string) bool {
	base := path.Base(p)
	return strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.")
}

// failedCalls are the failed calls of a suspect before its message.
func (f *facts) failedCalls(s *suspect) []*candidate {
	var out []*candidate
	for _, x := range s.hist.failures {
		if neverCause(x) && !s.gaveUpOn(x) || s.finds(x) {
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

// finds: a folder that was to be made is there, and the message is not about that.
func (s *suspect) finds(x *failure) bool {
	return x.errno == "EEXIST" && strings.HasPrefix(x.name, "mkdir") && !x.inTheWay() && s.anchor.line != nil && !s.anchor.named()["EEXIST"] &&
		!containsAny(strings.ToLower(s.anchor.text), []string{"exist", "already", "lock", "running", "another"})
}

// neverCause: failures by which the kernel only gives an answer.
func neverCause(x *failure) bool {
	switch {
	case x.over || lockWait(x):
		return x.over
	case x.errno == "ENOTTY" && x.hist != nil && x.hist.complainsOf(x):
		return false
	}
	switch x.name {
	case "rt_sigreturn", "sigreturn": // what the interrupted call had returned
		return true
	case "kill": // with signal 0 it asks whether a process lives (kill(2))
		if !x.step.Event.None() && asksLife(x.step.Event.Event().Call) {
			return true
		}
	case "futex", "rt_sigtimedwait", "poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "wait4", "waitid", "getpeername", "lseek":
		return true
	}
	switch x.errno {
	case "ENOTTY", "ESPIPE", "ECHILD", "EINPROGRESS", "EINTR", "ENODATA", "EALREADY", "ENOPROTOOPT":
		return true
	case "EINVAL":
		return strings.HasPrefix(x.name, "readlink") || x.name == "prctl" || x.name == "ioctl" || x.name == "fsync" || x.name == "fdatasync" // of a pipe
	case "EAGAIN":
		switch readWrite[x.name] {
		case isRead, isWrite:
			return true
		}
		return strings.HasPrefix(x.name, "accept") || x.name == "futex"
	case "EEXIST":
		return x.name == "epoll_ctl" // then it is changed
	case "EPERM":
		return x.name == "epoll_ctl" // a regular file, which is always ready (epoll_ctl(2))
	case "ENOENT": // what isn't waited for, translations, and glibc's daemon that remembers names (nscd(8))
		return x.name == "epoll_ctl" || strings.Contains(x.path, "/LC_MESSAGES/") || x.name == "connect" && strings.HasSuffix(x.path, "/nscd/socket")
	}
	return false
}

// complainsOf says whether the process needed a terminal as its input, and gave up with the
// error's own words right after it: stty. Of other descriptors that error is often left
// from the C library's look at a file that was opened well.
func (h *history) complainsOf(x *failure) bool {
	if !h.proc.Failed() || x.step.FD != 0 {
		return false
	}
	last := x.at[len(x.at)-1]
	return slices.ContainsFunc(h.lines, func(l *line) bool {
		return l.own && l.start.index > last.index && l.start.seq-last.seq <= rightBefore && errnosIn(l.text)[x.errno]
	})
}

func lastBefore(at []position, index int) (position, bool) {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i].index < index {
			return at[i], true
		}
	}
	return position{}, false
}

// rank applies the rules.
func (f *facts) rank(c *candidate) {
	c.score, c.points = c.sus.link, slices.Clone(c.sus.points)
	if over := maxLink - c.score; over < 0 {
		c.gets("a long way", over, "")
	}
	if c.sus.because != "" {
		c.reasons = append(c.reasons, c.sus.because)
	}
	for _, r := range rules {
		points, because := r.apply(f, c)
		c.gets(r.name, points, because)
	}
}

// gets adds what a rule gives.
func (c *candidate) gets(rule string, points float64, because string) {
	if points == 0 {
		return
	}
	c.score += points
	c.points = append(c.points, Points{rule, points})
	if because != "" && points > 0 && !slices.Contains(c.reasons, because) {
		c.reasons = append(c.reasons, because)
	}
}

// maxLink: a long chain of processes doesn't outweigh everything.
const maxLink = 9

// systemPath: a place that belongs to the distribution.
func systemPath(p string) bool {
	for _, dir := range []string{"/usr/", "/lib", "/bin/", "/sbin/", "/etc/", "/proc/", "/sys/", "/dev/", "/run/", "/var/cache/", "/var/lib/dpkg"} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return false
}
