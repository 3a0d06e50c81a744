package abi

import (
	"sort"
	"strconv"
	"strings"
)

// set is a set of flags.txt.
type set struct {
	name    string
	unknown string // "O_???"
	long    bool   // 64 bits count, not 32
	octal   bool   // the lowest nine bits are permissions, written in octal
	decimal bool   // a value without name is a number like any other
	// numbered: a constant is written as a number, its name in a comment.
	numbered bool
	of       [3]*setValues
}

// setValues is a set's content on one architecture.
type setValues struct {
	fields []field
	values []named // single constants: a flag's bits, or an enumeration's values
}

// field is a part of the bits that holds one of several values, or a number
// that is written with a suffix (21<<MAP_HUGE_SHIFT), or without ("<<").
type field struct {
	after  int // how many of the set's single values stand before it
	mask   uint64
	shift  int
	suffix string
	values []named
}

type named struct {
	value uint64
	name  string
}

// findSet gives the named set, nil if there is none.
func findSet(name string) *set {
	i := sort.Search(len(sets), func(i int) bool { return sets[i].name >= name })
	if i < len(sets) && sets[i].name == name {
		return &sets[i]
	}
	return nil
}

// FlagText writes a bit mask as strace does: "O_RDONLY|O_CLOEXEC", bits without
// a name in hex behind it ("O_RDONLY|0x80000000"), "0" when no bit is set and
// zero has no name, "0x80 /* PROT_??? */" when nothing has one. set is a name
// that [Arg].Set can have, or another of flags.txt; for a set that doesn't
// exist v is written in hex.
func (a Arch) FlagText(set string, v uint64) string {
	s := findSet(set)
	if s == nil {
		return hex(v)
	}
	return s.flags(s.of[a.index()], s.cut(v))
}

// EnumText writes a constant as strace does: "AF_UNIX", or
// "0x63 /* AF_??? */" when it has no name. set is as for FlagText.
func (a Arch) EnumText(set string, v uint64) string {
	s := findSet(set)
	if s == nil {
		return hex(v)
	}
	v = s.cut(v)
	name := s.of[a.index()].name(v)
	number := strconv.Itoa(int(int32(v)))
	switch {
	case s.numbered && name != "":
		return number + " /* " + name + " */"
	case s.numbered:
		return number + s.comment()
	case name != "":
		return name
	case s.decimal:
		return number
	}
	return hex(v) + s.comment()
}

// SockOptText writes a socket option of a level (SOL_TCP's TCP_NODELAY), in hex
// for a level whose options have no names here.
func (a Arch) SockOptText(level, option uint64) string {
	return a.EnumText("sockopt."+a.EnumText("sol", level), option)
}

// name gives the constant with a value, "" if there is none.
func (of *setValues) name(v uint64) string {
	name := nameOf(of.values, v)
	for i := 0; i < len(of.fields) && name == ""; i++ {
		name = nameOf(of.fields[i].values, v)
	}
	return name
}

// FlagValue is the other way round, for one constant of a set:
// FlagValue("open", "O_CREAT") is 0100.
func (a Arch) FlagValue(set, name string) (uint64, bool) {
	s := findSet(set)
	if s == nil {
		return 0, false
	}
	of := s.of[a.index()]
	for _, n := range of.values {
		if n.name == name {
			return n.value, true
		}
	}
	for _, f := range of.fields {
		for _, n := range f.values {
			if n.name == name {
				return n.value, true
			}
		}
	}
	return 0, false
}

// cut drops the upper half of a register that holds an int.
func (s *set) cut(v uint64) uint64 {
	if s.long {
		return v
	}
	return v & 0xffffffff
}

// comment is what strace writes behind a value that has no name.
func (s *set) comment() string {
	if s.unknown == "" {
		return ""
	}
	return " /* " + s.unknown + " */"
}

// flags writes the parts of a mask in the set's order: flags and fields, bits
// without a name, numbers and what else stands last, permissions.
func (s *set) flags(of *setValues, v uint64) string {
	var parts, last []string
	take := func(list *[]string, fields []field, at int) []field {
		for len(fields) > 0 && fields[0].after == at {
			if text := fields[0].text(v); text != "" {
				*list = append(*list, text)
				v &^= fields[0].mask
			}
			fields = fields[1:]
		}
		return fields
	}
	fields := of.fields
	for i, n := range of.values {
		fields = take(&parts, fields, i)
		if n.value != 0 && v&n.value == n.value {
			parts = append(parts, n.name)
			v &^= n.value
		}
	}
	take(&last, fields, len(of.values))
	if s.octal {
		last = append(last, octal(v&0o777))
		v &^= 0o777
	}
	switch {
	case v != 0 && len(parts)+len(last) == 0:
		return hex(v) + s.comment()
	case v != 0:
		parts = append(parts, hex(v))
	case len(parts)+len(last) == 0:
		if name := nameOf(of.values, 0); name != "" {
			return name
		}
		return "0"
	}
	return strings.Join(append(parts, last...), "|")
}

// text is the field's part of a mask, "" when it says nothing.
func (f field) text(v uint64) string {
	v &= f.mask
	number := strconv.FormatUint(v>>f.shift, 10)
	switch {
	case f.suffix == "":
		return nameOf(f.values, v)
	case f.suffix == "<<":
		return number
	case v == 0:
		return ""
	}
	return number + f.suffix
}

// nameOf gives the constant with a value, "" if there is none.
func nameOf(list []named, v uint64) string {
	for _, n := range list {
		if n.value == v {
			return n.name
		}
	}
	return ""
}

func hex(v uint64) string {
	if v == 0 {
		return "0"
	}
	return "0x" + strconv.FormatUint(v, 16)
}

// octal writes permission bits: "0644", "000".
func octal(v uint64) string {
	s := strconv.FormatUint(v, 8)
	if len(s) < 2 {
		s = strings.Repeat("0", 2-len(s)) + s
	}
	return "0" + s
}
