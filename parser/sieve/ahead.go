package sieve

import "io"

// blockSize is how much is read at a time.
const blockSize = 1 << 20

// head is the room before a block for what is left of the one before, mostly a part of a
// line.
const head = 16 << 10

// ahead reads a block while the one before is looked at, each by a goroutine that ends with
// it: it may be left at any place.
type ahead struct {
	r    io.Reader
	size int
	come chan block
	room []byte // of the block in use
}

// block is what was read behind room for a head.
type block struct {
	room []byte
	n    int
	err  error
}

func readAhead(r io.Reader, size int) *ahead {
	a := &ahead{r: r, size: size, come: make(chan block, 1), room: make([]byte, head+size)}
	a.begin(make([]byte, head+size))
	return a
}

func (a *ahead) begin(room []byte) {
	go func() {
		n, err := io.ReadFull(a.r, room[head:])
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		a.come <- block{room, n, err}
	}()
}

// next gives what is left of the block before, and more behind it; io.EOF or another error
// says that nothing will follow. What was given before is lost.
func (a *ahead) next(left []byte) ([]byte, error) {
	b := <-a.come
	text := b.room[head : head+b.n]
	if len(left) <= head {
		text = b.room[head-len(left) : head+b.n]
		copy(text, left)
	} else {
		text = append(left[:len(left):len(left)], text...)
	}
	free := a.room
	a.room = b.room
	if need := head + max(a.size, len(text)/2); len(left) > head && len(free) < need {
		free = make([]byte, need) // a long line: what is read doubles
	}
	if b.err == nil {
		a.begin(free)
	}
	return text, b.err
}
