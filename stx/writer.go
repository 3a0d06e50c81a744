package stx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	magic      = "\x89STX\r\n\x1a\n"
	headerSize = len(magic) + 4

	blockHeaderSize = 12
	blockTarget     = 64 << 10 // a block is written when it has grown to this
	maxBlock        = 16 << 20 // uncompressed
	maxRatio        = 256      // of uncompressed to written bytes
	maxRecord       = 8 << 20
)

// Version is the version of the format that [Writer] writes, and the newest
// that [Reader] reads.
const Version = 1

// ErrTooLarge is returned for a record that no block can hold (more than 8 MiB,
// or a list of more than 1048576 elements). It isn't written; the Writer goes on.
var ErrTooLarge = errors.New("stx: record too large")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Writer writes a capture. Its methods may be called by several goroutines.
// The first error of what it writes to ends it: every later call returns it.
type Writer struct {
	mu   sync.Mutex
	w    io.Writer
	enc  encoder // the records of the block that isn't written yet
	last int64   // time of the record before
	zstd *zstd.Encoder
	out  []byte // the block as written
	err  error
}

// NewWriter writes the capture's header to w. Nothing is read from w and there
// is no seeking: it may be a pipe.
func NewWriter(w io.Writer) (*Writer, error) {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), // the block has its own
		zstd.WithWindowSize(blockTarget*2))
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint32([]byte(magic), Version)); err != nil {
		return nil, err
	}
	return &Writer{w: w, zstd: z}, nil
}

// Write adds a record to the block, and writes the block when it is full. It
// keeps nothing of rec.
func (w *Writer) Write(rec *Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	start := len(w.enc.b)
	if err := w.encode(rec); err != nil {
		w.enc = encoder{b: w.enc.b[:start]}
		return err
	}
	w.last = rec.Time
	if len(w.enc.b) >= blockTarget {
		return w.flush()
	}
	return nil
}

func (w *Writer) encode(rec *Record) error {
	if !rec.Kind.known() {
		return fmt.Errorf("stx: record of unknown kind %d", rec.Kind)
	}
	e := &w.enc
	start := len(e.b)
	e.open("")
	e.uint("kind", uint64(rec.Kind), 10)
	e.int("tid", int64(rec.TID))
	e.int("time", rec.Time-w.last)
	if !kinds[rec.Kind].fields(rec, e) {
		return fmt.Errorf("stx: record %s without its part", rec.Kind)
	}
	e.close()
	if e.bad != "" || len(e.b)-start > maxRecord {
		return ErrTooLarge
	}
	return nil
}

// Flush writes the records that have gathered as a block, so that a reader sees
// them.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	return w.flush()
}

func (w *Writer) flush() error {
	raw := w.enc.b
	if len(raw) == 0 {
		return nil
	}
	b := append(w.out[:0], make([]byte, blockHeaderSize)...)
	b = w.zstd.EncodeAll(raw, b)
	if n := len(b) - blockHeaderSize; n >= len(raw) || len(raw) > n*maxRatio {
		b = append(b[:blockHeaderSize], raw...) // stored
	}
	binary.LittleEndian.PutUint32(b[0:], uint32(len(b)-blockHeaderSize))
	binary.LittleEndian.PutUint32(b[4:], uint32(len(raw)))
	binary.LittleEndian.PutUint32(b[8:], blockSum(b))
	_, w.err = w.w.Write(b)

	w.last = 0
	w.enc.b, w.out = keep(raw), keep(b)
	return w.err
}

// keep gives the buffer back for reuse, unless one large record made it grow.
func keep(b []byte) []byte {
	if cap(b) > 4*blockTarget {
		return nil
	}
	return b[:0]
}

// blockSum is the checksum of a block with its header: of all but the checksum.
func blockSum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:8], castagnoli), castagnoli, b[blockHeaderSize:])
}

// Close writes what is left; it doesn't close what it writes to. Writing after it
// is an error.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(w.err, errClosed) {
		return nil
	}
	err := w.err
	if err == nil {
		err = w.flush()
	}
	w.err = errClosed
	w.zstd.Close()
	return err
}

var errClosed = errors.New("stx: the writer is closed")
