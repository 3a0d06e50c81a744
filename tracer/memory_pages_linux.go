package tracer

import "golang.org/x/sys/unix"

// pages reads memory by whole pages and keeps a few: the arrays and strings of an
// execve are many, and lie next to each other.
type pages struct {
	memory source
	held   [4]page
	next   int // the one to be replaced
}

type page struct {
	base uint64
	got  int // 0: none is held
	why  unix.Errno
	data [pageSize]byte
}

// over begins anew: what was held is forgotten.
func (v *pages) over(memory source) *pages {
	v.memory = memory
	for i := range v.held {
		v.held[i].got = 0
	}
	return v
}

// read is a source's.
func (v *pages) read(addr uint64, buf []byte) (n int, _ unix.Errno) {
	for n < len(buf) {
		data, why := v.from(addr + uint64(n))
		if len(data) == 0 {
			return n, why
		}
		n += copy(buf[n:], data)
	}
	return n, 0
}

// from gives what there is from addr to the end of its page, and why there is
// nothing.
func (v *pages) from(addr uint64) ([]byte, unix.Errno) {
	p := v.page(addr &^ (pageSize - 1))
	return p.data[min(int(addr%pageSize), p.got):p.got], p.why
}

func (v *pages) page(base uint64) *page {
	for i := range v.held {
		if p := &v.held[i]; p.got > 0 && p.base == base {
			return p
		}
	}
	p := &v.held[v.next]
	v.next = (v.next + 1) % len(v.held)
	p.base = base
	p.got, p.why = v.memory.read(base, p.data[:])
	return p
}
