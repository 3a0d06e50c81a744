package carrier

import (
	"bufio"
	"errors"
)

// maxLine is how long a line may be, and one longer is cut to it. It is a byte
// more than the parser takes, so that it sees that there was more.
const maxLine = 64<<20 + 1

// stage is a step on a line's way. It gives on a line for each that it gets, but
// may wait for later ones before.
type stage interface {
	// line takes a line without its end. The text may be changed, and is valid
	// until the call returns.
	line(text []byte)
	// end says that there are no more lines, and whether the last had an end.
	end(whole bool)
}

// layer makes the stage that undoes a carrier and hands on to next.
type layer func(next stage) stage

// undoer is the reader of a text whose carriers are undone.
type undoer struct {
	src   *bufio.Reader
	first stage
	out   sink
	long  []byte // a line that does not fit src's buffer
	err   error  // of src
}

func newUndoer(src *bufio.Reader, layers []layer) *undoer {
	u := &undoer{src: src}
	u.first = chain(layers, &u.out)
	return u
}

func chain(layers []layer, last stage) stage {
	for i := len(layers) - 1; i >= 0; i-- {
		last = layers[i](last)
	}
	return last
}

func (u *undoer) Read(p []byte) (int, error) {
	for u.out.size() < len(p) && u.err == nil {
		u.step()
	}
	if n := u.out.take(p); n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, u.err
}

// step sends one line on its way.
func (u *undoer) step() {
	text, err := u.src.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		text, err = u.rest(text)
	}
	n := len(text)
	whole := n > 0 && text[n-1] == '\n'
	switch {
	case whole:
		u.first.line(text[:n-1])
	case n > 0:
		u.first.line(text)
	}
	if err != nil {
		u.err = err
		u.first.end(n == 0) // then the line before was the last
	}
}

// rest reads on to the end of a line that begins with text. Of one that is too
// long the beginning is kept, and its end.
func (u *undoer) rest(text []byte) ([]byte, error) {
	long := append(u.long[:0], text...)
	for {
		more, err := u.src.ReadSlice('\n')
		long = append(long, more[:min(len(more), max(maxLine-len(long), 0))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil && long[len(long)-1] != '\n' {
			long = append(long, '\n')
		}
		if u.long = long; cap(long) > 1<<20 {
			u.long = nil // one long line does not keep its memory
		}
		return long, err
	}
}

// sink is the last stage: it puts the lines together again.
type sink struct {
	text  []byte
	given int // bytes of text that were read
	lines bool
	last  int // length of the last line
}

func (s *sink) line(text []byte) {
	if s.lines {
		s.text = append(s.text, '\n')
	}
	s.text = append(s.text, text...)
	s.lines, s.last = true, len(text)
}

func (s *sink) end(whole bool) {
	if s.lines && (whole || s.last == 0) { // an empty line without an end would be none
		s.text = append(s.text, '\n')
	}
}

func (s *sink) size() int { return len(s.text) - s.given }

func (s *sink) take(p []byte) int {
	n := copy(p, s.text[s.given:])
	if s.given += n; s.given == len(s.text) {
		s.text, s.given = s.text[:0], 0
		if cap(s.text) > 1<<20 {
			s.text = nil
		}
	} else if s.given > len(s.text)/2 {
		s.text = s.text[:copy(s.text, s.text[s.given:])]
		s.given = 0
	}
	return n
}

// prefixStage takes off what stands before a line.
type prefixStage struct {
	length func(line []byte) int // of the prefix, 0 without one
	next   stage
}

func (p *prefixStage) line(text []byte) { p.next.line(text[p.length(text):]) }
func (p *prefixStage) end(whole bool)   { p.next.end(whole) }

func cutting(length func([]byte) int) layer {
	return func(next stage) stage { return &prefixStage{length, next} }
}

// changeStage changes what stands in a line.
type changeStage struct {
	change func(line []byte) []byte
	next   stage
}

func (c *changeStage) line(text []byte) { c.next.line(c.change(text)) }
func (c *changeStage) end(whole bool)   { c.next.end(whole) }

func changing(change func([]byte) []byte) layer {
	return func(next stage) stage { return &changeStage{change, next} }
}
