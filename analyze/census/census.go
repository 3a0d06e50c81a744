package census

import (
	"bytes"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// Census learns who there is. Wants may be called on another goroutine than Add; all
// calls must be over before Choose.
type Census struct {
	lines   int // with an id
	lives   int
	threads map[int]*thread
	last    *thread // of the last line

	state   *replay.State
	matters map[*replay.Process]bool // to others, by what it does
	ends    map[int][]*replay.Process
	ended   []*replay.Process // in the order of their ends
}

// thread is what the lines say of one thread id, which may be used again.
type thread struct {
	tid   int
	lives []life
	over  bool // the last life is
}

// life is one thread's, in lines that have an id.
type life struct {
	last  int // its last line
	lines int
}

// maxLives bounds the memory: a log of more threads is read whole.
const maxLives = 1 << 18

// New returns a Census of nobody.
func New() *Census {
	return &Census{threads: map[int]*thread{}, state: replay.New(), matters: map[*replay.Process]bool{}, ends: map[int][]*replay.Process{}}
}

// Wants counts a line, and says whether its event is needed.
func (c *Census) Wants(tid int, body []byte) bool {
	c.lines++
	if c.lives > maxLives {
		return false
	}
	t := c.last
	if t == nil || t.tid != tid {
		if t = c.threads[tid]; t == nil {
			t = &thread{tid: tid, over: true}
			c.threads[tid] = t
		}
		c.last = t
	}
	first := t.over
	if first {
		c.lives++
		t.lives = append(t.lives, life{})
		t.over = false
	}
	l := &t.lives[len(t.lives)-1]
	l.last = c.lines
	l.lines++
	t.over = isEnd(body)
	return first || t.over || roleOf(body) != 0
}

// isEnd says whether a line is a thread's last: "+++ exited with 0 +++".
func isEnd(body []byte) bool { return bytes.HasPrefix(body, []byte("+++ ")) }

// roleOf says what a line's call, or its second half, says of a process; 0 for nothing.
func roleOf(body []byte) role {
	if len(body) > 0 && body[0] == '<' {
		body = bytes.TrimPrefix(body, []byte("<... "))
	}
	n := 0
	for n < len(body) && n <= longest && body[n] != '(' && body[n] != ' ' {
		n++
	}
	return roleOfCall(body[:n])
}

type role uint8

const (
	birth   role = iota + 1
	program      // which one it runs
	other        // it serves others, ends them, or keeps them waiting
)

// longest is how many bytes the longest name has that has a role.
const longest = len("pidfd_send_signal")

// roleOfCall says which calls the census needs.
func roleOfCall[T string | []byte](name T) role {
	switch string(name) {
	case "clone", "clone2", "clone3", "fork", "vfork":
		return birth
	case "execve", "execveat":
		return program
	case "listen", "accept", "accept4", "socketcall", "bind",
		"kill", "tkill", "tgkill", "pidfd_send_signal", "rt_sigqueueinfo",
		"flock", "ptrace":
		return other
	}
	return 0
}

// Add takes the event of a wanted line.
func (c *Census) Add(e *event.Event) {
	if e.Kind == event.Exited {
		c.state.Apply(e)
		p := c.state.Thread(e.TID).Proc
		c.ends[e.TID] = append(c.ends[e.TID], p)
		if p.Exit != nil && p.Ended.Index == e.Index {
			c.ended = append(c.ended, p)
		}
		return
	}
	st := c.state.Apply(e)
	if st.Proc != nil && e.Call != nil && roleOfCall(e.Call.Name) == other {
		c.matters[st.Proc] = true
	}
}
