package tracer

import (
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
	view := p.byPages()
	array := p.pointerArray(view, addr)
	room := argvRoom
	for i := 0; i < len(array)/p.word(); i++ {
		at := p.number(array, i)
		if at == 0 || room <= 0 {
			return
		}
		room -= len(p.variable(view, at)) + 1
	}
}

// variable copies a variable's name.
func (p *plan) variable(view *pages, addr uint64) []byte {
	name := p.space(variableMax)
	for n := 0; n < len(name); {
		got, _ := view.from(addr + uint64(n))
		if len(got) == 0 {
			return nil
		}
		for _, b := range got[:min(len(got), len(name)-n)] {
			name[n] = b
			n++
			switch b {
			case '=':
				return p.add(stx.Mem{Addr: addr, Want: uint64(n + 1), Data: p.use(n)})
			case 0:
				clear(name[:n]) // it may be a value
				return nil
			}
		}
	}
	clear(name)
	return nil
}
