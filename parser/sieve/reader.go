package sieve

import (
	"bufio"
	"io"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// Reader reads the wanted lines. Its Stats count those left out too, each as an event.
type Reader struct {
	parser.Reader
	s       *Sieve
	line    int // of the last event, among the wanted
	run     int // that it lies in
	out     count
	entered map[int]int // by thread: what was left out before its last Entered event
}

// Open reads the wanted lines of a log; name is for references and messages. Errors are
// those of [parser.New].
func Open(r io.Reader, name string, wanted Wanted) (*Reader, error) {
	s := newSieve(r, blockSize, wanted)
	inner, err := parser.New(s, name)
	if err != nil {
		return nil, err
	}
	return &Reader{Reader: inner, s: s, entered: map[int]int{}}, nil
}

// Read gives the next event, at its place in the whole log.
func (r *Reader) Read() (*event.Event, error) {
	e, err := r.Reader.Read()
	if err != nil {
		return nil, err
	}
	if e.Line != r.line {
		r.line, r.out = e.Line, r.s.before(e.Line, &r.run)
	}
	e.Index += r.out.events
	if e.Line > 0 {
		e.Line += r.out.lines
	}
	switch {
	case e.Kind == event.Entered:
		r.entered[e.TID] = r.out.events
	case e.Call != nil && e.Call.Entered >= 0:
		e.Call.Entered += r.entered[e.TID]
	}
	return e, nil
}

// Stats says what has been read so far.
func (r *Reader) Stats() parser.Stats {
	st := r.Reader.Stats()
	out := r.s.leftOut()
	st.Events += out.events
	st.Calls += out.calls
	run := 0
	for i := range st.First {
		st.First[i].Line += r.s.before(st.First[i].Line, &run).lines
	}
	return st
}

// Fits says whether a log is one that can be sieved: its first line begins with a thread's
// id, a blank, and something that strace writes there.
func Fits(r io.Reader) bool {
	b := bufio.NewReader(r)
	line, _ := b.ReadSlice('\n')
	tid, body := cut(line)
	return tid != 0 && len(body) > 0 && (body[0] >= 'a' && body[0] <= 'z' || body[0] == '<' || body[0] == '+' || body[0] == '-')
}
