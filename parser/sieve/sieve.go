package sieve

import (
	"bytes"
	"io"
	"sort"
	"sync"
)

// Wanted says whether a line is wanted, by its thread's id and what follows id and time:
// `close(3) = 0`, `<... read resumed>"", 10) = 0`, `--- SIGCHLD {…} ---`, `+++ exited
// with 0 +++`. Lines come in the order of the log; body is valid until it returns.
type Wanted func(tid int, body []byte) bool

// Sieve gives the wanted lines of a log. A line without an id goes with the one before:
// it is a part of it (strace -k, -e read).
type Sieve struct {
	r      io.Reader
	wanted Wanted
	block  []byte // what was read and not looked at yet
	room   []byte // that block is in
	ready  []byte // wanted lines that were not asked for yet
	err    error
	keeps  bool // the last line was wanted
	kept   int  // lines
	out    count

	mu    sync.Mutex // between who reads lines and who reads events
	runs  []run
	total count // out, up to the last stretch
}

// count says what was left out.
type count struct {
	lines  int // all
	events int // those that are not blank
	calls  int // those at which a call returned
}

// run is a place from which on so much was left out before; there may be as many as lines.
type run struct {
	from          uint32 // wanted lines before
	lines, events uint32
}

// MaxSize is the size of a log, in bytes, up to which its lines can be counted.
const MaxSize = 64 << 30

// blockSize is how much is read at a time, maxLine the length from which on a line's end is
// not looked for before it is judged.
const (
	blockSize = 1 << 20
	maxLine   = 64 << 20
)

func newSieve(r io.Reader, wanted Wanted) *Sieve {
	return &Sieve{r: r, wanted: wanted, room: make([]byte, blockSize), keeps: true}
}

// Read gives wanted lines.
func (s *Sieve) Read(p []byte) (int, error) {
	for len(s.ready) == 0 {
		if len(s.block) == 0 && s.err != nil {
			return 0, s.err
		}
		s.next()
		s.mu.Lock()
		s.total = s.out
		s.mu.Unlock()
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// next goes on to the next stretch of wanted lines in the block; at its end it reads more.
func (s *Sieve) next() {
	from, at := -1, 0
	for {
		end := bytes.IndexByte(s.block[at:], '\n') + 1
		if end == 0 && (s.err == nil && len(s.block)-at < maxLine || len(s.block) == at) {
			break // the rest of the line is needed
		}
		if end == 0 {
			end = len(s.block) - at
		}
		line := s.block[at : at+end]
		if s.judge(line) {
			if from < 0 {
				from = at
			}
		} else if from >= 0 {
			s.ready, s.block = s.block[from:at], s.block[at+end:]
			return
		}
		at += end
	}
	if from >= 0 { // these first: what is read takes their place
		s.ready, s.block = s.block[from:at], s.block[at:]
		return
	}
	s.block = s.block[at:]
	s.fill()
}

// fill reads more behind what is left of the block.
func (s *Sieve) fill() {
	left := len(s.block)
	if left > len(s.room)/2 {
		s.room = make([]byte, 2*len(s.room))
	}
	copy(s.room, s.block)
	n, err := io.ReadFull(s.r, s.room[left:])
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	s.block, s.err = s.room[:left+n], err
}

// judge counts a line and says whether it is wanted.
func (s *Sieve) judge(line []byte) bool {
	tid, body := cut(line)
	before := s.keeps
	if tid != 0 {
		s.keeps = s.wanted(tid, bytes.TrimSuffix(body, newline))
	}
	if s.keeps {
		if !before {
			s.mu.Lock()
			s.runs = append(s.runs, run{uint32(s.kept), uint32(s.out.lines), uint32(s.out.events)})
			s.mu.Unlock()
		}
		s.kept++
		return true
	}
	s.out.lines++
	if len(bytes.TrimSpace(line)) > 0 {
		s.out.events++
	}
	if tid != 0 && isCall(body) {
		s.out.calls++
	}
	return false
}

var (
	newline    = []byte("\n")
	unfinished = []byte("<unfinished ...>")
)

// isCall says whether a call returns at a line.
func isCall(body []byte) bool {
	return len(body) > 0 && body[0] != '+' && body[0] != '-' && !bytes.HasSuffix(bytes.TrimRight(body, "\n"), unfinished)
}

// leftOut says what was left out so far.
func (s *Sieve) leftOut() count {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// before says how many lines and events were left out before a wanted line, which counts
// from 1.
func (s *Sieve) before(line int) count {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := sort.Search(len(s.runs), func(i int) bool { return int(s.runs[i].from) >= line })
	if n == 0 {
		return count{}
	}
	return count{lines: int(s.runs[n-1].lines), events: int(s.runs[n-1].events)}
}
