package parser

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"unsafe"
)

// A log is read by blocks of whole lines. While the events of one block are given
// out the next ones are read and scanned, each by a goroutine that ends when its
// block is done: a reader may be left at any place. A large line has a block of its
// own, and nothing is read while it is in use.

const (
	firstSize = 64 << 10 // most logs are small
	blockSize = 1 << 20
	keepSize  = 2 * blockSize // memory of larger blocks is not used again
	largeSize = 4 << 20       // of a line
	ahead     = 3             // blocks under way beside the one in use
)

// maxLine is how much of a line is kept; the rest of a longer one is dropped.
const maxLine = 64 << 20

// maxLitter is how much large lines may take until their memory is collected: the
// largest line does it once.
const maxLitter = maxLine + maxLine/4

// block is a piece of a log.
type block struct {
	buf   []byte
	text  string // of buf, until the block is used again
	lines []quickLine
	names []string // that the lines have
	open  bool     // its last line has no end: the log ends there
	long  bool     // its last line was longer than maxLine
	err   error    // io.EOF or what ended the reading, after the lines
}

// blockReader reads blocks.
type blockReader struct {
	r     io.Reader
	carry []byte // the beginning of a line that the last block ended in
	queue []chan *block
	turn  chan struct{} // the one who holds it reads
	free  chan *block
	spare chan *quickScanner
	begun bool
	ended bool

	alone  bool // the last block read is that of a large line
	paused bool // so is the one in use

	litter atomic.Int64 // bytes that large lines took since memory was collected
}

func newBlockReader(r io.Reader) *blockReader {
	b := &blockReader{r: r, turn: make(chan struct{}, 1), free: make(chan *block, ahead+1), spare: make(chan *quickScanner, ahead+1)}
	b.turn <- struct{}{}
	return b
}

// next gives the next block. done is the one before: nothing of it may be used
// any more, since fresh memory costs more than all else that is done to a block.
func (b *blockReader) next(done *block) (k *block) {
	if done != nil {
		done.text = ""
		select {
		case b.free <- done:
		default:
		}
	}
	if !b.begun || b.paused {
		b.alone = false
		k = b.scan(b.read())
	} else {
		for len(b.queue) < ahead {
			b.queue = append(b.queue, b.start())
		}
		k = <-b.queue[0]
		b.queue = b.queue[1:]
	}
	if b.paused = len(k.text) > largeSize; b.paused {
		for _, c := range b.queue {
			<-c // nil
		}
		b.queue = nil
	}
	return k
}

// start begins to read and scan a block. The blocks are read in the order of the
// calls; behind a large line there is none.
func (b *blockReader) start() chan *block {
	c := make(chan *block, 1)
	mine := b.turn
	b.turn = make(chan struct{}, 1)
	theirs := b.turn
	go func() {
		<-mine
		if b.alone {
			theirs <- struct{}{}
			c <- nil
			return
		}
		k := b.read()
		theirs <- struct{}{}
		c <- b.scan(k)
	}()
	return c
}

// read reads a block of whole lines.
func (b *blockReader) read() *block {
	if b.ended {
		return &block{err: io.EOF}
	}
	k := b.unused()
	buf := k.buf
	if len(buf) < 2*len(b.carry) {
		buf = make([]byte, keepSize) // a carry is smaller
	}
	n, seen := copy(buf, b.carry), 0
	b.carry = nil
	for {
		got, err := io.ReadFull(b.r, buf[n:min(n+blockSize, len(buf))])
		n += got
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		end := bytes.LastIndexByte(buf[seen:n], '\n') + 1
		if end > 0 {
			end += seen
		}
		switch {
		case err != nil:
			b.ended = true
			k.err, k.open = err, end < n
			end = n
		case end == 0 && n >= maxLine:
			end, k.long = n, true
			if k.err = b.drop(buf[:n]); k.err != nil {
				b.ended, k.open = true, true
			}
		case end == 0: // the line is longer than the block
			if seen = n; n == len(buf) {
				buf = b.grow(buf)
			}
			continue
		default:
			if seen >= largeSize {
				end = seen + bytes.IndexByte(buf[seen:n], '\n') + 1
			}
			b.carry = bytes.Clone(buf[end:n])
		}
		k.buf, b.alone = buf, end > largeSize
		if len(buf) > keepSize {
			k.buf = nil
		}
		k.text = unsafe.String(unsafe.SliceData(buf), end)
		return k
	}
}

// grow gives more room for a line. There are few steps where it is large, since
// the old and the new memory is held at a time.
func (b *blockReader) grow(buf []byte) []byte {
	size := 2 * len(buf)
	if size > largeSize {
		size = min(4*len(buf), maxLine)
		b.collect(size)
	}
	larger := make([]byte, size)
	copy(larger, buf)
	return larger
}

// collect is called before size bytes are taken for a large line, or a copy of it.
func (b *blockReader) collect(size int) {
	if b.litter.Add(int64(size)) > maxLitter {
		runtime.GC()
		b.litter.Store(int64(size))
	}
}

// unused gives a block to read to.
func (b *blockReader) unused() *block {
	select {
	case k := <-b.free:
		k.lines = k.lines[:0]
		k.text, k.open, k.long, k.err = "", false, false, nil
		if len(k.buf) < blockSize {
			k.buf = make([]byte, blockSize)
		}
		return k
	default:
	}
	if !b.begun {
		b.begun = true
		return &block{buf: make([]byte, firstSize)}
	}
	return &block{buf: make([]byte, blockSize)}
}

// drop reads on to the end of a line of which buf is kept, but for its last byte.
func (b *blockReader) drop(buf []byte) error {
	rest := make([]byte, blockSize)
	for {
		got, err := b.r.Read(rest)
		if i := bytes.IndexByte(rest[:got], '\n'); i >= 0 {
			b.carry = bytes.Clone(rest[i+1 : got])
			buf[len(buf)-1] = '\n'
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// scan divides a block into lines and finds the plain ones.
func (b *blockReader) scan(k *block) *block {
	var q *quickScanner
	select {
	case q = <-b.spare:
	default:
		q = new(quickScanner)
	}
	q.names.begin(&k.names)
	plain := strings.IndexByte(k.text, 0) < 0 && strings.IndexByte(k.text, '\x1b') < 0 // see withoutNoise
	for from := 0; from < len(k.text); {
		next, to := len(k.text), len(k.text)
		if i := strings.IndexByte(k.text[from:], '\n'); i >= 0 {
			to = from + i
			next = to + 1
		}
		if to > from && k.text[to-1] == '\r' {
			to--
		}
		if len(k.lines) == cap(k.lines) {
			k.lines = append(k.lines, quickLine{})[:len(k.lines)]
		}
		k.lines = k.lines[:len(k.lines)+1]
		line := &k.lines[len(k.lines)-1]
		if plain && to > from {
			q.scan(line, k.text, from, to)
		} else {
			*line = quickLine{from: uint32(from), to: uint32(to)}
		}
		from = next
	}
	q.s, q.line, q.names.list, q.last = "", nil, nil, lastPrefix{}
	select {
	case b.spare <- q:
	default:
	}
	return k
}
