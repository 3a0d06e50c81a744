package analyze

import (
	"slices"

	"github.com/stracex/stracex/analyze/replay"
)

// An event loop waits in one call for all that it watches. If it has asked something
// over one of the connections and got no answer yet, that is what holds it up; if it
// watches for clients and itself only, it is idle.

// asksWeight is what such a wait gains, idleWeight what it loses.
const (
	asksWeight = 2
	idleWeight = 1.5
)

// watches finds out which of the files that it watches a wait is for.
func (w *wait) watches() {
	files := w.st.Watched
	if i := slices.IndexFunc(files, awaits); i >= 0 {
		w.file, w.asks = files[i], true
		w.score += asksWeight
	} else if isLoop(files) {
		w.score -= idleWeight
	}
}

// awaits says whether an answer is due on a connection that the program has made: the
// last that went over it was the program's, or nothing did.
func awaits(x *replay.File) bool {
	return x.Sock != nil && !x.Sock.Connected.None() && x.Sock.Peer != "" && (x.Asked || x.Reads == 0)
}

// isLoop says whether they are those of an event loop that has nothing to do.
func isLoop(files []*replay.File) bool {
	return len(files) > 0 && !slices.ContainsFunc(files, func(x *replay.File) bool { return !isIdle(x) })
}

// tick is the longest pause of a thread that a program, or its language's runtime, has
// for looking after the others.
const tick = 1

// isTick says whether a call is such a pause.
func isTick(st *replay.Step) bool {
	c := st.Event.Call
	at := map[string]int{"nanosleep": 0, "clock_nanosleep": 2}
	i, sleeps := at[c.Name]
	return sleeps && c.Arg(i).Field("tv_sec").Int < tick
}

// isIdle says whether a file is one that a program watches when it has nothing to do:
// a socket that clients come to, or one of its own making, such as a timer.
func isIdle(x *replay.File) bool {
	return x.Kind == replay.OtherFile || x.Sock != nil && x.Sock.Connected.None()
}
