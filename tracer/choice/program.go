package choice

import (
	"runtime"

	"golang.org/x/net/bpf"

	"github.com/stracex/stracex/abi"
)

// Actions of a seccomp program (linux/seccomp.h).
const (
	actTrace = 0x7ff00000 // SECCOMP_RET_TRACE
	actAllow = 0x7fff0000 // SECCOMP_RET_ALLOW
)

// Offsets in struct seccomp_data; its words are the machine's, little-endian on
// all of arches, and a 64-bit argument is two of them.
const (
	atNumber = 0
	atArch   = 4
	atArgs   = 16
)

// Native is the machine's own call numbering; 0 where the engine can't work.
var Native = map[string]abi.Arch{"amd64": abi.AMD64, "arm64": abi.ARM64}[runtime.GOARCH]

// Program gives the seccomp program that stops a tracee (SECCOMP_RET_TRACE) at
// the set's calls, on machines of an architecture, and allows all others. Calls
// whose numbers are those of yet another architecture stop.
//
// The number alone decides wherever it can: the kernel remembers for each number
// what such a program allows, and doesn't run it again.
func (s *Set) Program(machine abi.Arch) ([]bpf.RawInstruction, error) {
	code := []bpf.Instruction{bpf.LoadAbsolute{Off: atArch, Size: 4}}
	for a, arch := range arches {
		if arch != machine && !(arch == abi.I386 && machine == abi.AMD64) {
			continue
		}
		part := append([]bpf.Instruction{bpf.LoadAbsolute{Off: atNumber, Size: 4}}, tree(s.ranges(a, arch))...)
		code = append(code,
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(arch), SkipTrue: 1},
			bpf.Jump{Skip: uint32(len(part))})
		code = append(code, part...)
	}
	return bpf.Assemble(append(code, bpf.RetConstant{Val: actTrace}))
}

// span is a range of numbers, from its first to the next span's, for which the
// same is to be done.
type span struct {
	first uint32
	code  []bpf.Instruction
}

// ranges gives what is to be done for all numbers of an architecture.
func (s *Set) ranges(a int, arch abi.Arch) []span {
	var list []span
	last := -1 // of list: what it does, when that is plain
	for nr := range uint64(numbers) {
		if c := s.condition(arch, nr); c != nil && s.Has(arch, nr) {
			list = append(list, span{uint32(nr), c.code()})
			last = -1
			continue
		}
		act := actAllow
		if s.Has(arch, nr) {
			act = actTrace
		}
		if act != last {
			list = append(list, span{uint32(nr), []bpf.Instruction{bpf.RetConstant{Val: uint32(act)}}})
			last = act
		}
	}
	act := uint32(actAllow)
	if s.rest {
		act = actTrace
	}
	return append(list, span{numbers, []bpf.Instruction{bpf.RetConstant{Val: act}}})
}

// tree finds the span of the number in A by halves.
func tree(list []span) []bpf.Instruction {
	if len(list) == 1 {
		return list[0].code
	}
	half := len(list) / 2
	low, high := tree(list[:half]), tree(list[half:])
	var code []bpf.Instruction
	if len(low) <= 255 {
		code = []bpf.Instruction{bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: list[half].first, SkipTrue: uint8(len(low))}}
	} else {
		code = []bpf.Instruction{
			bpf.JumpIf{Cond: bpf.JumpLessThan, Val: list[half].first, SkipTrue: 1},
			bpf.Jump{Skip: uint32(len(low))},
		}
	}
	return append(append(code, low...), high...)
}

// code tests the condition; it ends with an action either way.
func (c *condition) code() []bpf.Instruction {
	code := []bpf.Instruction{bpf.RetConstant{Val: actAllow}, bpf.RetConstant{Val: actTrace}}
	for i := len(c.any) - 1; i >= 0; i-- {
		t, rest := c.any[i], uint8(len(code))
		low := bpf.LoadAbsolute{Off: uint32(atArgs + 8*t.arg), Size: 4}
		high := bpf.LoadAbsolute{Off: low.Off + 4, Size: 4}
		yes := rest - 1 // to the last instruction
		var head []bpf.Instruction
		switch t.kind {
		case anyBit:
			head = []bpf.Instruction{low, bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: uint32(t.v), SkipTrue: yes}}
		case noBit:
			head = []bpf.Instruction{low, bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: uint32(t.v), SkipTrue: yes}}
		case equal:
			head = []bpf.Instruction{low, bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(t.v), SkipTrue: yes}}
		case atLeast: // v has 32 bits
			head = []bpf.Instruction{
				high, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: yes + 2},
				low, bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: uint32(t.v), SkipTrue: yes},
			}
		}
		code = append(head, code...)
	}
	return code
}
