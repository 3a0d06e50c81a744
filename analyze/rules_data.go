package analyze

import (
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// Rules on causes that are no failed call.

// nothingToRead: a file that the message names, or that was empty.
func nothingToRead(_ *facts, c *candidate) (float64, string) {
	if c.kind != "data" {
		return 0, ""
	}
	if c.source.path != "" && c.source.path == c.sus.hist.proc.Program {
		return -8, "" // itself
	}
	if c.source.file == nil && path.Base(c.source.path) == c.programName() {
		return -4, "" // its own name
	}
	if c.sus.anchor.line == nil && c.source.file == nil && lockName(c.source.path) {
		return 4.5, "it is there, was not opened, and the process ended without a word"
	}
	if c.account {
		return 5.5, "it was looked through right before a message about an account"
	}
	if c.noLibrary && c.between > answerWindow {
		return 3, "the loader read it and could not use it"
	}
	if c.noLibrary {
		return 5.5, "the loader read it and could not use it"
	}
	if c.alive {
		return 5.5, "it asked, right before, whether the process lives that the file names"
	}
	if c.listed {
		return 2.5, "it was looked through right before the message"
	}
	if c.source.wanted > 0 {
		return 5.5, "a write was cut short, and the rest was never written"
	}
	points, why := 0.0, ""
	if c.source.file != nil && c.isScript(c.source.path) {
		points -= 4 // it runs
	}
	if (c.source.file == nil || c.source.file.Reads == 0) && isProgram(c.source) {
		points -= 3 // it is there to be run
	}
	if c.source.file == nil && containsAny(ref(c.source.ev.Event()).Text, []string{"S_IFREG", "S_IFLNK"}) {
		points -= 1.5 // a file that it only looked for
	}
	switch file := c.source.file; {
	case c.refuses != "":
		return c.refusalPoints()
	case c.reply != "":
		return 5.5, "its answer was an error"
	case file != nil && file.Sock != nil && strings.HasSuffix(file.Sock.Peer, ":53") && c.sus.hist.lacksResolver():
		return 0.5, "" // then it asks this machine, whether anybody answers there or not
	case file != nil && file.Sock != nil && strings.HasSuffix(file.Sock.Peer, ":53"):
		return 5, "the name server was asked right before the message"
	case file != nil && file.Sock != nil && c.between <= 40 && c.source.hungUp() && containsAny(strings.ToLower(c.sus.anchor.text), closedWords):
		return 4.5, "it hung up, and the message speaks of that"
	case file != nil && file.Sock != nil && c.between <= 40:
		return 3, "the message speaks of what it said"
	case file != nil && file.Sock != nil:
		return 1.5, "the message speaks of what it said"
	case file != nil && file.EOF && file.Reads == 0 && file.Kind == replay.PathFile:
		points, why = points+3, "it was empty"
	case file != nil && c.sus.anchor.line != nil && aboutContent(c.sus.anchor.line.text):
		points, why = points+3, "the message speaks of what it holds"
		if containsAny(strings.ToLower(c.sus.anchor.line.text), endWords) {
			points, why = points+1.5, "the message speaks of its end"
		}
	}
	if c.sus.anchor.line != nil && len(c.sus.anchor.named()) > 0 {
		points -= 3 // then a call failed
	}
	if c.sus.anchor.line != nil && asPlace(c.sus.anchor.line.text, path.Base(c.source.path)) {
		points -= 4 // then it says where the program stood
	}
	if c.sus.anchor.line != nil && !strings.Contains(c.sus.anchor.line.text, path.Base(c.source.path)) {
		points -= 2 // only what came after it says the name
	}
	if c.source.path != "" && systemPath(c.source.path) || c.source.path == "/dev/null" {
		points -= 4
	}
	if c.between <= 40 {
		points++
	}
	if c.siblingFailed() {
		points -= 5
	}
	return points, why
}

// siblingFailed: of several numbered files another one could not be used: part-3, where
// this is part-1.
func (c *candidate) siblingFailed() bool {
	h := c.sus.hist
	if h.unnumbered == nil {
		h.unnumbered = map[string]string{}
		for _, x := range h.failures {
			stem := withoutDigits(x.path)
			if one, ok := h.unnumbered[stem]; stem != x.path && !neverCause(x) && !(ok && one == x.path) {
				h.unnumbered[stem] = x.path
				if ok {
					h.unnumbered[stem] = "" // there are others
				}
			}
		}
	}
	one, ok := h.unnumbered[withoutDigits(c.source.path)]
	return ok && one != c.source.path
}

func withoutDigits(p string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, p)
}

// lacksResolver: the process could not read which name servers to ask (resolv.conf(5)).
func (h *history) lacksResolver() bool {
	return slices.ContainsFunc(h.failures, func(x *failure) bool {
		return strings.HasSuffix(x.path, "/etc/resolv.conf") || x.given == "/etc/resolv.conf"
	})
}

// isProgram: a regular file that may be run.
func isProgram(s *source) bool {
	_, mode, ok := strings.Cut(ref(s.ev.Event()).Text, "S_IFREG|0")
	return ok && len(mode) >= 3 && mode[0]&1 != 0 && mode[0] >= '0' && mode[0] <= '7'
}

// asPlace: "main.sh: 3:", "main.sh[3]:", "CMakeLists.txt:4", "app.py", line 3.
func asPlace(text, base string) bool {
	_, after, ok := strings.Cut(text, base)
	if !ok {
		return false
	}
	after = strings.TrimLeft(after, "\"'`: ([,")
	return after != "" && after[0] >= '0' && after[0] <= '9' || strings.HasPrefix(after, "line ")
}

// untraced: what is not in the trace failed, and the process repeats its status or words:
// "make: *** [all] Error 1", right after it waited for the shell.
func untraced(_ *facts, c *candidate) (float64, string) {
	switch {
	case c.ghost != nil:
		points, why := 4.0, "it failed, and its calls are not in this trace"
		if p := c.sus.hist.proc; p.Exit != nil && p.Exit.Code == c.ghost.code {
			points, why = 6, "it ended with the same status"
		}
		if l := c.sus.anchor.line; l != nil && c.between <= rightBefore && containsWord(l.text, itoa(c.ghost.code)) {
			points += 4.5
		}
		return points, why
	case c.relay != nil:
		return 7, "the message was read from there"
	}
	return 0, ""
}
