package choice

import (
	"math/bits"

	"github.com/stracex/stracex/abi"
)

// numbers is above all numbers that a table of abi holds.
const numbers = 1024

// arches are the number spaces that a set knows.
var arches = [...]abi.Arch{abi.AMD64, abi.ARM64, abi.I386}

// Set is a set of system calls. The zero Set is empty.
type Set struct {
	expr string
	// in has a bit for each number of each of arches.
	in [len(arches)][numbers / 64]uint64
	// rest: calls that no table names belong to it.
	rest bool
	// when narrows some calls of the set by their arguments.
	when []condition
}

// All is the set of all calls.
func All() *Set {
	s := &Set{expr: "all", rest: true}
	for a := range s.in {
		for i := range s.in[a] {
			s.in[a][i] = ^uint64(0)
		}
	}
	return s
}

// String gives the expression that Parse makes the same set of.
func (s *Set) String() string { return s.expr }

// MarshalText and UnmarshalText carry a set as its expression.
func (s *Set) MarshalText() ([]byte, error) { return []byte(s.expr), nil }

func (s *Set) UnmarshalText(text []byte) error {
	read, err := Parse(string(text))
	if err == nil {
		*s = *read
	}
	return err
}

// Everything says whether no call is left out.
func (s *Set) Everything() bool {
	if !s.rest || len(s.when) > 0 {
		return false
	}
	for a := range s.in {
		for _, word := range s.in[a] {
			if word != ^uint64(0) {
				return false
			}
		}
	}
	return true
}

// Has says whether some calls of this number belong to the set.
func (s *Set) Has(arch abi.Arch, nr uint64) bool {
	a := index(arch)
	if a < 0 || nr >= numbers {
		return s.rest
	}
	return s.in[a][nr/64]&(1<<(nr%64)) != 0
}

// Matches says whether a call with these arguments belongs to the set.
func (s *Set) Matches(arch abi.Arch, nr uint64, args [6]uint64) bool {
	if !s.Has(arch, nr) {
		return false
	}
	c := s.condition(arch, nr)
	return c == nil || c.holds(args)
}

// With gives the union of two sets. A call that is whole in one of them is whole.
func (s *Set) With(t *Set) *Set {
	u := &Set{expr: s.expr + "," + t.expr, rest: s.rest || t.rest}
	for a := range u.in {
		for i := range u.in[a] {
			u.in[a][i] = s.in[a][i] | t.in[a][i]
		}
	}
	for _, c := range s.when {
		if !t.HasName(c.call) {
			u.when = append(u.when, c)
		}
	}
	for _, c := range t.when {
		if !s.HasName(c.call) {
			u.when = append(u.when, c)
		}
	}
	return u
}

// HasName says whether calls of this name belong to the set on some architecture,
// with some arguments. The names of calls that no table has are as good as
// unknown numbers.
func (s *Set) HasName(name string) bool {
	known := false
	for _, a := range arches {
		nr, ok := a.CallNumber(name)
		if ok && s.Has(a, nr) {
			return true
		}
		known = known || ok
	}
	return !known && s.rest
}

// add takes a call in, wherever there is one of the name.
func (s *Set) add(name string) (known bool) {
	for a, arch := range arches {
		if nr, ok := arch.CallNumber(name); ok && nr < numbers {
			s.in[a][nr/64] |= 1 << (nr % 64)
			known = true
		}
	}
	return known
}

// invert makes the set its complement.
func (s *Set) invert() {
	s.rest = !s.rest
	for a := range s.in {
		for i := range s.in[a] {
			s.in[a][i] = ^s.in[a][i]
		}
	}
}

// remove takes calls out.
func (s *Set) remove(names ...string) {
	for _, name := range names {
		for a, arch := range arches {
			if nr, ok := arch.CallNumber(name); ok && nr < numbers {
				s.in[a][nr/64] &^= 1 << (nr % 64)
			}
		}
	}
}

func (s *Set) empty() bool {
	n := 0
	for a := range s.in {
		for _, word := range s.in[a] {
			n += bits.OnesCount64(word)
		}
	}
	return n == 0 && !s.rest
}

func index(arch abi.Arch) int {
	for i, a := range arches {
		if a == arch {
			return i
		}
	}
	return -1
}
