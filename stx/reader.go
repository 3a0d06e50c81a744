package stx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// ErrNotCapture is returned by [NewReader] for what is no capture.
var ErrNotCapture = errors.New("not a stracex capture")

// VersionError is returned by [NewReader] for a capture of a version that is
// too new.
type VersionError struct {
	Version uint32 // of the capture
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the capture has format version %d, this stracex reads up to version %d: update stracex", e.Version, Version)
}

// IsCapture says whether a file that begins with prefix (8 bytes are enough) is
// a capture.
func IsCapture(prefix []byte) bool {
	return len(prefix) >= len(magic) && string(prefix[:len(magic)]) == magic
}

// Reader reads a capture. Start reading at [Reader.Read].
type Reader struct {
	r        io.Reader
	zstd     *zstd.Decoder
	in       []byte  // what has been read of the next block, with its header
	at       int64   // where the block begins in the file
	size     int64   // bytes of the block in the file, 0 until it is whole
	raw      []byte  // the block's body
	dec      decoder // what is not read yet of it
	skipped  int
	damage   string
	finished bool
}

// NewReader reads the header of a capture. The error is [ErrNotCapture], a
// [*VersionError], or of r. A capture that is cut in its header can be read: it
// has no records and is truncated.
func NewReader(r io.Reader) (*Reader, error) {
	head := make([]byte, headerSize)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if !IsCapture(head[:n]) {
		return nil, ErrNotCapture
	}
	rd := &Reader{r: r, at: int64(headerSize)}
	if n < headerSize {
		rd.damage = "it ends in its header"
		return rd, nil
	}
	switch v := binary.LittleEndian.Uint32(head[len(magic):]); {
	case v > Version:
		return nil, &VersionError{v}
	case v == 0:
		return nil, ErrNotCapture
	}
	rd.zstd, err = zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(maxBlock),
		zstd.WithDecodeAllCapLimit(true))
	return rd, err
}

// Read gives the next record, io.EOF after the last one that can be read; then
// [Reader.Truncated] says whether it is the capture's last. The record stays
// valid. Other errors are of the underlying reader.
//
// Of a capture that is still being written, io.EOF comes after its last whole
// block. Read may be called again later: if there is more by then, it goes on.
func (r *Reader) Read() (*Record, error) {
	for {
		for r.dec.more() {
			if rec := r.next(); rec != nil {
				return rec, nil
			}
		}
		if r.damage != "" {
			return nil, io.EOF
		}
		if err := r.nextBlock(); err != nil {
			return nil, err
		}
	}
}

// Truncated says, after io.EOF, that the capture goes on where it can't be read
// or that its writer could not end it (killed, or still writing). Why says which.
func (r *Reader) Truncated() bool { return r.Why() != "" }

// Why is the reason of Truncated, to be put after "the capture is truncated: ",
// "" when it is whole.
func (r *Reader) Why() string {
	switch {
	case r.damage != "":
		return r.damage
	case len(r.in) > 0:
		return fmt.Sprintf("it ends in the middle of the block at byte %d", r.at)
	case !r.finished:
		return "it has no end; what wrote it was killed or is still running"
	}
	return ""
}

// Skipped is how many records were of kinds that this version doesn't know.
func (r *Reader) Skipped() int { return r.skipped }

// next takes a record from the block, nil when it was skipped or is damaged.
func (r *Reader) next() *Record {
	d := &r.dec
	d.begin(headKind)
	kind := d.uint("kind", 0, 10)
	rec := &Record{TID: int(d.int("tid", 0))}
	micros := int64(d.step("time", 0, 10))
	rec.Time = micros * timeUnit
	if rec.Time/timeUnit != micros {
		d.fail("time")
	}
	if d.bad == "" && (kind > 1<<16-1 || !Kind(kind).known()) {
		r.skipped++
		return nil
	}
	rec.Kind = Kind(kind)
	if d.bad == "" {
		d.begin(rec.Kind)
		kinds[kind].fields(rec, d)
	}
	if d.bad != "" {
		r.damaged(d.bad + " of a record can't be")
		return nil
	}
	r.finished = rec.Kind == KindFinish
	return rec
}

// damaged ends the reading.
func (r *Reader) damaged(what string) {
	r.damage = fmt.Sprintf("the block at byte %d is damaged: %s", r.at, what)
	r.in = nil
	r.dec.clear()
}

// nextBlock reads a block, io.EOF when there is no whole one.
func (r *Reader) nextBlock() error {
	r.at, r.size = r.at+r.size, 0
	if err := r.fill(blockHeaderSize); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(r.in))
	raw := int64(binary.LittleEndian.Uint32(r.in[4:]))
	if n == 0 || raw == 0 || n > raw || raw > maxBlock || raw > n*maxRatio {
		r.damaged(fmt.Sprintf("a length of %d for %d can't be", n, raw))
		return nil
	}
	if err := r.fill(blockHeaderSize + int(n)); err != nil {
		return err
	}
	if blockSum(r.in) != binary.LittleEndian.Uint32(r.in[8:]) {
		r.damaged("its checksum is wrong")
		return nil
	}
	r.unpack(int(raw))
	return nil
}

// fill reads until in has n bytes, io.EOF when there are fewer. What has been
// read stays, for the next try. A length in the file alone allocates nothing.
func (r *Reader) fill(n int) error {
	for len(r.in) < n {
		have := len(r.in)
		want := min(n-have, blockTarget)
		r.in = slices.Grow(r.in, want)[:have+want]
		got, err := io.ReadFull(r.r, r.in[have:])
		r.in = r.in[:have+got]
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unpack makes the block's columns, size bytes, of in.
func (r *Reader) unpack(size int) {
	r.raw = slices.Grow(keep(r.raw, 4*blockTarget), size)
	body := r.in[blockHeaderSize:]
	if len(body) == size {
		r.raw = append(r.raw, body...)
	} else {
		raw, err := r.zstd.DecodeAll(body, r.raw[:0:size])
		if err != nil || len(raw) != size {
			r.damaged("it can't be decompressed")
			return
		}
		r.raw = raw
	}
	if !r.dec.load(r.raw) {
		r.damaged("its columns can't be")
		return
	}
	r.size = int64(len(r.in))
	r.in = keep(r.in, 4*blockTarget)
}
