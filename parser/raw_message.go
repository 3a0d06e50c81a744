package parser

import (
	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// message is a struct msghdr (recvmsg(2)).
type message struct {
	name, nameLen, iov, iovLen, control, controlLen, flags uint64
}

// message reads a msghdr: seven words, of which two hold an int.
func (d *decoder) message(m memory, addr uint64) (h message, ok bool) {
	long := d.long()
	b := m.exactly(addr, 6*long+4)
	if b == nil {
		return h, false
	}
	at := func(i uint64) uint64 { return word(b[i*long : (i+1)*long]) }
	return message{
		name: at(0), nameLen: word(b[long : long+4]), iov: at(2), iovLen: at(3),
		control: at(4), controlLen: at(5), flags: word(b[6*long : 6*long+4]),
	}, true
}

func msgHdrArg(d *decoder, i int, a *abi.Arg) event.Value {
	if a.Dir&abi.InOut != abi.Out {
		return d.messageAt(d.in, d.args[i], ^uint64(0))
	}
	if d.failed {
		return addrValue(d.args[i])
	}
	return d.messageAt(d.out, d.args[i], uint64(max(d.ret, 0)))
}

// messageAt writes a message of which room bytes were transferred.
func (d *decoder) messageAt(m memory, addr, room uint64) event.Value {
	h, ok := d.message(m, addr)
	if !ok {
		return addrValue(addr)
	}
	v := event.Value{Kind: event.Struct}
	add := func(name string, e event.Value) { v.Elems = append(v.Elems, member(name, e)) }
	add("msg_name", d.sockAddrAt(m, h.name, h.nameLen))
	add("msg_namelen", intValue(int64(int32(h.nameLen))))
	add("msg_iov", d.iovec(h.iov, h.iovLen, m, room))
	add("msg_iovlen", uintValue(h.iovLen))
	if h.controlLen > 0 {
		add("msg_control", d.controlAt(m, h.control, h.controlLen))
	}
	add("msg_controllen", uintValue(h.controlLen))
	add("msg_flags", constant(d.arch.FlagText("msg", h.flags)))
	return v
}

// mmsgHdrArg writes an array of struct mmsghdr: messages, each with the number
// of bytes transferred.
func mmsgHdrArg(d *decoder, i int, a *abi.Arg) event.Value {
	received := a.Dir&abi.InOut == abi.Out
	m, count := d.in, d.length(a)
	if received {
		if d.failed {
			return addrValue(d.args[i])
		}
		m, count = d.out, min(count, uint64(max(d.ret, 0)))
	}
	size := 8 * d.long()
	v := event.Value{Kind: event.Array}
	for n := range min(count, maxElems) {
		at := d.args[i] + n*size
		length, _ := m.number(at+7*d.long(), 4)
		if sent, ok := d.out.number(at+7*d.long(), 4); ok {
			length = sent
		}
		room := length
		if !received {
			room = ^uint64(0)
		}
		one := d.messageAt(m, at, room)
		if one.Kind == event.Addr {
			if n == 0 {
				return addrValue(d.args[i])
			}
			v.Cut = true
			break
		}
		e := event.Value{Kind: event.Struct, Elems: []event.Value{member("msg_hdr", one)}}
		if d.exited && !d.failed && n < uint64(max(d.ret, 0)) {
			e.Elems = append(e.Elems, member("msg_len", uintValue(length)))
		}
		v.Elems = append(v.Elems, e)
	}
	return v
}

// controlAt writes ancillary data: a row of control messages (cmsg(3)).
func (d *decoder) controlAt(m memory, addr, n uint64) event.Value {
	b := m.exactly(addr, min(n, 4096))
	if b == nil {
		return addrValue(addr)
	}
	long := int(d.long())
	v := event.Value{Kind: event.Array}
	for len(b) >= long+8 {
		size := word(b[:long])
		one := event.Value{Kind: event.Struct}
		level := d.arch.EnumText("sol", word(b[long:long+4]))
		kind := word(b[long+4 : long+8])
		one.Elems = append(one.Elems,
			member("cmsg_len", uintValue(size)),
			member("cmsg_level", constant(level)),
			member("cmsg_type", constant(d.controlType(level, kind))))
		end := min(size, uint64(len(b)))
		if end > uint64(long+8) {
			data := d.controlData(level, kind, b[long+8:end])
			one.Elems = append(one.Elems, member("cmsg_data", data))
		}
		v.Elems = append(v.Elems, one)
		if size < uint64(long+8) || size >= uint64(len(b)) {
			break
		}
		b = b[min((size+uint64(long)-1)/uint64(long)*uint64(long), uint64(len(b))):]
	}
	return v
}

// controlType names a control message: those of sockets have names of their
// own, others are called like the option that asks for them.
func (d *decoder) controlType(level string, kind uint64) string {
	if level == "SOL_SOCKET" {
		return d.arch.EnumText("scm", kind)
	}
	return d.arch.EnumText("sockopt."+level, kind)
}

func (d *decoder) controlData(level string, kind uint64, b []byte) event.Value {
	switch d.controlType(level, kind) {
	case "SCM_RIGHTS":
		v := event.Value{Kind: event.Array}
		for ; len(b) >= 4; b = b[4:] {
			v.Elems = append(v.Elems, intValue(int64(int32(word(b[:4])))))
		}
		return v
	case "SCM_CREDENTIALS":
		if len(b) >= 12 {
			return d.structure(findLayout(d.arch, "ucred"), b)
		}
	case "IP_TTL", "IP_TOS", "IPV6_HOPLIMIT", "IPV6_TCLASS":
		if len(b) >= 4 {
			return array(intValue(int64(int32(word(b[:4])))))
		}
	}
	return d.stringValue(b, false)
}
