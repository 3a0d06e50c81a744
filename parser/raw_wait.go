package parser

import (
	"fmt"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// Calls that wait for descriptors, and sets of descriptors and processors.

// pollFDs writes an array of struct pollfd (poll(2)) as the program gave it.
func pollFDs(d *decoder, i int, a *abi.Arg) event.Value {
	v := event.Value{Kind: event.Array}
	if d.args[i] == 0 {
		return addrValue(0)
	}
	for n := range min(d.length(a), maxElems) {
		b := d.in.exactly(d.args[i]+8*n, 8)
		if b == nil {
			if n == 0 {
				return addrValue(d.args[i])
			}
			v.Cut = true
			break
		}
		fd := int32(word(b[:4]))
		one := event.Value{Kind: event.Struct, Elems: []event.Value{member("fd", intValue(int64(fd)))}}
		if fd >= 0 {
			one.Elems = append(one.Elems, member("events", constant(d.arch.FlagText("poll", word(b[4:6])))))
		}
		v.Elems = append(v.Elems, one)
	}
	return v
}

// pollNote tells which descriptors are ready, and how much time was left.
func pollNote(d *decoder, r *event.Result) string {
	if r.Value == 0 {
		return "Timeout"
	}
	var ready []string
	for n := range min(d.args[1], maxElems) {
		b := d.out.exactly(d.args[0]+8*n, 8)
		if b == nil {
			break
		}
		if events := word(b[6:8]); events != 0 && int32(word(b[:4])) >= 0 {
			ready = append(ready, fmt.Sprintf("{fd=%d, revents=%s}", int32(word(b[:4])), d.arch.FlagText("poll", events)))
		}
	}
	if ready == nil {
		return ""
	}
	note := "[" + strings.Join(ready, ", ") + "]"
	if len(d.desc.Args) > 2 && d.desc.Args[2].Kind == abi.Struct {
		note += d.timeLeft(2, ", left ")
	}
	return note
}

// timeLeft writes what the kernel left of a timeout, "" when it has none.
func (d *decoder) timeLeft(i int, before string) string {
	a := &d.desc.Args[i]
	b := d.out.exactly(d.args[i], uint64(a.Size))
	l := findLayout(d.arch, a.Set)
	if b == nil || l == nil {
		return ""
	}
	v := d.structure(l, b)
	if len(v.Elems) < 2 {
		return ""
	}
	return fmt.Sprintf("%s{%s=%d, %s=%d}", before, v.Elems[0].Name, v.Elems[0].Int, v.Elems[1].Name, v.Elems[1].Int)
}

// maxFD is where select(2)'s sets end.
const maxFD = 1024

// fdSetArg writes a set of descriptors that select(2) was given.
func fdSetArg(d *decoder, i int, _ *abi.Arg) event.Value {
	fds, ok := d.fdSet(d.in, i)
	if !ok {
		return addrValue(d.args[i])
	}
	elems := make([]event.Value, len(fds))
	for i, fd := range fds {
		elems[i] = intValue(int64(fd))
	}
	return set(elems)
}

// fdSet gives the descriptors of an fd_set: words of bits, below the call's
// first argument.
func (d *decoder) fdSet(m memory, i int) (fds []int, ok bool) {
	n := max(0, min(int(int32(d.args[0])), maxFD))
	long := int(d.long())
	size := (n + 8*long - 1) / (8 * long) * long
	b := m.at(d.args[i], uint64(size))
	if d.args[i] == 0 || len(b) < (n+7)/8 {
		return nil, false
	}
	for fd := range n {
		if b[fd/8]>>(fd%8)&1 != 0 {
			fds = append(fds, fd)
		}
	}
	return fds, true
}

func selectNote(d *decoder, r *event.Result) string {
	if r.Value == 0 {
		return "Timeout"
	}
	var parts []string
	for i, name := range []string{1: "in", 2: "out", 3: "except"} {
		if fds, ok := d.fdSet(d.out, i); i > 0 && ok && len(fds) > 0 {
			parts = append(parts, fmt.Sprintf("%s %v", name, fds))
		}
	}
	if len(d.desc.Args) > 4 {
		if left := d.timeLeft(4, "left "); left != "" {
			parts = append(parts, left)
		}
	}
	return strings.Join(parts, ", ")
}

// sigmaskPack writes pselect6(2)'s last argument: a pointer to a set and its
// size.
func sigmaskPack(d *decoder, i int, _ *abi.Arg) event.Value {
	long := d.long()
	addr, ok1 := d.in.number(d.args[i], long)
	size, ok2 := d.in.number(d.args[i]+long, long)
	if !ok1 || !ok2 {
		return addrValue(d.args[i])
	}
	mask := addrValue(addr)
	if size <= 8 && addr != 0 {
		mask = d.sigSetAt(d.in, addr, size)
	}
	return event.Value{Kind: event.Struct, Elems: []event.Value{
		member("sigmask", mask), member("sigsetsize", uintValue(size)),
	}}
}

// cpuSetShape writes a set of processors (sched_setaffinity(2)).
func cpuSetShape(_ *decoder, _ event.Value, b []byte) event.Value {
	var elems []event.Value
	for cpu := range len(b) * 8 {
		if b[cpu/8]>>(cpu%8)&1 != 0 {
			elems = append(elems, intValue(int64(cpu)))
		}
	}
	return set(elems)
}

// capDataShape writes the sets of capset(2): those of version 3 are two halves.
func capDataShape(d *decoder, _ event.Value, b []byte) event.Value {
	if len(b) < 12 {
		return event.Value{}
	}
	v := event.Value{Kind: event.Struct}
	for i, name := range []string{"effective", "permitted", "inheritable"} {
		bits := word(b[4*i : 4*i+4])
		if len(b) >= 24 {
			bits |= word(b[12+4*i:16+4*i]) << 32
		}
		v.Elems = append(v.Elems, member(name, notation(d.capSet(bits))))
	}
	return v
}

func (d *decoder) capSet(bits uint64) string {
	if bits == 0 {
		return "0"
	}
	var names []string
	for i := range 64 {
		if bits>>i&1 == 0 {
			continue
		}
		name := d.arch.EnumText("cap", uint64(i))
		if !strings.HasPrefix(name, "CAP_") {
			names = append(names, fmt.Sprintf("1<<%d", i))
			continue
		}
		names = append(names, "1<<"+name)
	}
	return strings.Join(names, "|")
}
