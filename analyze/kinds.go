package analyze

import (
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// Causes that are no failed call.

// finder finds causes of one kind that are no failed call.
type finder struct {
	name string
	find func(f *facts, s *suspect) []*candidate
}

var finders = []finder{
	{"signal", endedBySignal},
	{"empty file", emptyFiles},
	{"cut short", cutShort},
	{"lock left over", lockLeftOver},
	{"file found", filesNamed},
	{"useless answer", lastTalk},
	{"refusal", allRefusals},
	{"name server", nameServer},
	{"unknown account", unknownAccount},
	{"looked through", lookedThrough},
	{"no library", noLibrary},
	{"process alive", stillAlive},
	{"untraced child", ghosts},
	{"untraced writer", unknownWriter},
}

// dataCause is a candidate for what was there, and could not be used.
func dataCause(s *suspect, e *source, at position) *candidate {
	return &candidate{kind: "data", sus: s, source: e, pos: at, between: max(0, s.anchor.pos.seq-e.first.seq-1)}
}

// endedBySignal: the process was killed.
func endedBySignal(_ *facts, s *suspect) []*candidate {
	p := s.hist.proc
	if p.Exit == nil || p.Exit.Signal == "" {
		return nil
	}
	for q := s.from; q != nil; q = q.from {
		if end := q.hist.proc.Ended; end != nil && end.Index < p.Ended.Index {
			return nil // what came after its end was not its reason
		}
	}
	return []*candidate{{kind: "signal", sus: s, signal: p.Exit.Signal, pos: position{p.Ended.Index, p.Calls}}}
}

// emptyFiles: the first read of a file gave nothing.
func emptyFiles(_ *facts, s *suspect) (out []*candidate) {
	for _, e := range s.hist.empty {
		if e.pos.index < s.anchor.pos.index && strings.HasPrefix(e.path, "/") && e.path != "/dev/null" && e.pos.seq > s.hist.execSeq {
			out = append(out, dataCause(s, e, e.pos))
		}
	}
	return out
}

// lastTalk: the message speaks of what the other end of a connection said.
func lastTalk(_ *facts, s *suspect) []*candidate {
	e := s.hist.talked
	if e == nil || e.pos.index >= s.anchor.pos.index || s.anchor.line == nil {
		return nil
	}
	if !containsAny(strings.ToLower(s.anchor.line.text), talkWords) && !(e.hungUp() && containsAny(strings.ToLower(s.anchor.text), closedWords)) {
		return nil
	}
	return []*candidate{dataCause(s, e, e.pos)}
}

// hungUp: nothing came, but the end of the connection.
func (s *source) hungUp() bool { return s.ev.Event().Call.Ret.Value == 0 }

// ghosts: a child whose calls are not in the trace failed.
func ghosts(f *facts, s *suspect) (out []*candidate) {
	for _, g := range f.untraced {
		if g.by == s.hist && g.pos.index < s.anchor.pos.index {
			out = append(out, &candidate{kind: "child", sus: s, ghost: g, pos: g.pos, between: max(0, s.anchor.pos.seq-g.pos.seq-1)})
		}
	}
	return out
}

// unknownWriter: the message was read from a process that is not in the trace.
func unknownWriter(f *facts, s *suspect) []*candidate {
	r := f.relayOf(s)
	if r == nil || r.wrote != nil || r.read.file.Netlink() {
		return nil
	}
	return []*candidate{{kind: "child", sus: s, relay: r, pos: r.read.pos, between: max(0, s.anchor.pos.seq-r.read.pos.seq-1)}}
}

// filesNamed are files that were found or read without an error and that the message
// names: what they are, or what was in them, is what it complains about.
func filesNamed(_ *facts, s *suspect) (out []*candidate) {
	if s.blamed() != nil || s.passesOn() {
		return nil
	}
	for _, e := range s.named() {
		out = append(out, dataCause(s, e, e.pos))
	}
	return out
}

// blamed is the child that the message is about: it speaks of a program that was run, or
// gives the status of one, and one has failed right before it; nil if none.
func (s *suspect) blamed() *replay.Process {
	if s.anchor.line == nil {
		return s.repeated()
	}
	low := strings.ToLower(s.anchor.line.text)
	speaks := containsAny(low, childWords)
	for _, c := range slices.Backward(s.hist.proc.Children) {
		if c.Failed() && (speaks || s.tellsStatus(c)) && c.Reaped != nil && c.Reaped.Index < s.anchor.pos.index && s.anchor.pos.seq-c.ReapedAt <= answerWindow {
			return c
		}
	}
	return nil
}

// tellsStatus says whether the message gives the status of a child: "[Makefile:2: lint]
// Error 1", and any other status however it is put.
func (s *suspect) tellsStatus(c *replay.Process) bool {
	if s.anchor.line == nil || c.Exit.Signal != "" {
		return false
	}
	low := strings.ToLower(s.anchor.line.text)
	return c.Exit.Code > 1 && givesStatus(low, c.Exit.Code) || strings.HasSuffix(strings.TrimSpace(low), "error "+itoa(c.Exit.Code))
}

// repeated is the child whose status, which is not everybody's, a process without a
// message ended with soon after; nil if there is none.
func (s *suspect) repeated() *replay.Process {
	p := s.hist.proc
	for _, c := range slices.Backward(p.Children) {
		if c.Failed() && len(c.Execs) > 0 && c.Reaped != nil && p.Exit != nil && *c.Exit == *p.Exit && c.Exit.Code > 1 && s.anchor.pos.seq-c.ReapedAt <= soonAfter {
			return c
		}
	}
	return nil
}

// passesOn: the message gives no more than the status of a failed child, however long ago
// that ended: "make: *** [Makefile:3: all] Error 1".
func (s *suspect) passesOn() bool {
	return s.anchor.line != nil && slices.ContainsFunc(s.hist.proc.Children, func(c *replay.Process) bool { return c.Failed() && s.tellsStatus(c) })
}

var childWords = []string{"script", "command", "hook", "exit", "subprocess", "child process"}

func (s *suspect) named() []*source {
	if s.anchor.line == nil {
		return nil
	}
	var out []*source
	for _, src := range s.hist.sources {
		p := src.path
		if src.first.index >= s.anchor.pos.index || src.pos.seq < s.hist.execSeq || !strings.HasPrefix(p, "/") || len(p) < 4 {
			continue
		}
		text := s.anchor.line.known()
		if namesIn(text, p) || namesIn(s.anchor.text, p) || (src.file != nil || s.saysThere()) && len(path.Base(p)) > 3 && namesIn(text, path.Base(p)) {
			out = append(out, src)
		}
	}
	if last := s.begunSource(); last != nil {
		out = append(out, last)
	}
	if last := s.hist.lastRead(s.anchor); last != nil && aboutContent(s.anchor.line.text) {
		out = append(out, last)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].pos.index < out[j].pos.index })
	return slices.Compact(out)
}

// saysThere: the message says that something is there already.
func (s *suspect) saysThere() bool {
	return s.anchor.line != nil && containsAny(strings.ToLower(s.anchor.line.text), []string{"already exist", "exists already", " exists"})
}

// begunSource is the file found last of those that the message is cut in the name of.
func (s *suspect) begunSource() (last *source) {
	if !s.anchor.line.cut {
		return nil
	}
	word := s.anchor.line.lastWord()
	for _, src := range s.hist.sources {
		points := begins(src.path, word)
		if points > 2 || points > 0 && s.anchor.pos.seq-src.pos.seq <= answerWindow {
			if src.first.index < s.anchor.pos.index && src.pos.seq >= s.hist.execSeq && !systemPath(src.path) && !s.runs(src) &&
				(last == nil || src.first.index > last.first.index) {
				last = src
			}
		}
	}
	return last
}

// runs: the file is the script that the process runs, whose name its messages begin with.
func (s *suspect) runs(src *source) bool {
	argv := s.hist.proc.Argv
	if len(argv) < 2 || src.file == nil {
		return false
	}
	if begin, cut := strings.CutSuffix(argv[1], cutMark); cut {
		return strings.HasPrefix(src.path, begin)
	}
	return path.Base(argv[1]) == path.Base(src.path)
}

// lockLeftOver is the file that a process looked for last, before it ended without a
// word, whose name says that somebody is at work: found, and never opened.
func lockLeftOver(_ *facts, s *suspect) []*candidate {
	if s.anchor.line != nil {
		return nil
	}
	var last *source
	for _, src := range s.hist.sources {
		if src.file == nil && src.first.seq > s.hist.execSeq && src.pos.index < s.anchor.pos.index && strings.HasPrefix(src.path, "/") &&
			probing(src.by) && !removes(src.by) && lockName(src.path) && (last == nil || src.pos.index > last.pos.index) {
			last = src
		}
	}
	if last == nil {
		return nil
	}
	return []*candidate{dataCause(s, last, last.first)}
}

// removes: a process that takes the file away was the one at work.
func removes(call string) bool { return call == "unlink" || call == "unlinkat" || call == "rmdir" }

// lockName: the ends of names that programs give to a file which keeps others out.
func lockName(p string) bool {
	switch path.Ext(p) {
	case ".lock", ".lck", ".pid":
		return true
	}
	return path.Base(p) == "lock"
}

// talkWords are those of a complaint about what the other end said.
var talkWords = []string{"answer", "ssl", "tls", "protocol", "handshake", "certificate", "response", "reply", "http", "server", "unexpected message", "authentication", "login", "password"}

// closedWords are those of a complaint about a connection that the other end closed.
var closedWords = []string{"closed", "hung up", "hang up", "hangup", "disconnect", "dropped", "lost", "unable to connect", "end of file", "eof"}

// endWords are those of a complaint about the end of what was read.
var endWords = []string{"eof", "end of file", "end of input", "truncated", "short read", "incomplete", "unexpected end", "corrupt", "premature", "parse error", "unterminated", "unfinished string"}

// aboutContent says whether a message speaks of what a file holds: that it ends too early,
// or is not of the form that was expected.
func aboutContent(text string) bool {
	low := strings.ToLower(text)
	return containsAny(low, endWords) || wrongForm.MatchString(low) && !ofInput.MatchString(low)
}

// wrongForm is a complaint about the form of what was read: "file format not recognized",
// "not in gzip format", "unrecognized keystore format", "bad magic number", "checksum
// mismatch", "file is not a database".
var wrongForm = regexp.MustCompile(`\b(unrecogni[sz]ed|unknown|invalid|bad|wrong|unsupported|incorrect|not in)\b[^.;,]{0,24}\b(format|header|signature|magic|checksum|keystore|file type)\b|` +
	`\bnot an?\b[^.;,]{0,24}\b(format|header|signature|archive|database|image|zipfile|zip file|file type)\b|` +
	`\b(format|header|signature|magic|magic number|checksum|crc)( (of|in) [^ ]+)?( is)? (not recogni[sz]ed|unrecogni[sz]ed|mismatch|error|invalid|wrong|bad|incorrect|does not match|doesn't match)`)

// ofInput: a complaint about what people gave to a program by themselves.
var ofInput = regexp.MustCompile(`\b(date|time format|argument|option|url|address|format string|request|response)s?\b`)

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

// lookupWords are those of a complaint about a name that could not be looked up.
var lookupWords = []string{"resolve", "name or service", "name resolution", "lookup", "unknown host", "enotfound", "eai_again", "getaddrinfo", "no such host"}

// beginsAny says whether a text that is cut off ends in the beginning of one of the
// words.
func beginsAny(text string, words []string) bool {
	const least = 5
	for _, w := range words {
		for n := min(len(w), len(text)); n >= least; n-- {
			if strings.HasSuffix(text, w[:n]) {
				return true
			}
		}
	}
	return false
}

// nameServer is the one that was asked last before a message about a name that
// could not be looked up.
func nameServer(_ *facts, s *suspect) []*candidate {
	if s.anchor.line == nil || !containsAny(strings.ToLower(s.anchor.text), lookupWords) && !(s.anchor.line.cut && beginsAny(strings.ToLower(s.anchor.line.text), lookupWords)) {
		return nil
	}
	var last *source
	for _, e := range s.hist.servers {
		if e.pos.index < s.anchor.pos.index {
			last = e
		}
	}
	if last == nil {
		return nil
	}
	return []*candidate{dataCause(s, last, last.pos)}
}
