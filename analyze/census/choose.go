package census

import (
	"bytes"

	"github.com/stracex/stracex/analyze/replay"
)

// siblings is how many processes that ended well before one that failed, and have its
// parent, may have made what it failed with.
const siblings = 32

// worth says what of a thread's life is read.
type worth uint8

const (
	nothing worth = iota
	bounds        // its birth, its programs and its end: its parent is read
	all
)

// Choice says which lines are worth to be read. It is used for one way through the log.
type Choice struct {
	Left      int // processes that are left out
	Processes int
	Lines     int // that are read
	threads   map[int]*course
	last      *course
}

// course is what is read of the lives of one thread id.
type course struct {
	tid   int
	lives []worth // those that have ended; what comes later is read
	at    int
	seen  bool // a call of this life was read
}

// Choose decides who matters; ok is false where the lines can't be told apart. Of those
// that ended well the ones within so many lines from the log's beginning are read too: what
// they missed did no harm, which tells of others.
func (c *Census) Choose(sample int) (choice *Choice, ok bool) {
	if c.lives > maxLives || !c.agrees() {
		return nil, false
	}
	reads := c.readers(sample)
	choice = &Choice{threads: map[int]*course{}, Processes: len(c.state.All)}
	for _, p := range c.state.All {
		if !reads[p] {
			choice.Left++
		}
	}
	for tid, t := range c.threads {
		k := &course{tid: tid}
		for i, l := range t.lives {
			w := all
			if i < len(c.ends[tid]) {
				if p := c.ends[tid][i]; !reads[p] {
					w = nothing
					if p.Parent != nil && reads[p.Parent] {
						w = bounds
					}
				}
				k.lives = append(k.lives, w)
			}
			if w == all {
				choice.Lines += l.lines
			}
		}
		choice.threads[tid] = k
	}
	return choice, true
}

// agrees says whether lines and events tell of the same ends.
func (c *Census) agrees() bool {
	for tid, t := range c.threads {
		ends := len(t.lives)
		if !t.over {
			ends--
		}
		if ends != len(c.ends[tid]) {
			return false
		}
	}
	return c.state.Root != nil
}

// readers are the processes that are read whole.
func (c *Census) readers(sample int) map[*replay.Process]bool {
	last := c.lastLines()
	reads := map[*replay.Process]bool{}
	add := func(p *replay.Process) {
		for ; p != nil && !reads[p]; p = p.Parent {
			reads[p] = true
		}
	}
	add(c.state.Root)
	for _, p := range c.state.All {
		if p.Exit == nil || p.Failed() || c.matters[p] || last[p] <= sample || p.Parent == nil && len(p.Execs) == 0 {
			add(p)
		}
	}
	for _, p := range c.before() {
		c.addAll(p, add)
	}
	return reads
}

// addAll adds a process and what it started.
func (c *Census) addAll(p *replay.Process, add func(*replay.Process)) {
	for list := []*replay.Process{p}; len(list) > 0; list = list[1:] {
		add(list[0])
		list = append(list, list[0].Children...)
	}
}

// before are the siblings that ended before a process that failed, of the command's.
func (c *Census) before() (list []*replay.Process) {
	recent := map[*replay.Process][]*replay.Process{} // by parent: children that ended well
	for _, p := range c.ended {
		switch {
		case p.Parent == nil:
		case !p.Failed():
			r := recent[p.Parent]
			if len(r) >= siblings {
				r = r[1:]
			}
			recent[p.Parent] = append(r, p)
		case p.Descends(c.state.Root):
			list = append(list, recent[p.Parent]...)
			delete(recent, p.Parent)
		}
	}
	return list
}

// lastLines are the last lines of processes that have ended.
func (c *Census) lastLines() map[*replay.Process]int {
	last := map[*replay.Process]int{}
	for tid, list := range c.ends {
		for i, p := range list {
			last[p] = max(last[p], c.threads[tid].lives[i].last)
		}
	}
	return last
}

// Wants says whether a line is worth to be read. It takes the same lines as
// [Census.Wants], in the same order.
func (k *Choice) Wants(tid int, body []byte) bool {
	t := k.last
	if t == nil || t.tid != tid {
		if t = k.threads[tid]; t == nil {
			return true
		}
		k.last = t
	}
	if t.at == len(t.lives) {
		return true
	}
	w, seen := t.lives[t.at], t.seen
	end := isEnd(body)
	if end {
		t.at++
		t.seen = false
	}
	if w != bounds || end {
		return w != nothing
	}
	// One call of its own says that it was traced; not a birth of what is left out.
	r := roleOf(body)
	t.seen = seen || r == program || r == 0 && isWhole(body)
	return r == program || t.seen && !seen
}

// isWhole says whether a line holds both halves of a call.
func isWhole(body []byte) bool {
	return len(body) > 0 && body[0] != '<' && body[0] != '-' && !bytes.HasSuffix(body, []byte("<unfinished ...>"))
}
