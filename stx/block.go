package stx

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
)

// ErrLimit is the error of a capture that has reached its [Writer.Limit].
var ErrLimit = errors.New("the capture has reached its size limit")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// tailRoom is what a capture under a limit keeps for its last block.
const tailRoom = 1024

// blockWriter compresses blocks and writes them whole. It belongs to the
// Writer's goroutine, but for failure.
type blockWriter struct {
	w     io.Writer
	small *zstd.Encoder // for blocks below smallBlock
	large *zstd.Encoder
	buf   []byte // the block as written
	limit int64  // of size, 0 for none
	size  int64  // bytes written
	prev  int64  // size before the last block
	err   atomic.Pointer[error]
}

func newBlockWriter(w io.Writer) (*blockWriter, error) {
	small, err := newCompressor(zstd.SpeedFastest)
	if err != nil {
		return nil, err
	}
	large, err := newCompressor(zstd.SpeedDefault)
	if err != nil {
		return nil, err
	}
	n, err := w.Write(binary.LittleEndian.AppendUint32([]byte(magic), Version))
	if err != nil {
		return nil, err
	}
	return &blockWriter{w: w, small: small, large: large, size: int64(n), prev: int64(n)}, nil
}

// smallBlock is the length from which a block is worth the better level: to touch
// its tables for the first time takes longer than the shortest programs run.
const smallBlock = 64 << 10

// newCompressor makes its tables when it is first used.
func newCompressor(level zstd.EncoderLevel) (*zstd.Encoder, error) {
	return zstd.NewWriter(nil,
		zstd.WithEncoderLevel(level),
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), // the block has its own
		zstd.WithWindowSize(blockTarget*2))
}

// failure is the first error, nil before.
func (o *blockWriter) failure() error {
	if err := o.err.Load(); err != nil {
		return *err
	}
	return nil
}

// write writes a block; after the first failure it does nothing.
func (o *blockWriter) write(b block) {
	if o.failure() != nil || len(b.raw) == 0 {
		return
	}
	o.buf = o.encode(o.buf[:0], b.raw)
	err := error(ErrLimit)
	if o.limit == 0 || o.size+int64(len(o.buf)) <= o.limit-tailRoom {
		err = o.put()
	}
	o.buf = keep(o.buf, 4*blockTarget)
	if err == nil {
		return
	}
	o.err.Store(&err)
	o.finish(err, b.last)
}

// put writes the block in buf, or nothing of it where that can be undone.
func (o *blockWriter) put() error {
	n, err := o.w.Write(o.buf)
	if err != nil {
		o.cut(o.size, int64(n))
		return err
	}
	o.prev = o.size
	o.size += int64(n)
	return nil
}

// cut undoes the last written bytes beyond size.
func (o *blockWriter) cut(size, written int64) bool {
	f, ok := o.w.(interface {
		io.Seeker
		Truncate(size int64) error
	})
	if !ok {
		return false
	}
	// The file may have begun before us.
	if at, err := f.Seek(-written, io.SeekCurrent); err != nil || f.Truncate(at) != nil {
		return false
	}
	o.size = size
	return true
}

// finish ends a capture that can't go on with a note and a finish record. A full
// disk may have no room even for these; then the last block makes it.
func (o *blockWriter) finish(why error, at int64) {
	note, reason := Note{Code: "disk", Text: "the capture ends here, the program went on: " + why.Error()}, "disk"
	if errors.Is(why, ErrLimit) {
		note.Code, reason = "limit", "limit"
	}
	var e encoder
	if e.encode(&Record{Kind: KindNote, Time: at, Note: &note}) != nil ||
		e.encode(&Record{Kind: KindFinish, Time: at, Finish: &Finish{Reason: reason}}) != nil {
		return
	}
	o.buf = o.encode(o.buf[:0], e.take(nil))
	if o.put() != nil && o.size > o.prev && o.cut(o.prev, o.size-o.prev) {
		_ = o.put()
	}
}

// encode appends a block.
func (o *blockWriter) encode(b, raw []byte) []byte {
	b = append(b, make([]byte, blockHeaderSize)...)
	compressor := o.large
	if len(raw) < smallBlock {
		compressor = o.small
	}
	b = compressor.EncodeAll(raw, b)
	if n := len(b) - blockHeaderSize; n >= len(raw) || len(raw) > n*maxRatio {
		b = append(b[:blockHeaderSize], raw...) // stored
	}
	binary.LittleEndian.PutUint32(b[0:], uint32(len(b)-blockHeaderSize))
	binary.LittleEndian.PutUint32(b[4:], uint32(len(raw)))
	binary.LittleEndian.PutUint32(b[8:], blockSum(b))
	return b
}

// blockSum is the checksum of a block with its header: of all but the checksum.
func blockSum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:8], castagnoli), castagnoli, b[blockHeaderSize:])
}

func (o *blockWriter) close() {
	o.small.Close()
	o.large.Close()
}
