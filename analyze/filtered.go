package analyze

import "github.com/stracex/stracex/event"

// A log may have been made with strace's -z, -Z or -e: what is not in it may be what
// matters. Only a whole run says by what it lacks that it was filtered.

// scope counts what a trace holds.
type scope struct {
	log    bool // it is a log, not a capture, which leaves out calls that can't matter
	well   int  // calls that succeeded
	failed int  // calls that failed
	moves  int  // calls that move bytes
	begun  bool // an execve succeeded
	left   bool // exit_group or its like
	memory bool // a file was mapped, which all programs do that have libraries
}

// add takes a call; moves says whether it is one that moves bytes.
func (s *scope) add(e *event.Event, moves bool) {
	c := e.Call
	s.log = s.log || e.Line > 0
	switch {
	case c.Ret.Failed():
		s.failed++
	case c.Ret.Known:
		s.well++
	}
	if moves {
		s.moves++
	}
	switch c.Name {
	case "execve":
		s.begun = s.begun || c.Ret.Known && !c.Ret.Failed()
	case "exit_group", "exit", "_exit":
		s.left = true
	case "mmap", "mmap2", "old_mmap", "brk":
		s.memory = true
	}
}

// enoughCalls is how many calls a whole run has at least.
const enoughCalls = 20

// onlyFailures: strace -Z. A program that does anything has calls that succeed.
func (s *scope) onlyFailures() bool { return s.log && s.well == 0 && s.failed > 1 }

// onlySuccesses: strace -z. The end of a process, which returns nothing, isn't in such
// a log either.
func (s *scope) onlySuccesses() bool {
	return s.log && s.begun && s.failed == 0 && !s.left && s.well >= enoughCalls
}

// wordless: strace -e trace=file, say.
func (s *scope) wordless() bool { return s.well+s.failed >= enoughCalls && s.moves == 0 }

// partial: there are words, but not all kinds of calls: strace -e trace=file,write.
func (s *scope) partial() bool {
	return s.log && s.begun && !s.memory && s.well+s.failed >= enoughCalls
}

// note says what the trace lacks, "" when nothing is known to, or when the answer is
// sure without it; exits: the command ended by itself.
func (s *scope) note(sure, exits bool) string {
	switch {
	case s.onlyFailures():
		return "no call that succeeded is in this trace, so neither the message nor the working directories are known: record again without -Z"
	case s.onlySuccesses():
		return "no call that failed is in this trace: record again without -z"
	case s.wordless():
		return "no read or write is in this trace, so what the program said is not known: record again without -e"
	case s.partial() && !sure:
		return "calls are missing in this trace, those that map memory for one: record again without -e"
	case s.log && exits && !s.left && !sure: // strace -P, say
		return "calls are missing in this trace, the one that ends the process for one: record again without -e and -P"
	}
	return ""
}

// hides: what can be found is no more than what lies nearest to the call that failed,
// which isn't in the trace.
func (s *scope) hides(c *candidate) bool {
	return s.onlySuccesses() && (c.kind == "data" || c.kind == "child")
}

// hardlyEver are the points of an error that no program expects: EMFILE, ENOSPC.
const hardlyEver = 3

// limit is the most that can be said of a candidate with a trace that lacks something.
func (s *scope) limit(c *candidate, confidence float64) float64 {
	const notSure, guess = 0.45, 0.24
	switch {
	case c.kind == "signal", c.fail != nil && errorPoints(c.fail) >= hardlyEver:
	case (s.onlyFailures() || s.partial()) && optional(c):
		return min(confidence, guess)
	case s.onlyFailures(), s.wordless(), s.partial() && c.fail != nil && c.fail.errno == "ENOENT" && !c.named() && (probing(c.fail.name) || c.between > nearby):
		return min(confidence, notSure)
	}
	return confidence
}

// unanswered: of a search by strace -Z only the places are known where a thing was not.
func unanswered(f *facts, c *candidate) (float64, string) {
	if c.fail != nil && f.scope.onlyFailures() && (probing(c.fail.name) || c.fail.name == "execve") {
		return -4, ""
	}
	return 0, ""
}

// named: the message names what the candidate is about, or its error.
func (c *candidate) named() bool {
	path, _ := namesPath(nil, c)
	address, _ := namesAddress(nil, c)
	errno, _ := namesErrno(nil, c)
	return path >= 3 || address > 0 || errno > 0
}
