package analyze

import (
	"fmt"
	"strings"
)

// nowhereWords are those of a complaint that nothing of a kind is there.
var nowhereWords = []string{
	"no module", "cannot find", "can't find", "not found", "could not find", "couldn't find", "unable to find", "can be found", "none found",
	"no such", "not available", "unavailable", "no matching", "no suitable", "unknown", "does not exist", "doesn't exist", "unsupported", "not supported",
}

// lookedThrough is the folder whose entries a process listed right before it complained
// that something is nowhere: no call failed, but what it wanted is not among them.
func lookedThrough(_ *facts, s *suspect) []*candidate {
	if s.anchor.line == nil || !containsAny(strings.ToLower(withoutPaths(s.anchor.line.text)), nowhereWords) {
		return nil
	}
	var last *source
	for _, src := range s.hist.sources {
		if src.file != nil && src.first.seq > s.hist.execSeq && src.pos.index < s.anchor.pos.index && s.anchor.pos.seq-src.pos.seq <= rightBefore &&
			strings.HasPrefix(src.path, "/") && !strings.HasPrefix(src.path, "/proc/") && strings.HasPrefix(src.file.Opened.Name(), "open") && src.file.Opened.Event().Call.Arg(2).Has("O_DIRECTORY") &&
			(last == nil || src.pos.index > last.pos.index) {
			last = src
		}
	}
	if last == nil {
		return nil
	}
	c := dataCause(s, last, last.pos)
	c.listed = true
	return []*candidate{c}
}

// listedCause: the folder was listed, and what was wanted isn't in it.
func listedCause(out *Cause, c *candidate) {
	dir, opened := c.source.path, c.source.file.Opened
	out.Event, out.Syscall = ref(opened.Event()), opened.Name()
	out.Summary = fmt.Sprintf("it looked through %s, and what it wants is not there", dir)
	out.Explanation = fmt.Sprintf("%s listed %s without an error, right before it complained that something is missing.", name(c.sus.hist.proc), dir)
	out.Advice = append(out.Advice, "see what is in it: ls -l "+shell(dir)+"; install what the message asks for, or correct where it is sought")
}
