package analyze

import "fmt"

// A reader of a pipe waits for all who can write into it to end, or to close it: also for
// what a child of it has left in the background when it ended. msg=$(sh start.sh), where
// start.sh ends in "agent &":
//
//	70 +++ exited with 0 +++
//	69 read(3,  <unfinished ...>
//	71 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=120, tv_nsec=0},  <unfinished ...>

// leftOpen says whether a wait is for the end of a pipe that such processes only have, and
// remembers one.
func (w *wait) leftOpen() bool {
	if w.file == nil || w.file.Pipe == nil || w.file.Write || len(w.on) == 0 {
		return false
	}
	for _, o := range w.on {
		if o.file == w.file || o.file != nil && o.file.Pipe == w.file.Pipe || !o.isLeft(w) {
			return false
		}
	}
	w.heir = w.on[0]
	return true
}

// isLeft says whether the process of a wait descends from a child of another one's, which
// has ended by itself, as have all between.
func (o *wait) isLeft(w *wait) bool {
	p := o.hist.proc.Parent
	if p == nil || p == w.hist.proc || !p.Descends(w.hist.proc) {
		return false
	}
	for ; p != w.hist.proc; p = p.Parent {
		if p.Exit == nil || p.Exit.Signal != "" {
			return false
		}
	}
	return true
}

func (w *wait) heirText() string {
	o := w.heir.hist.proc
	return fmt.Sprintf("%s has the other end, and lives on: %s, which had started it, has ended. Such a pipe ends when all who have it have closed it.", name(o), name(o.Parent))
}
