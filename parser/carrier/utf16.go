package carrier

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// unmark takes off a byte order mark, and makes UTF-8 of the UTF-16 that one
// announces. r itself comes back where there was none, or UTF-8's.
func unmark(r *bufio.Reader) (*bufio.Reader, error) {
	mark, err := r.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case bytes.Equal(mark, []byte(mark8)):
		_, err = r.Discard(3)
		return r, err
	case bytes.HasPrefix(mark, []byte("\xfe\xff")):
		order = binary.BigEndian
	case !bytes.HasPrefix(mark, []byte("\xff\xfe")):
		return r, nil
	}
	if _, err := r.Discard(2); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(&fromUTF16{r: r, order: order}, HeadSize), nil
}

// mark8 is the byte order mark in UTF-8.
const mark8 = "\xef\xbb\xbf"

// fromUTF16 reads UTF-16 as UTF-8. What is no character becomes U+FFFD.
type fromUTF16 struct {
	r     *bufio.Reader
	order binary.ByteOrder
	out   []byte // UTF-8 that has not been given out
	buf   []byte
}

func (u *fromUTF16) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if err := u.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// fill converts what r has at hand.
func (u *fromUTF16) fill() error {
	if _, err := u.r.Peek(2); err != nil {
		if !errors.Is(err, io.EOF) {
			return err
		}
		if u.r.Buffered() == 0 {
			return io.EOF
		}
		u.out = append(u.buf[:0], "\ufffd"...) // half a unit
		_, err = u.r.Discard(1)
		return err
	}
	in, err := u.r.Peek(u.r.Buffered() &^ 1)
	if err != nil {
		return err
	}
	u.buf = u.buf[:0]
	n := 0
	for ; n < len(in); n += 2 {
		c := rune(u.order.Uint16(in[n:]))
		if c < utf8.RuneSelf {
			u.buf = append(u.buf, byte(c))
			continue
		}
		if utf16.IsSurrogate(c) {
			if n+4 > len(in) && n > 0 {
				break // the other half has not been read
			}
			if c, err = u.pair(c, n, in); err != nil {
				return err
			}
			if c != utf8.RuneError {
				n += 2
			}
		}
		u.buf = utf8.AppendRune(u.buf, c)
	}
	u.out = u.buf
	_, err = u.r.Discard(min(n, u.r.Buffered()))
	return err
}

// pair gives the character that the surrogate c at n begins, U+FFFD when it is
// alone.
func (u *fromUTF16) pair(c rune, n int, in []byte) (rune, error) {
	if n+4 > len(in) {
		var err error
		if in, err = u.r.Peek(n + 4); err != nil {
			if errors.Is(err, io.EOF) {
				return utf8.RuneError, nil
			}
			return 0, err
		}
	}
	return utf16.DecodeRune(c, rune(u.order.Uint16(in[n+2:]))), nil
}
