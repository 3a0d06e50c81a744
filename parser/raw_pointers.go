package parser

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// Arguments that point to strings, buffers and plain numbers.

func (d *decoder) stringValue(b []byte, cut bool) event.Value {
	return event.Value{Kind: event.String, Str: string(b), Cut: cut}
}

func strArg(d *decoder, i int, a *abi.Arg) event.Value {
	if d.failed && a.Dir&abi.InOut == abi.Out {
		return addrValue(d.args[i])
	}
	return d.stringAt(d.seen(a), d.args[i])
}

// stringAt gives the NUL-terminated string at addr, or the address.
func (d *decoder) stringAt(m memory, addr uint64) event.Value {
	s, cut, ok := m.text(addr)
	if !ok {
		return addrValue(addr)
	}
	return event.Value{Kind: event.String, Str: s, Cut: cut}
}

// length is how many bytes or elements an argument has: what another argument
// says, or the result.
func (d *decoder) length(a *abi.Arg) uint64 {
	switch {
	case a.Len == abi.LenRet:
		if d.failed || d.ret < 0 {
			return 0
		}
		n := uint64(d.ret)
		if a.Max >= 0 {
			n = min(n, d.lengthIn(a.Max))
		}
		return n
	case a.Len >= 0:
		return d.lengthIn(a.Len)
	}
	return uint64(a.Count)
}

// lengthIn is the length that an argument holds, or points to.
func (d *decoder) lengthIn(i int) uint64 {
	switch d.desc.Args[i].Kind {
	case abi.SockLen:
		m := d.in
		if d.exited && !d.failed {
			m = d.out
		}
		n, _ := m.number(d.args[i], 4)
		return n
	case abi.Int, abi.Uint:
		return uint64(uint32(d.args[i]))
	}
	if d.arch == abi.I386 {
		return uint64(uint32(d.args[i]))
	}
	return d.args[i]
}

func bufArg(d *decoder, i int, a *abi.Arg) event.Value {
	out := a.Dir&abi.InOut == abi.Out
	if out && d.failed || d.args[i] == 0 {
		return addrValue(d.args[i])
	}
	if a.Max >= 0 && d.args[a.Max] == 0 && strings.HasSuffix(d.name, "xattr") { // it asks for the size
		return addrValue(d.args[i])
	}
	n := d.length(a)
	switch a.Set {
	case "dirent", "dirent64":
		return d.direntsAt(d.args[i], n, a.Set == "dirent64")
	case "msgbuf":
		return d.msgbufAt(i, d.seen(a), n)
	}
	return d.bufferAt(d.seen(a), d.args[i], n)
}

// bufferAt gives n bytes at addr, those of them that were copied; the address
// when there are none.
func (d *decoder) bufferAt(m memory, addr, n uint64) event.Value {
	if addr == 0 {
		return addrValue(0)
	}
	b := m.at(addr, n)
	if len(b) == 0 && n > 0 && !m.known(addr) {
		return addrValue(addr)
	}
	if d.netlink != "" {
		if v, ok := d.netlinkMessages(b, uint64(len(b)) < n); ok {
			return v
		}
	}
	return d.stringValue(b, uint64(len(b)) < n)
}

// msgbufAt gives the message of msgsnd(2): a long, then n bytes.
func (d *decoder) msgbufAt(i int, m memory, n uint64) event.Value {
	kind, ok := m.number(d.args[i], d.long())
	if !ok {
		return addrValue(d.args[i])
	}
	return event.Value{Kind: event.Struct, Elems: []event.Value{
		member("mtype", intValue(d.signed(kind))),
		member("mtext", d.bufferAt(m, d.args[i]+d.long(), n)),
	}}
}

// signed is the value of a long.
func (d *decoder) signed(n uint64) int64 {
	if d.long() == 4 {
		return int64(int32(n))
	}
	return int64(n)
}

// maxPointers is how many pointers of an argv or envp are looked at.
const maxPointers = 1 << 17

// pointers gives the pointers from addr to the NULL that ends them. whole: the
// NULL was copied.
func (d *decoder) pointers(addr uint64) (list []uint64, whole bool) {
	if addr == 0 {
		return nil, false
	}
	size := int(d.long())
	for b := d.in.at(addr, maxPointers*uint64(size)); len(b) >= size; b = b[size:] {
		p := word(b[:size])
		if p == 0 {
			return list, true
		}
		list = append(list, p)
	}
	return list, false
}

func argvArg(d *decoder, i int, _ *abi.Arg) event.Value {
	list, whole := d.pointers(d.args[i])
	if list == nil && !whole {
		return addrValue(d.args[i])
	}
	v := event.Value{Kind: event.Array, Cut: !whole || len(list) > maxElems}
	for _, p := range list[:min(len(list), maxElems)] {
		v.Elems = append(v.Elems, d.stringAt(d.in, p))
	}
	return v
}

// envpArg counts the variables, or gives them when all is asked for: those
// that the capture has.
func envpArg(d *decoder, i int, a *abi.Arg) event.Value {
	v := addrValue(d.args[i])
	list, whole := d.pointers(d.args[i])
	if !whole {
		return v
	}
	captured := func(p uint64) bool { return d.in.piece(p) != nil }
	if d.verbose && (len(list) == 0 || slices.ContainsFunc(list[:min(len(list), maxElems)], captured)) {
		return argvArg(d, i, a)
	}
	v.Comment = howMany(len(list), "var", "vars")
	return v
}

// howMany writes a number of things.
func howMany(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// array makes an Array of one element, as strace writes what a pointer to a
// number points to.
func array(v event.Value) event.Value {
	return event.Value{Kind: event.Array, Elems: []event.Value{v}}
}

// pointed writes what a pointer to a number points to: [128]. Of the offsets
// that calls change strace tells only sendfile's: [5] => [15].
func (d *decoder) pointed(i int, a *abi.Arg, size uint64, write func(uint64) event.Value) event.Value {
	addr := d.args[i]
	before, was := d.in.number(addr, size)
	after, is := d.out.number(addr, size)
	switch {
	case a.Dir&abi.InOut == abi.Out:
		if d.failed || !is {
			return addrValue(addr)
		}
		return array(write(after))
	case !was:
		return addrValue(addr)
	}
	v := array(write(before))
	if a.Dir&abi.Out != 0 && is && after != before && strings.HasPrefix(d.name, "sendfile") {
		next := array(write(after))
		v.After = &next
	}
	return v
}

func intPtrArg(d *decoder, i int, a *abi.Arg) event.Value {
	return d.pointed(i, a, 4, func(n uint64) event.Value {
		if a.Set != "" {
			return constant(d.arch.FlagText(a.Set, n))
		}
		return intValue(int64(int32(n)))
	})
}

func longPtrArg(d *decoder, i int, a *abi.Arg) event.Value {
	size := uint64(a.Size)
	if size != 4 && size != 8 {
		size = d.long()
	}
	return d.pointed(i, a, size, func(n uint64) event.Value {
		switch {
		case d.pointsToAddress(a):
			return addrValue(n)
		case size == 4:
			return intValue(int64(int32(n)))
		}
		return intValue(int64(n))
	})
}

// pointsToAddress says whether the word that is pointed to is an address.
func (d *decoder) pointsToAddress(a *abi.Arg) bool {
	switch d.name {
	case "arch_prctl", "prctl":
		return true
	case "get_robust_list":
		return a.Name == "head_ptr"
	}
	return false
}

// sockLenArg writes an address's length, before and after the call: [128 => 16].
func sockLenArg(d *decoder, i int, _ *abi.Arg) event.Value {
	before, was := d.in.number(d.args[i], 4)
	if !was {
		return addrValue(d.args[i])
	}
	v := intValue(int64(int32(before)))
	if after, is := d.out.number(d.args[i], 4); is && after != before {
		next := intValue(int64(int32(after)))
		v.After = &next
	}
	return array(v)
}

func fdPairArg(d *decoder, i int, a *abi.Arg) event.Value {
	b := d.out.exactly(d.args[i], 8)
	if d.failed || b == nil {
		return addrValue(d.args[i])
	}
	return event.Value{Kind: event.Array, Elems: []event.Value{
		intValue(int64(int32(word(b[:4])))), intValue(int64(int32(word(b[4:])))),
	}}
}

// maxElems is how many elements of an array are written; no call that succeeds
// has more of those that are written one by one.
const maxElems = 4096

func iovecArg(d *decoder, i int, a *abi.Arg) event.Value {
	room := ^uint64(0) // bytes that the call has filled
	if a.Dir&abi.InOut == abi.Out && d.exited {
		room = uint64(max(d.ret, 0))
		if d.failed {
			return d.iovec(d.args[i], d.length(a), nil, ^uint64(0))
		}
		return d.iovec(d.args[i], d.length(a), d.out, room)
	}
	return d.iovec(d.args[i], d.length(a), d.in, room)
}

// iovec writes an array of struct iovec (readv(2)); its buffers are in m and
// hold room bytes together. Without m they stay addresses.
func (d *decoder) iovec(addr, count uint64, m memory, room uint64) event.Value {
	size := d.long()
	v := event.Value{Kind: event.Array}
	if addr == 0 {
		return addrValue(addr)
	}
	for i := range min(count, maxElems) {
		at := addr + i*2*size
		base, ok1 := d.iov(at)
		n, ok2 := d.iov(at + size)
		if !ok1 || !ok2 {
			if i == 0 {
				return addrValue(addr)
			}
			v.Cut = true
			return v
		}
		value := addrValue(base)
		if m != nil {
			value = d.bufferAt(m, base, min(n, room))
			room -= min(n, room)
		}
		v.Elems = append(v.Elems, event.Value{Kind: event.Struct, Elems: []event.Value{
			member("iov_base", value), member("iov_len", uintValue(n)),
		}})
	}
	return v
}

// iov reads a word of an iovec: the kernel only reads it, so that it may have
// been copied at entry or at exit.
func (d *decoder) iov(addr uint64) (uint64, bool) {
	if n, ok := d.in.number(addr, d.long()); ok {
		return n, true
	}
	return d.out.number(addr, d.long())
}
