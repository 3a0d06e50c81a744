package census

import "bytes"

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

// Room is how many lines are read of processes that need not be.
type Room struct {
	// Sample: who has ended within so many lines from the log's beginning is read. What
	// such processes missed did no harm, which tells of others.
	Sample int
	// Others is how many lines there are for all others that may matter; it is a sixteenth
	// of the log's lines where that is more.
	Others int
}

// Choose decides who matters; ok is false where the lines can't be told apart.
func (c *Census) Choose(room Room) (choice *Choice, ok bool) {
	if c.lives > maxLives || !c.agrees() {
		return nil, false
	}
	reads := c.readers(room)
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
