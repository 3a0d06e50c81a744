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
	ahead  *ahead
	wanted Wanted
	block  []byte // what was read and not looked at yet
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

// maxLine is the length from which on a line's end is not looked for before it is judged.
const maxLine = 64 << 20

func newSieve(r io.Reader, size int, wanted Wanted) *Sieve {
	return &Sieve{ahead: readAhead(r, size), wanted: wanted, keeps: true}
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
	if s.block = s.block[at:]; s.err == nil {
		s.block, s.err = s.ahead.next(s.block)
	}
}

// judge counts a line and says whether it is wanted.
func (s *Sieve) judge(line []byte) bool {
	if n := len(line) - 1; n >= 0 && line[n] == '\n' {
		line = line[:n]
	}
	tid, body := cut(line)
	before := s.keeps
	if tid != 0 {
		s.keeps = s.wanted(tid, body)
	}
	if s.keeps {
		if !before {
			s.begin()
		}
		s.kept++
		return true
	}
	s.out.lines++
	switch {
	case tid == 0:
		if !isBlank(line) {
			s.out.events++
		}
	default:
		s.out.events++
		if isCall(body) {
			s.out.calls++
		}
	}
	return false
}

// begin keeps what was left out before a stretch of wanted lines.
func (s *Sieve) begin() {
	s.mu.Lock()
	s.runs = append(s.runs, run{uint32(s.kept), uint32(s.out.lines), uint32(s.out.events)})
	s.mu.Unlock()
}

// leftOut says what was left out so far.
func (s *Sieve) leftOut() count {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// before says how many lines and events were left out before a wanted line, which counts
// from 1. at is the stretch that was found last, for lines that mostly come in order.
func (s *Sieve) before(line int, at *int) count {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *at > 0 && int(s.runs[*at-1].from) >= line {
		*at = sort.Search(*at, func(i int) bool { return int(s.runs[i].from) >= line })
	}
	for *at < len(s.runs) && int(s.runs[*at].from) < line {
		*at++
	}
	if *at == 0 {
		return count{}
	}
	r := s.runs[*at-1]
	return count{lines: int(r.lines), events: int(r.events)}
}
