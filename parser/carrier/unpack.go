package carrier

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// HeadSize is how many bytes of a file are looked at to say what it is.
const HeadSize = 64 << 10

const (
	maxPacked = 4         // packings inside one another
	maxWindow = 256 << 20 // bytes of its output that a packing may refer back to
)

// Unpacked is what a file holds when all compression is undone.
type Unpacked struct {
	*bufio.Reader // the one that Unpack was given when nothing was packed
	packings      []*packing
}

// Truncated says whether the packed data broke off or was damaged: the reader
// ended there. It is known when the reader has ended.
func (u *Unpacked) Truncated() bool {
	for _, p := range u.packings {
		if p.broken {
			return true
		}
	}
	return false
}

// Packed says whether anything was compressed.
func (u *Unpacked) Packed() bool { return len(u.packings) > 0 }

// formats are the compressions, by the first bytes of their files.
var formats = []struct {
	name, magic string
	open        func(r *bufio.Reader) (io.Reader, error)
}{
	{"gzip", "\x1f\x8b\x08", func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"xz", "\xfd7zXZ\x00", openXZ},
	{"bzip2", "BZh", func(r *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
}

// IsPacked says whether the bytes are the beginning of packed data.
func IsPacked(head []byte) bool {
	for _, f := range formats {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return true
		}
	}
	return false
}

// Unpack undoes gzip, zstd, xz and bzip2, also several members in a row, and up to
// four inside one another. Packed data that breaks off ends the reader early,
// see [Unpacked.Truncated]; an error is one of reading r, or says that nothing at
// all can be unpacked.
func Unpack(r io.Reader) (*Unpacked, error) {
	u := &Unpacked{Reader: bufio.NewReaderSize(r, HeadSize)}
	for range maxPacked {
		head, err := u.Peek(HeadSize)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		p, err := openPacking(u.Reader, head)
		if err != nil {
			return nil, err
		}
		if p == nil {
			break
		}
		u.packings = append(u.packings, p)
		u.Reader = bufio.NewReaderSize(p, HeadSize)
	}
	return u, nil
}

// openPacking gives the reader of what is packed in r, nil when head is that of no
// packing.
func openPacking(r io.Reader, head []byte) (*packing, error) {
	for _, f := range formats {
		if !bytes.HasPrefix(head, []byte(f.magic)) {
			continue
		}
		p := &packing{name: f.name, from: &source{r: r}}
		var err error
		if p.r, err = f.open(bufio.NewReaderSize(p.from, HeadSize)); err != nil {
			return nil, p.explain(err)
		}
		return p, nil
	}
	return nil, nil
}

// packing reads packed data up to where it breaks off.
type packing struct {
	name   string
	r      io.Reader
	from   *source
	some   bool // something has been read
	broken bool
}

func (p *packing) Read(b []byte) (int, error) {
	if p.broken {
		return 0, io.EOF
	}
	n, err := p.r.Read(b)
	p.some = p.some || n > 0
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if p.from.err != nil || !p.some {
		return n, p.explain(err)
	}
	p.broken = true
	return n, io.EOF
}

func (p *packing) explain(err error) error {
	if p.from.err != nil {
		return p.from.err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the %s data breaks off at once", p.name)
	}
	return fmt.Errorf("the %s data can't be unpacked: %w", p.name, err)
}

// source remembers the error of a reader, to tell a bad disk from bad data.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func openZstd(r *bufio.Reader) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecoderLowmem(true))
}

func openXZ(r *bufio.Reader) (io.Reader, error) {
	head, _ := r.Peek(xzHeads)
	if size := xzWindow(head); size > maxWindow {
		return nil, fmt.Errorf("its window is %d MiB, more than %d", size>>20, maxWindow>>20)
	}
	return xz.NewReader(r)
}

// xzHeads is the size of the heads of an xz stream and of its first block.
const xzHeads = 12 + 1024

// xzWindow gives the size in bytes of the LZMA2 dictionary that the first block
// asks for, 0 where the head can't be read; the decoder says then what is wrong.
// The form is that of xz-file-format, 3.1 and 5.3.1.
func xzWindow(head []byte) int64 {
	if len(head) < 14 {
		return 0
	}
	size, flags := (int(head[12])+1)*4, head[13]
	block := head[14:min(12+size, len(head))]
	for _, sized := range []byte{0x40, 0x80} {
		if flags&sized == 0 {
			continue
		}
		for len(block) > 0 && block[0]&0x80 != 0 {
			block = block[1:]
		}
		block = block[min(1, len(block)):]
	}
	if len(block) < 3 || block[0] != 0x21 || block[1] != 1 || block[2] > 40 {
		return 0 // not LZMA2 alone
	}
	bits := block[2]
	return int64(2|bits&1) << (bits/2 + 11)
}
