package stx

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	magic      = "\x89STX\r\n\x1a\n"
	headerSize = len(magic) + 4

	blockHeaderSize = 12
	blockTarget     = 256 << 10 // a block is written when it has grown to this
	firstTarget     = 32 << 10  // but the first ones are smaller
	maxBlock        = 16 << 20  // uncompressed
	maxRatio        = 256       // of uncompressed to written bytes
	maxRecord       = 8 << 20

	timeUnit = 1000 // nanoseconds
)

// Version is the version of the format that [Writer] writes, and the newest
// that [Reader] reads.
const Version = 1

// ErrTooLarge is returned for a record that no block can hold (more than 8 MiB,
// or a list of more than 1048576 elements). It isn't written; the Writer goes on.
var ErrTooLarge = errors.New("stx: record too large")

// Writer writes a capture. Its methods may be called by several goroutines.
// Blocks are compressed and written by a goroutine of its own, so an error comes
// back from a later call; the first one ends the capture, see [Writer.Limit]. At
// most blocksAhead blocks wait to be written: with a slow disk Write waits too.
type Writer struct {
	mu     sync.Mutex
	enc    encoder // the records of the block that isn't full yet
	last   int64   // time of the record before
	target int     // bytes at which the block is full
	closed bool

	full chan block  // to the goroutine
	free chan []byte // back from it
	out  *blockWriter
	done chan struct{} // closed when the goroutine has ended
}

// block is what goes to the goroutine.
type block struct {
	raw  []byte
	last int64 // time of its last record
	// written is closed once the block was; nil when nobody waits for that.
	written chan struct{}
}

// blocksAhead is how many blocks may wait to be written.
const blocksAhead = 16

// NewWriter writes the capture's header to w. Nothing is read from w; it may be
// a pipe. When a write to a file fails halfway, the file is cut back to its last
// whole block. Close must be called in any case.
func NewWriter(w io.Writer) (*Writer, error) {
	out, err := newBlockWriter(w)
	if err != nil {
		return nil, err
	}
	n := &Writer{
		target: firstTarget,
		full:   make(chan block, blocksAhead),
		free:   make(chan []byte, blocksAhead),
		out:    out,
		done:   make(chan struct{}),
	}
	go n.write()
	return n, nil
}

// write takes the full blocks to the output, until there are no more.
func (w *Writer) write() {
	defer close(w.done)
	for b := range w.full {
		w.out.write(b)
		if b.written != nil {
			close(b.written)
		}
		select {
		case w.free <- keep(b.raw, 4*blockTarget):
		default:
		}
	}
}

// Limit ends the capture, with [ErrLimit], before it grows beyond so many bytes.
// Where a capture ends for this, or because the disk is full, its last records
// are a note that says so and a finish. It is called before the first Write.
func (w *Writer) Limit(bytes int64) { w.out.limit = bytes }

// Write adds a record to the block, and hands the block on when it is full. It
// keeps nothing of rec.
func (w *Writer) Write(rec *Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.state(); err != nil {
		return err
	}
	if err := w.enc.encode(rec); err != nil {
		return err
	}
	w.last = rec.Time
	if w.enc.size >= w.target {
		w.hand(nil)
	}
	return nil
}

func (w *Writer) state() error {
	if w.closed {
		return errClosed
	}
	return w.out.failure()
}

// encode adds a record, or, with an error, nothing.
func (e *encoder) encode(rec *Record) error {
	if !rec.Kind.known() {
		return fmt.Errorf("stx: record of unknown kind %d", rec.Kind)
	}
	before := e.size
	e.record++
	e.begin(headKind)
	e.uint("kind", uint64(rec.Kind), 10)
	e.int("tid", int64(rec.TID))
	e.step("time", uint64(rec.Time/timeUnit), 10)
	e.begin(rec.Kind)
	if !kinds[rec.Kind].fields(rec, e) {
		e.undo(before)
		return fmt.Errorf("stx: record %s without its part", rec.Kind)
	}
	if e.bad != "" || e.size-before > maxRecord {
		e.undo(before)
		return ErrTooLarge
	}
	return nil
}

// Flush writes the records that have gathered, so that a reader sees them.
func (w *Writer) Flush() error {
	w.mu.Lock()
	if err := w.state(); err != nil {
		w.mu.Unlock()
		return err
	}
	written := make(chan struct{})
	w.hand(written)
	w.mu.Unlock()
	<-written
	return w.out.failure()
}

// hand gives the block to the goroutine, an empty one too. Blocks grow with the
// capture, so that a small limit or disk has room for some.
func (w *Writer) hand(written chan struct{}) {
	var b []byte
	select {
	case b = <-w.free:
	default:
	}
	b = w.enc.take(b)
	w.target = min(w.target+len(b), blockTarget)
	w.full <- block{b, w.last, written}
}

// Close writes what is left, and gives the first error of all writing. It
// doesn't close what it writes to. Writing after it is an error.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.hand(nil)
	w.closed = true
	close(w.full)
	<-w.done
	w.out.close()
	return w.out.failure()
}

var errClosed = errors.New("stx: the writer is closed")
