package analyze

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// Which of a process's lines is its error message: message of a process means
// the first line of its last cluster of error-like lines, since later lines of
// one cluster are consequences.

// weightOf rates how much a line looks like an error message; 0 for a line
// that doesn't.
func weightOf(l *line) int {
	text := strings.TrimSpace(l.text)
	if !hasWord(text) {
		return 0
	}
	w := wordWeight(text)
	if w == 0 && l.cut && beginsAny(strings.ToLower(text), failWords) {
		w = 4
	}
	if w > 0 && hasErrnoText(text) {
		w += 2
	}
	switch l.stream {
	case "stderr", "tty", "syslog":
		w += 2
	case "pipe", "file":
		if w > 0 {
			w++
		}
	case "socket", "stdout":
		if w < 3 {
			w = 0
		}
	}
	return w
}

// hasWord says whether a line has a letter or a digit: a status that a child sends as
// four bytes has none.
func hasWord(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}

// wordWeight rates the words of a line: 4 for those of a failure, 2 for those
// of a lack, less where others take them back.
func wordWeight(text string) int {
	low := strings.ToLower(withoutPaths(text))
	w := 0
	switch {
	case containsAny(low, failWords):
		w = 4
	case containsAny(low, lackWords):
		w = 2
	}
	if mild(text) {
		w -= 2
	}
	return max(w, 0)
}

// mild: the line itself says that it is no failure.
func mild(text string) bool {
	return !refersBack(text) && containsAny(strings.ToLower(withoutPaths(text)), mildWords)
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// withoutPaths blanks the paths in a message: a folder named "failed" is no
// failure.
func withoutPaths(s string) string {
	if !strings.Contains(s, "/") {
		return s
	}
	words := strings.Split(s, " ")
	for i, w := range words {
		if strings.Contains(w, "/") && len(w) > 2 {
			words[i] = "/"
		}
	}
	return strings.Join(words, " ")
}

// failWords are the words of failures, lackWords those of what may be one;
// mildWords take them back.
var failWords = []string{
	"error", "fail", "fatal", "cannot", "can't", "can’t", "could not", "couldn't", "unable", "denied", "not found",
	"no such", "refused", "panic", "exception", "abort", "critical", "not permitted", "timed out", "no space", "too many",
	"already in use", "unreachable", "corrupt", "emerg", "out of memory", "giving up", "impossible", "does not exist", "doesn't exist",
	"rejected", "declined",
}

var lackWords = []string{
	"invalid", "missing", "unexpected", "timeout", "unavailable", "unusable", "bad ", "unknown", "damaged", "incomplete", "crash",
	"killed", "alert", "wrong", "unsupported", "forbidden", "illegal", "stopping", "must ", "no ", "not ",
}

var mildWords = []string{"warn", "notice", "info ", "[info", "debug", "deprecated", "0 errors", "no error", "ignor", "without error", "continuing", "hint:", "note:", "log: ", "skipping", "optional", "using default", "built-in", "falling back", "fall back", "instead", "retrying"}

// anchor is where the walk back begins in one process: its message, or its end.
type anchor struct {
	pos  position
	line *line  // nil: it ended without a word
	text string // all that the process said from there on
	// last is the last of several exceptions that a stack tells of, each of which came up
	// while the one before was dealt with; "" for one alone.
	last string
	// errnos that the line, or else the text, gives; filled by named.
	errnos map[string]bool
}

// named gives the errnos that the message names.
func (a *anchor) named() map[string]bool {
	if a.errnos == nil && a.line != nil {
		a.errnos = errnosIn(a.line.text)
		if e := cutErrno(a.line.text); a.line.cut && e != "" {
			a.errnos[e] = true
		}
		if len(a.errnos) == 0 {
			a.errnos = errnosIn(a.text)
		}
	}
	return a.errnos
}

// clusterGap is how many calls may lie between two lines of one message.
const clusterGap = 150

// anchorOf finds the message of a process, or its silent end.
func anchorOf(h *history) anchor {
	end := position{h.proc.Last, h.proc.Calls + 1}
	if h.proc.Ended != nil {
		end.index = h.proc.Ended.Index
	} else {
		end.index++ // its last call counts
	}
	best := lastMessage(h)
	if best < 0 {
		return anchor{pos: end}
	}
	first, enough := best, max(3, weightOf(h.lines[best])-1)
	for i := best - 1; i >= 0; i-- {
		if h.lines[first].start.seq-h.lines[i].end.seq > clusterGap || h.lines[i].start.seq < h.execSeq || h.hasOwnReason(first, i) {
			break
		}
		if l := h.lines[i]; weightOf(l) >= enough && !dataOnly(l) && !mild(l.text) && !(h.lines[best].own && passedOn(l)) {
			first = i
		}
	}
	told := h.referredTo(first)
	l := h.lines[told]
	if told == first && onlyWarned(h, l) {
		if !l.cut {
			return anchor{pos: end}
		}
		return anchor{pos: end, line: l, text: textFrom(h, first)}
	}
	first = told
	if traceback := tracebackEnd(h, first); traceback != nil {
		return anchor{pos: firstOf(h, first), line: traceback, text: textFrom(h, first), last: lastException(h, first, traceback)}
	}
	return anchor{pos: h.saidAt(l), line: l, text: textFrom(h, first)}
}

// saidAt is where a line was said: at its beginning, or at its end when something failed
// in between ("Binding to port 80... [ no such file ]").
func (h *history) saidAt(l *line) position {
	if l.end.index > l.start.index && slices.ContainsFunc(h.failures, func(x *failure) bool {
		at, ok := lastBefore(x.at, l.end.index)
		probe, _ := startupProbe(nil, &candidate{fail: x})
		return ok && at.index > l.start.index && probe == 0 && !neverCause(x)
	}) {
		return l.end
	}
	return l.start
}

// hasOwnReason says whether a line quotes an error that came up after an earlier line: it
// is no consequence of what that line tells of, which was survived. A second file may be
// missing since the first one was, but no library that the line names.
func (h *history) hasOwnReason(later, earlier int) bool {
	l, e := h.lines[later], h.lines[earlier]
	named := errnosIn(l.text)
	return len(named) > 0 && slices.ContainsFunc(h.failures, func(x *failure) bool {
		at, ok := lastBefore(x.at, l.start.index)
		own := x.errno != "ENOENT" || isLibrary(x.path) && namesIn(l.text, path.Base(x.path))
		return ok && at.index > e.end.index && named[x.errno] && own && callWeight[x.name] >= 1.5 && !neverCause(x)
	})
}

// referredTo is the line that another one only refers to: "see the warnings above".
func (h *history) referredTo(i int) int {
	const few = 3
	for range few {
		if i == 0 || !refersBack(h.lines[i].text) || h.lines[i-1].start.seq < h.execSeq || h.lines[i-1].stream != h.lines[i].stream ||
			h.lines[i].start.seq-h.lines[i-1].end.seq > answerWindow || strings.TrimSpace(h.lines[i-1].text) == "" {
			break
		}
		i--
	}
	return i
}

func refersBack(text string) bool {
	low := strings.ToLower(text)
	return !hasErrnoText(text) && strings.Contains(low, "see ") && containsAny(low, []string{"above", "see log", "see the log", "for details"})
}

// passedOn: work for the next program of a pipeline, such as source code that speaks
// of errors, beside messages on stderr.
func passedOn(l *line) bool { return l.stream == "pipe" && !l.own }

// lastMessage is the index of the last line that looks like an error message; else of
// the last line to stderr, or of one to stdout that speaks of a lack and names a path, if
// the end follows soon; else -1.
func lastMessage(h *history) int {
	top, at := 2, -1
	for i := len(h.lines) - 1; i >= 0; i-- {
		l := h.lines[i]
		if dataOnly(l) || l.start.seq < h.execSeq {
			continue
		}
		// A later line wins unless an earlier one is clearly better.
		if at >= 0 && mild(l.text) && !mild(h.lines[at].text) {
			continue // it was dealt with
		}
		if w := weightOf(l); w > top {
			top, at = w, i
			if w >= 5 {
				break
			}
		}
	}
	if at >= 0 {
		return at
	}
	for i := len(h.lines) - 1; i >= 0; i-- {
		l := h.lines[i]
		if l.start.seq < h.execSeq {
			break
		}
		near := 40
		if l.cut {
			near = 400 // what can't be seen of it may be an error
		}
		left := h.proc.Calls - l.end.seq
		if (l.stream == "stderr" || l.stream == "tty" || h.proc.Failed() && (l.fd == 2 && !h.faulted() || l.mayComplain())) && left < near && hasWord(l.text) ||
			l.stream == "stdout" && left <= lastWord && wordWeight(l.text) > 0 && strings.Contains(l.text, "/") {
			return i
		}
	}
	return -1
}

// faulted: the process was ended by what it did itself, without a chance to complain: what
// it had last written to its log was about its work.
func (h *history) faulted() bool {
	x := h.proc.Exit
	return x != nil && slices.Contains([]string{"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL"}, x.Signal)
}

// lastWord is the number of calls within which the end follows the last word of a
// program that speaks on stdout.
const lastWord = 5

// maxThrown is how many bytes a program throws away in words; more are a dump.
const maxThrown = 16 << 10

// dataOnly: text in a regular file or on a connection that isn't a log is
// work, not a message, however it sounds. Words may be thrown away, to /dev/null.
func dataOnly(l *line) bool {
	switch l.stream {
	case "socket":
		return !looksLikeReply(l.text)
	case "file":
		if l.file.Path == "/dev/null" {
			return l.fd > 2 && l.file.Writes > maxThrown
		}
		return !l.own && !l.file.Append && !strings.Contains(l.file.Path, "log")
	}
	return false
}

// looksLikeReply: words on a socket that are an answer for a person.
func looksLikeReply(s string) bool {
	return wordWeight(s) > 0 && len(s) < 400 && !strings.Contains(s, "HTTP/1")
}

// tracebackEnd: languages that print a stack put the message itself last
// (Python), below lines that only say where.
func tracebackEnd(h *history, first int) *line {
	if !strings.HasPrefix(h.lines[first].text, "Traceback (") {
		i := first
		for ; i >= 0 && first-i < 40; i-- {
			if strings.HasPrefix(h.lines[i].text, "Traceback (") {
				break
			}
		}
		if i < 0 || first-i >= 40 {
			return nil
		}
		first = i
	}
	for _, l := range h.lines[first+1:] {
		if l.stream == h.lines[first].stream && l.text != "" && l.text[0] != ' ' && l.text[0] != '\t' && !strings.HasPrefix(l.text, "Traceback (") && !strings.HasPrefix(l.text, "During handling") {
			return l
		}
	}
	return nil
}

// lastException is the message of the last of a chain of tracebacks (Python), "" when
// there is no other than the first.
func lastException(h *history, first int, message *line) string {
	last := message
	for i := first; i < len(h.lines); i++ {
		if strings.HasPrefix(h.lines[i].text, "Traceback (") && h.lines[i].start.index > last.start.index {
			if l := tracebackEnd(h, i); l != nil {
				last = l
			}
		}
	}
	if last == message {
		return ""
	}
	return last.known()
}

// firstOf is the start of the traceback that line i belongs to.
func firstOf(h *history, i int) position {
	for k := i; k >= 0 && i-k < 40; k-- {
		if strings.HasPrefix(h.lines[k].text, "Traceback (") {
			return h.lines[k].start
		}
	}
	return h.lines[i].start
}

// textFrom joins what the process said to people from line i on, for the rules
// that look for names in it.
func textFrom(h *history, i int) string {
	var b strings.Builder
	for _, l := range h.lines[i:] {
		if dataOnly(l) {
			continue
		}
		b.WriteString(l.known())
		b.WriteByte('\n')
		if b.Len() > maxTransfer {
			break
		}
	}
	return b.String()
}
