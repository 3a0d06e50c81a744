package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// relay is how words came from one process to another.
type relay struct {
	words string
	read  *passed // where they came in
	wrote *passed // where they were written; nil when the writer isn't in the trace
}

// minWords is the length from which equal words are no accident.
const minWords = 8

// relays: when a process only repeats what it has read, the failure is the
// writer's.
func (f *facts) relays(s *suspect) []*suspect {
	r := f.relayOf(s)
	if r == nil || r.wrote == nil {
		return nil
	}
	h := r.wrote.hist
	a := anchor{pos: r.wrote.pos, text: r.wrote.text, line: lineAt(h, r.wrote.pos)}
	if a.line == nil {
		a.line = &line{hist: h, file: r.wrote.file, stream: streamOf(r.wrote.file), text: r.wrote.text, start: r.wrote.pos, end: r.wrote.pos, ev: r.wrote.ev, cut: r.wrote.cut}
	}
	k := s.to(h, "words", a)
	k.gets("words of another", 5)
	k.relay = r
	k.because = fmt.Sprintf("%s read the words %q, which %s wrote", name(s.hist.proc), shorten(r.words, 60), name(h.proc))
	return []*suspect{k}
}

// answerWindow is how many calls may lie between taking an answer and the
// message that is due to it.
const answerWindow = 25

// answers: what a process read last before its message came from another one
// of the trace, which may have put a failure of its own in other words.
func (f *facts) answers(s *suspect) []*suspect {
	in := f.heardLast(s)
	if in == nil {
		return nil
	}
	for _, out := range slices.Backward(f.words.wrote) {
		if out.hist == s.hist || entered(out) > in.pos.index || !carries(out, in) {
			continue
		}
		if isValue(out) {
			return nil
		}
		h := out.hist
		a := anchor{pos: out.pos, line: lineAt(h, out.pos), text: out.text}
		if own := anchorOf(h); !hasWord(out.text) && own.line != nil && own.pos.index < out.pos.index {
			a = own // a status by itself says nothing
		}
		k := s.to(h, "words", a)
		k.gets("answer of another", 2.5)
		if slices.ContainsFunc(s.couldNot(in.pos.index), ownFailure) {
			k.gets("answer of another", -3.5) // it failed with what it made of the answer
		}
		k.relay = &relay{out.text, in, out}
		k.because = fmt.Sprintf("%s read its answer from %s right before", name(s.hist.proc), name(h.proc))
		return []*suspect{k}
	}
	return nil
}

// isValue: a path that a program which ended well wrote into a pipe is what it was asked
// for, as $(pwd) is.
func isValue(out *passed) bool {
	x, text := out.hist.proc.Exit, strings.TrimSpace(out.text)
	return out.file.Pipe != nil && x != nil && x.Code == 0 && x.Signal == "" && strings.HasPrefix(text, "/") && !strings.ContainsAny(text, " \n")
}

// heardLast is what a process read last from another one before its message.
func (f *facts) heardLast(s *suspect) *passed {
	for _, in := range slices.Backward(f.words.read[s.hist]) {
		switch {
		case in.pos.index >= s.anchor.pos.index:
		case s.anchor.pos.seq-in.pos.seq > answerWindow:
			return nil
		case in.file.Pipe != nil, in.file.Sock != nil && in.file.Sock.Pair != nil, datagrams(in.file):
			return in
		}
	}
	return nil
}

// lineAt is the line that a write belonged to.
func lineAt(h *history, at position) *line {
	for _, l := range h.lines {
		if l.start.index <= at.index && at.index <= l.end.index {
			return l
		}
	}
	return nil
}

// relayOf finds where a suspect's message was read, and who wrote it there.
func (f *facts) relayOf(s *suspect) *relay {
	if s.anchor.line == nil {
		return nil
	}
	for _, words := range cores(s.anchor.line.text) {
		for _, in := range slices.Backward(f.words.read[s.hist]) {
			if in.pos.index > s.anchor.line.end.index || !shares(in, words) || isSource(in, words, s.anchor.line.text) {
				continue
			}
			if in.file.Kind == replay.PathFile && strings.Contains(words, in.file.Path) {
				continue
			}
			if out := f.writerOf(in, words); out != nil && isValue(out) {
				continue
			} else if out != nil {
				return &relay{words, in, out}
			}
			if (in.file.Kind == replay.SocketFile || in.file.Kind == replay.PipeFile) && !f.wroteItself(in, words) {
				return &relay{words, in, nil}
			}
		}
	}
	return nil
}

// wroteItself says whether a process has read its own words, from the other end of a pipe
// or socketpair that it has.
func (f *facts) wroteItself(in *passed, words string) bool {
	return slices.ContainsFunc(f.words.wrote, func(out *passed) bool {
		return out.hist == in.hist && entered(out) <= in.pos.index && shares(out, words) && connects(out.file, in.file)
	})
}

// writerOf finds the first process that wrote the words, before they were read.
func (f *facts) writerOf(in *passed, words string) *passed {
	var best *passed
	for _, out := range f.words.wrote {
		if out.hist == in.hist || entered(out) > in.pos.index || !shares(out, words) || f.bySomebodyElse(out, in) {
			continue
		}
		switch {
		case best == nil, carries(out, in) && !carries(best, in):
			best = out
		}
	}
	if best == nil || in.file.Kind == replay.PathFile && best.file.Path != in.file.Path {
		return nil
	}
	return best
}

func entered(p *passed) int {
	if p.begun >= 0 {
		return p.begun
	}
	return p.pos.index
}

// carries says whether what one process wrote is what another read: they have the two
// ends of one thing, or it is a datagram, which arrives as it was sent.
func carries(out, in *passed) bool {
	return connects(out.file, in.file) || datagrams(out.file) && datagrams(in.file) && out.text == in.text && out.text != "" &&
		!elsewhere(out, in)
}

// bySomebodyElse says whether the kernel tells that what one process read is not what
// another wrote.
func (f *facts) bySomebodyElse(out, in *passed) bool {
	sender := f.state.Process(in.from)
	return sender != nil && sender != out.hist.proc || datagrams(out.file) && datagrams(in.file) && elsewhere(out, in)
}

// elsewhere says whether a datagram was sent to another address than that of the socket
// that another process read from.
func elsewhere(out, in *passed) bool {
	to, at := out.to, in.file.Sock.Local
	if to == "" || at == "" {
		return false
	}
	if strings.HasPrefix(at, "unix:") {
		return to != at
	}
	return to[strings.LastIndexByte(to, ':')+1:] != at[strings.LastIndexByte(at, ':')+1:] // it may be bound to all addresses
}

// connects says whether bytes written to a come out of b.
func connects(a, b *replay.File) bool {
	switch {
	case a == nil || b == nil:
		return false
	case a.Pipe != nil:
		return a.Pipe == b.Pipe
	case a.Sock != nil:
		return a.Sock.Pair == b
	}
	return a.Path != "" && a.Path == b.Path
}

// shares says whether the transfer holds the words; of one that the trace has
// only the beginning of, the end of that beginning may be their beginning.
func shares(p *passed, words string) bool {
	if strings.Contains(p.text, words) {
		return true
	}
	if !p.cut {
		return false
	}
	for n := min(len(words), len(p.text)); n >= 2*minWords; n-- {
		if strings.HasSuffix(p.text, words[:n]) {
			return true
		}
	}
	return false
}

// cores are the parts of a message that another program may have said: the
// whole, then what follows each of its first prefixes ("prog: Fatal: …"), then
// single parts.
func cores(text string) []string {
	text = strings.TrimSpace(text)
	var out []string
	add := func(s string) {
		s = strings.Trim(s, " \t\r\n\x00.,;'\"()[]")
		if _, common := errnoTexts()[strings.ToLower(s)]; !common && len(s) >= minWords && len(out) < 12 {
			out = append(out, s)
		}
	}
	add(text)
	rest := text
	for range 4 {
		_, after, found := strings.Cut(rest, ": ")
		if !found {
			break
		}
		add(after)
		rest = after
	}
	for i, part := range strings.Split(text, ": ") {
		if i > 0 || strings.Contains(part, " ") { // else it is who speaks
			add(part)
		}
	}
	if i := strings.LastIndexByte(text, '('); i >= 0 && strings.HasSuffix(text, ")") { // "rejected (hook declined)"
		add(text[i:])
	}
	return out
}

// isSource says whether the words stand in a file as a program's source has them, not
// as a log has them: something other than the line's end follows.
//
//	sys.exit("report: could not be made")
func isSource(in *passed, words, message string) bool {
	_, rest, whole := strings.Cut(in.text, words)
	if in.file.Kind != replay.PathFile || in.file.Pipe != nil || !whole {
		return false
	}
	_, tail, _ := strings.Cut(message, words)
	rest = strings.TrimLeft(strings.TrimPrefix(rest, tail), " .\r")
	return rest != "" && rest[0] != '\n'
}

func shorten(s string, n int) string {
	s = strings.TrimSpace(s)
	if len(s) <= n {
		return s
	}
	return s[:n] + "…"
}
