package parser

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// A layout says how a struct lies in memory and how it is written. Members are
// aligned as C aligns them, so one layout serves all architectures, but for
// structs that differ (raw_structs.go has name@arch for those).
type layout struct {
	name   string
	fields []layoutField
	packed bool
	shown  int  // the fields up to here have members that are written by default
	hides  bool // some members are left out by default, "..." stands for them
}

type layoutField struct {
	name  string // "" for what is never written
	verb  string // i, u, x, o, ptr, dev, text, name, sockaddr, hwaddr, flags, enum, struct, sig
	width uint64 // bytes of one; 0 for a long or pointer
	set   string // of flags, enum; the name of a struct
	count uint64 // elements, 0 when it is no array
	hide  bool
}

// layouts are those of layoutText, by name.
var layouts = sync.OnceValue(func() map[string]*layout {
	m := map[string]*layout{}
	for line := range strings.Lines(layoutText) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		l := &layout{name: words[0]}
		for _, w := range words[1:] {
			if w == "packed" {
				l.packed = true
				continue
			}
			f := parseField(w)
			l.hides = l.hides || f.hide
			l.fields = append(l.fields, f)
			if f.name != "" && !f.hide {
				l.shown = len(l.fields)
			}
		}
		m[l.name] = l
	}
	return m
})

// parseField reads name:type, type as in layoutText's comment.
func parseField(s string) layoutField {
	var f layoutField
	name, kind, _ := strings.Cut(s, ":")
	f.name, f.hide = strings.CutPrefix(name, "-")
	if f.name == "_" {
		f.name = ""
	}
	kind, count, many := strings.Cut(kind, "*")
	if many {
		f.count, _ = strconv.ParseUint(count, 10, 16)
	}
	kind, f.set, _ = strings.Cut(kind, "/")
	f.verb = strings.TrimRight(kind, "1248")
	f.width, _ = strconv.ParseUint(kind[len(f.verb):], 10, 8)
	switch f.verb {
	case "long":
		f.verb = "i"
	case "ulong":
		f.verb = "u"
	case "xlong":
		f.verb = "x"
	case "text", "bytes", "name", "sockaddr", "hwaddr":
		f.width = 1
	case "sig":
		f.width = 4
	}
	return f
}

// findLayout gives a struct's layout on an architecture, nil if there is none.
func findLayout(arch abi.Arch, name string) *layout {
	if l := layouts()[name+"@"+arch.String()]; l != nil {
		return l
	}
	return layouts()[name]
}

// reading is a struct being read.
type reading struct {
	d    *decoder
	b    []byte
	off  uint64
	long uint64
}

// structure reads a struct from b; what lies past b's end is left out and the
// value is cut. Members that are left out by default are read only when they
// are asked for, so that a struct with such ones is no member of another.
func (d *decoder) structure(l *layout, b []byte) event.Value {
	r := reading{d: d, b: b, long: d.long()}
	return r.structure(l)
}

func (r *reading) structure(l *layout) event.Value {
	v := event.Value{Kind: event.Struct, Cut: l.hides && !r.d.verbose}
	fields := l.fields
	if l.hides && !r.d.verbose {
		fields = fields[:l.shown]
	}
	for _, f := range fields {
		if !l.packed {
			r.align(r.alignment(&f))
		}
		if r.off >= uint64(len(r.b)) {
			v.Cut = true
			break
		}
		value, ok := r.field(&f)
		if !ok {
			v.Cut = true
			break
		}
		if f.name != "" && (!f.hide || r.d.verbose) {
			v.Elems = append(v.Elems, member(f.name, value))
		}
	}
	if !l.packed {
		r.align(r.structAlignment(l))
	}
	return v
}

func (r *reading) align(n uint64) {
	if n > 1 {
		r.off = (r.off + n - 1) / n * n
	}
}

func (r *reading) alignment(f *layoutField) uint64 {
	switch {
	case f.verb == "struct":
		if l := findLayout(r.d.arch, f.set); l != nil {
			return r.structAlignment(l)
		}
		return 1
	case f.width == 0:
		return r.long
	case f.width == 8 && r.d.arch == abi.I386:
		return 4
	}
	return f.width
}

func (r *reading) structAlignment(l *layout) uint64 {
	n := uint64(1)
	for i := range l.fields {
		n = max(n, r.alignment(&l.fields[i]))
	}
	return n
}

// field reads a member, an array of them if it has a count.
func (r *reading) field(f *layoutField) (event.Value, bool) {
	switch {
	case f.verb == "name" || f.verb == "sockaddr" || f.verb == "hwaddr":
		b, ok := r.take(f.count)
		return r.d.interfaceMember(f.verb, b), ok
	case f.verb == "text" || f.verb == "bytes":
		b, ok := r.take(f.count)
		if i := bytes.IndexByte(b, 0); i >= 0 && f.verb == "text" {
			b = b[:i]
		}
		return event.Value{Kind: event.String, Str: string(b)}, ok
	case f.count == 0:
		return r.one(f)
	}
	v := event.Value{Kind: event.Array}
	for range f.count {
		one, ok := r.one(f)
		if !ok {
			return v, false
		}
		v.Elems = append(v.Elems, one)
	}
	return v, true
}

func (r *reading) take(n uint64) ([]byte, bool) {
	if n > uint64(len(r.b)) || r.off > uint64(len(r.b))-n {
		return nil, false
	}
	b := r.b[r.off : r.off+n]
	r.off += n
	return b, true
}

func (r *reading) one(f *layoutField) (event.Value, bool) {
	if f.verb == "struct" {
		l := findLayout(r.d.arch, f.set)
		if l == nil {
			return event.Value{}, false
		}
		return r.structure(l), true
	}
	width := f.width
	if width == 0 {
		width = r.long
	}
	b, ok := r.take(width)
	if !ok {
		return event.Value{}, false
	}
	return r.d.scalar(f, word(b), width), true
}

// scalar writes a number of width bytes.
func (d *decoder) scalar(f *layoutField, n, width uint64) event.Value {
	switch f.verb {
	case "i":
		shift := 64 - 8*width
		return intValue(int64(n<<shift) >> shift)
	case "x":
		return hexValue(n)
	case "o":
		return octalValue(n)
	case "ptr":
		return addrValue(n)
	case "dev":
		return makedev(n)
	case "sig":
		return signalValue(int32(n))
	case "flags":
		return constant(d.arch.FlagText(f.set, n))
	case "enum":
		return constant(d.arch.EnumText(f.set, n))
	}
	return uintValue(n)
}

// pick takes some members of a struct, in another order.
func pick(v event.Value, names ...string) event.Value {
	out := event.Value{Kind: event.Struct, Elems: make([]event.Value, 0, len(names))}
	for _, name := range names {
		if e := v.Field(name); e.Kind != event.None {
			out.Elems = append(out.Elems, e)
		}
	}
	return out
}
