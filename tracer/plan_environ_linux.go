package tracer

import (
	"bytes"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

// variableMax is the longest name of a variable that is copied.
const variableMax = 256

// environ copies the array of an environment, and of its strings the names up to
// and including the "=": values are often secrets. A name's Want is above the
// length of its Data, as that of any string that goes on. Of a string that has no
// "=" nothing is copied, since all of it may be a value.
func (p *plan) environ(a *abi.Arg, addr uint64) {
	if p.values {
		p.argv(a, addr)
		return
	}
	array := p.pointerArray(addr)
	room, view := argvRoom, pageView{memory: p.memory}
	for i := 0; i < len(array)/p.word(); i++ {
		at := p.number(array, i)
		if at == 0 || room <= 0 {
			return
		}
		room -= len(p.variable(&view, at)) + 1
	}
}

// variable copies a variable's name.
func (p *plan) variable(view *pageView, addr uint64) []byte {
	var buf [variableMax]byte // outlives no call: a value may get into it
	n := 0
	for n < len(buf) {
		got := view.from(addr + uint64(n))
		if len(got) == 0 {
			return nil
		}
		k := copy(buf[n:], got)
		if end := bytes.IndexAny(buf[n:n+k], "=\x00"); end >= 0 {
			if n += end; buf[n] != '=' {
				return nil
			}
			name := p.space(n + 1)
			copy(name, buf[:n+1])
			return p.add(stx.Mem{Addr: addr, Want: uint64(n + 2), Data: p.use(n + 1)})
		}
		n += k
	}
	return nil
}

// pageView reads memory by whole pages, and keeps the last: the strings of an
// environment lie next to each other.
type pageView struct {
	memory source
	base   uint64
	held   int // bytes of page
	page   [pageSize]byte
}

// from gives what there is from addr to the end of its page.
func (v *pageView) from(addr uint64) []byte {
	base := addr &^ (pageSize - 1)
	if v.held == 0 || base != v.base {
		v.base = base
		v.held, _ = v.memory.read(base, v.page[:])
	}
	return v.page[min(int(addr-base), v.held):v.held]
}
