package carrier

import (
	"bytes"
	"slices"
)

// Lines that a mailer or a terminal wrapped. Two are joined when the first begins
// a call and does not end it, the second can't begin a line of strace, the first
// was as long as it could be, and in the end the call is whole. Anything else is
// left as it is: a call's line may be broken by what the program printed.

const (
	minWidth, maxWidth = 60, 132 // columns that lines are wrapped at
	maxPieces          = 1024    // lines that one may have been wrapped into
)

// wrapping is how lines were wrapped.
type wrapping struct {
	width int
	words bool // between words, the blank is lost; otherwise anywhere
}

// proof is how many lines must become whole to believe it. Without wrapping, few
// logs have no line longer than mailers' 80 columns.
func (w wrapping) proof() int {
	if w.words && w.width <= 80 {
		return 1
	}
	return 2
}

// wrappings gives the ways that the lines may have been wrapped in: the longest
// line tells the width, but for single words, which mailers don't break.
func wrappings(lines [][]byte) []wrapping {
	longest, full := 0, 0
	for _, line := range lines {
		if bytes.IndexByte(bytes.TrimLeft(line, " "), ' ') < 0 {
			continue
		}
		if len(line) > longest {
			longest, full = len(line), 0
		}
		if len(line) == longest {
			full++
		}
	}
	if longest < minWidth || longest > maxWidth {
		return nil
	}
	words := wrapping{longest, true}
	if full < 2 {
		return []wrapping{words}
	}
	return []wrapping{{longest, false}, words} // the second when it joins more: mailers' lines differ in length
}

// wrapStage joins wrapped lines: the whole on the first, the others empty.
type wrapStage struct {
	wrapping
	next   stage
	pieces [][]byte // of the line that may not be whole; used again
	n      int      // how many of them
	whole  int      // how many made a whole line
	scan   callScan // of the pieces joined
}

func unwrapping(w wrapping) layer {
	return func(next stage) stage { return &wrapStage{wrapping: w, next: next} }
}

func (w *wrapStage) line(text []byte) {
	if w.n > 0 && w.n < maxPieces && w.follows(text) {
		w.add(text)
		return
	}
	w.flush()
	if w.scan.begin(text) {
		w.add(text)
		return
	}
	w.next.line(text)
}

func (w *wrapStage) end(whole bool) {
	w.flush()
	w.next.end(whole)
}

// follows says whether the text may be what was cut off the last piece.
func (w *wrapStage) follows(text []byte) bool {
	last := w.pieces[w.n-1]
	switch {
	case len(text) == 0, bytes.HasSuffix(last, []byte(" attached")), bytes.HasSuffix(last, []byte(" detached")):
		return false // strace spoke
	case w.scan.bare:
		if !w.words || callName(text) == 0 && !isResumed(text) {
			return false
		}
	case beginsLine(text) && !w.insideArgs(last, text):
		return false
	}
	if w.words {
		if bytes.IndexByte([]byte(",)]}"), text[0]) >= 0 {
			return false // strace has no blank before those
		}
		word := bytes.IndexByte(text, ' ')
		if word < 0 {
			word = len(text)
		}
		if len(last)+1+word <= w.width {
			return false // it would have had room
		}
	} else if len(last) != w.width {
		return false
	}
	return !w.scan.done() || w.scan.mayGetOn(text, w.blank(text))
}

// blank says whether one was lost between the last piece and the text.
func (w *wrapStage) blank(text []byte) bool {
	return w.words && text[0] != ' ' && !bytes.HasSuffix(w.pieces[w.n-1], []byte{' '})
}

func (w *wrapStage) add(text []byte) {
	if w.n == len(w.pieces) {
		w.pieces = append(w.pieces, nil)
	}
	w.pieces[w.n] = append(w.pieces[w.n][:0], text...)
	switch {
	case w.n == 0:
	case w.scan.bare:
		w.scan.begin(slices.Concat(w.scan.text, []byte{' '}, text))
	default:
		if w.blank(text) {
			w.scan.feed([]byte{' '})
		}
		w.scan.feed(text)
	}
	if w.n++; w.scan.done() {
		w.whole = w.n
	}
}

// flush gives on the pieces: those joined that made a whole line, the others as
// they came.
func (w *wrapStage) flush() {
	from := 0
	if w.whole > 1 {
		w.next.line(w.scan.text[:w.scan.end])
		for range w.whole - 1 {
			w.next.line(nil)
		}
		from = w.whole
	}
	for _, piece := range w.pieces[from:w.n] {
		w.next.line(piece)
	}
	w.n, w.whole = 0, 0
}

// beginsLine says whether a line of strace can begin so.
func beginsLine(text []byte) bool {
	if isTrace(text) || bytes.HasPrefix(text, []byte("strace: ")) {
		return true
	}
	body := text[ownPrefix(text):]
	return callName(body) > 0 || bytes.HasPrefix(body, []byte("<... ")) ||
		bytes.HasPrefix(body, []byte("--- ")) || bytes.HasPrefix(body, []byte("+++ "))
}

// insideArgs says whether what looks like a call where a line was broken is one of
// the functions that strace writes arguments with.
func (w *wrapStage) insideArgs(last, text []byte) bool {
	n := callName(text)
	if n == 0 {
		return false
	}
	at := len(last)
	for !w.words && at > 0 && (isLower(last[at-1]) || isDigit(last[at-1])) {
		at--
	}
	switch string(last[at:]) + string(text[:n]) {
	case "inet_pton", "inet_addr", "htons", "htonl", "makedev":
		return true
	}
	return false
}
