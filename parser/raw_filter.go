package parser

import (
	"fmt"

	"github.com/stracex/stracex/event"
)

// filterStep is sizeof(struct sock_filter): code, two jumps, a number
// (linux/filter.h).
const filterStep = 8

// filterShape writes a struct sock_fprog, with the instructions that it points
// to when all is asked for.
func filterShape(d *decoder, v event.Value, b []byte) event.Value {
	if !d.verbose || len(v.Elems) < 2 {
		return v
	}
	count, addr := uint64(v.Elems[0].Int), uint64(v.Elems[1].Int)
	steps := d.in.exactly(addr, min(count, maxElems)*filterStep)
	if steps == nil {
		return v
	}
	seccomp := d.name == "seccomp" || d.name == "prctl"
	list := event.Value{Kind: event.Array, Name: "filter", Cut: count > maxElems}
	for ; len(steps) >= filterStep; steps = steps[filterStep:] {
		list.Elems = append(list.Elems, d.filterStep(steps[:filterStep], seccomp))
	}
	v.Elems[1] = list
	return v
}

// filterStep writes one instruction with the macros of linux/filter.h.
func (d *decoder) filterStep(b []byte, seccomp bool) event.Value {
	code, k := word(b[:2]), hexValue(word(b[4:8]))
	text := d.filterCode(code)
	if jt, jf := uint64(b[2]), uint64(b[3]); jt|jf != 0 {
		return call("BPF_JUMP", notation(text), k, hexValue(jt), hexValue(jf))
	}
	if seccomp && code&7 == bpfReturn {
		k = d.seccompAction(word(b[4:8]))
	}
	return call("BPF_STMT", notation(text), k)
}

// filterSets are the sets of what stands beside an instruction's class.
var filterSets = [...]string{"bpf_load", "bpf_load", "bpf_store", "bpf_store", "bpf_alu", "bpf_jump", bpfReturn: "bpf_return", 7: "bpf_misc"}

const bpfReturn = 6 // BPF_RET

func (d *decoder) filterCode(code uint64) string {
	class := d.arch.EnumText("bpf_class", code&7)
	set := filterSets[code&7]
	if set == "bpf_store" && code <= 7 {
		return class
	}
	return class + "|" + d.arch.FlagText(set, code&^7)
}

// seccompAction writes what a filter of seccomp(2) returns: what to do, and 16
// bits of data.
func (d *decoder) seccompAction(k uint64) event.Value {
	text := d.arch.EnumText("seccomp_ret", k&0xffff0000)
	if data := k & 0xffff; data != 0 {
		text += fmt.Sprintf("|%#x", data)
	}
	return notation(text)
}
