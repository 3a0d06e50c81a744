package analyze

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lines of which the trace has only the beginning: strace cuts strings at 32 bytes, if
// it isn't told otherwise (-s).

// known is a line's text without the word in which it was cut.
func (l *line) known() string {
	if !l.cut {
		return l.text
	}
	return strings.TrimSuffix(l.text, l.lastWord())
}

// lastWord is what follows the last mark that programs put before a name.
func (l *line) lastWord() string { return l.text[strings.LastIndexAny(l.text, " \t'\"`(:=[")+1:] }

// mayComplain: a line in a log, or on the standard output, that the trace cuts within
// its first words.
func (l *line) mayComplain() bool {
	const least = 16
	first, _ := utf8.DecodeRuneInString(l.text)
	return l.cut && !dataOnly(l) && len(l.text) >= least && (unicode.IsLetter(first) || unicode.IsDigit(first) || first == '[')
}

// begun is a path of the candidate that the message is cut in, and how much that says:
// less when the beginning is no more than a folder that everything lies in, or when the
// name as the message has it is only the end of the path (billing/tax, of a search in
// many places; /etc/app.conf, below the root of a package).
func (c *candidate) begun() (points float64, p string) {
	l := c.sus.anchor.line
	if l == nil || !l.cut {
		return 0, ""
	}
	word := l.lastWord()
	for _, one := range c.paths() {
		if k := begins(one, word); k > points && !systemPath(one) {
			points, p = k, one
		}
	}
	return points, p
}

// begins rates how surely a word that is cut off is the beginning of a name of the path.
func begins(p, word string) float64 {
	const least, telling = 4, 8
	folders, relative := strings.Count(word, "/"), !strings.HasPrefix(word, "/")
	switch {
	case len(word) < least:
		return 0
	case strings.HasPrefix(p, word) && (folders > 2 || relative && folders > 0):
		return 5
	case relative && folders > 0 && len(word) >= telling && strings.Contains(p, "/"+word):
		return 5
	case strings.HasPrefix(p, word) && folders > 0:
		return 2
	case !relative && strings.Contains(p, word), relative && len(word) > least && strings.Contains(p, "/"+word):
		return 3
	}
	return 0
}

// cutErrno is the errno in whose text the line is cut: "Permission d"; "" when it may be
// several.
func cutErrno(text string) string {
	const least = 8
	low, found := strings.ToLower(text), ""
	for t, name := range errnoTexts() {
		for n := len(t) - 1; n >= least; n-- {
			if strings.HasSuffix(low, t[:n]) {
				if found != "" && found != name {
					return ""
				}
				found = name
				break
			}
		}
	}
	return found
}

// nearby is the number of calls before the message within which a failure is its cause,
// nearly always, also where neither names the other.
const nearby = 8

// cutLimit is the most that can be said of a candidate when the rest of the message may
// name another one.
func (c *candidate) cutLimit(confidence float64) float64 {
	const notSure, guess, soon = 0.45, 0.24, 40
	l := c.sus.anchor.line
	if l == nil || !l.cut || c.kind == "signal" || c.kind == "child" || c.reply != "" || c.named() {
		return confidence
	}
	switch {
	case c.fail == nil:
		return min(confidence, notSure)
	case optional(c), c.between > nearby && probing(c.fail.name):
		return min(confidence, guess)
	case c.between <= nearby, errorPoints(c.fail) >= 2.5 && c.between <= soon:
		return confidence
	}
	return min(confidence, notSure)
}

// optional: what every program asks for before it has begun, or at home.
func optional(c *candidate) bool {
	start, _ := startupProbe(nil, c)
	home, _ := personal(nil, c)
	return start < 0 || home < 0
}

// onlyWarned: the message is a mild one ("cannot read x, using defaults"), or is cut and
// may be ("cannot read x"). It was no more than a warning when the process ended after
// a failure that is hardly ever expected, and that came later.
func onlyWarned(h *history, l *line) bool {
	if !l.cut && !mild(l.text) || !h.proc.Failed() {
		return false
	}
	for _, x := range h.failures {
		at := x.at[len(x.at)-1]
		if at.index > l.end.index && h.proc.Calls-at.seq <= answerWindow && callWeight[x.name] >= 2 && errorPoints(x) >= 2 && !neverCause(x) {
			return true
		}
	}
	return false
}
