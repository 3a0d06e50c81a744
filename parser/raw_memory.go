package parser

import (
	"bytes"
	"encoding/binary"

	"github.com/stracex/stracex/stx"
)

// memory is what a capture holds of a tracee's memory at one moment.
type memory []stx.Mem

// at gives the bytes from addr on, at most n, and fewer when no more were
// copied. The result must not be changed.
func (m memory) at(addr, n uint64) []byte {
	var got []byte
	for range m { // each piece can serve once
		p := m.piece(addr + uint64(len(got)))
		if p == nil {
			break
		}
		rest := p.Data[addr+uint64(len(got))-p.Addr:]
		rest = rest[:min(uint64(len(rest)), n-uint64(len(got)))]
		if got == nil {
			got = rest[:len(rest):len(rest)]
		} else {
			got = append(got, rest...)
		}
		if uint64(len(got)) >= n {
			break
		}
	}
	return got
}

// piece finds a piece that holds the byte at addr, the one that goes furthest.
func (m memory) piece(addr uint64) *stx.Mem {
	var best *stx.Mem
	for i := range m {
		p := &m[i]
		if addr < p.Addr || addr-p.Addr >= uint64(len(p.Data)) {
			continue
		}
		if best == nil || p.Addr+uint64(len(p.Data)) > best.Addr+uint64(len(best.Data)) {
			best = p
		}
	}
	return best
}

// known says whether the tracer looked at addr and found it readable, even if
// it copied nothing: an empty buffer is not an unreadable one.
func (m memory) known(addr uint64) bool {
	for i := range m {
		if m[i].Addr == addr && m[i].Errno == 0 {
			return true
		}
	}
	return false
}

// exactly gives n bytes from addr, nil when not all of them are there.
func (m memory) exactly(addr, n uint64) []byte {
	if addr == 0 {
		return nil
	}
	b := m.at(addr, n)
	if uint64(len(b)) < n {
		return nil
	}
	return b
}

// text gives the string at addr up to its NUL. cut: its end was not copied; ok:
// there is something.
func (m memory) text(addr uint64) (s string, cut, ok bool) {
	p := m.piece(addr)
	if p == nil {
		return "", false, m.known(addr) && addr != 0
	}
	b := m.at(addr, uint64(len(p.Data)))
	for { // a string can go on in the next piece
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return string(b[:i]), false, true
		}
		more := m.at(addr, uint64(len(b))*2+1)
		if len(more) == len(b) {
			return string(b), true, true
		}
		b = more
	}
}

// word reads a little-endian number of 1, 2, 4 or 8 bytes.
func word(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	case 8:
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// number reads a number of size bytes from addr.
func (m memory) number(addr uint64, size uint64) (uint64, bool) {
	b := m.exactly(addr, size)
	return word(b), b != nil
}
