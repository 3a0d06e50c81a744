package parser

import (
	"bytes"
	"net/netip"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// maxSockAddr is sizeof(struct sockaddr_storage).
const maxSockAddr = 128

func sockAddrArg(d *decoder, i int, a *abi.Arg) event.Value {
	if a.Dir&abi.InOut != abi.Out {
		return d.sockAddrAt(d.in, d.args[i], d.length(a))
	}
	if d.failed {
		return addrValue(d.args[i])
	}
	// The kernel gives the length that the address has, not how much of it it
	// had room for.
	n := d.length(a)
	if room, ok := d.in.number(d.args[a.Len], 4); ok {
		n = min(n, room)
	}
	return d.sockAddrAt(d.out, d.args[i], n)
}

// sockAddrAt writes a socket address of n bytes, or where it is.
func (d *decoder) sockAddrAt(m memory, addr, n uint64) event.Value {
	n = min(n, maxSockAddr)
	b := m.exactly(addr, n)
	if n < 2 || b == nil {
		return addrValue(addr)
	}
	return d.sockAddr(b)
}

// sockAddrs write the addresses of one family each; they return nil when there
// are too few bytes for one.
var sockAddrs = map[string]func(d *decoder, b []byte) []event.Value{
	"AF_UNIX": unixAddr, "AF_INET": inetAddr, "AF_INET6": inet6Addr,
	"AF_NETLINK": netlinkAddr, "AF_PACKET": packetAddr,
}

func (d *decoder) sockAddr(b []byte) event.Value {
	family := d.arch.EnumText("domain", word(b[:2]))
	v := event.Value{Kind: event.Struct, Elems: []event.Value{member("sa_family", constant(family))}}
	if len(b) == 2 {
		return v
	}
	if f := sockAddrs[family]; f != nil {
		if members := f(d, b); members != nil {
			v.Elems = append(v.Elems, members...)
			return v
		}
	}
	v.Elems = append(v.Elems, event.Value{Kind: event.String, Name: "sa_data", Str: string(b[2:])})
	return v
}

// call makes a Func.
func call(name string, args ...event.Value) event.Value {
	return event.Value{Kind: event.Func, Str: name, Elems: args}
}

// bigEndian reads a number in the order of the network.
func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

func port(b []byte) event.Value { return call("htons", uintValue(bigEndian(b))) }

// unixAddr writes a path; a name in the abstract space begins with a NUL and
// goes to the address's end.
func unixAddr(_ *decoder, b []byte) []event.Value {
	path := b[2:]
	if path[0] != 0 {
		if i := bytes.IndexByte(path, 0); i >= 0 {
			path = path[:i]
		}
	}
	return []event.Value{{Kind: event.String, Name: "sun_path", Str: string(path)}}
}

func inetAddr(_ *decoder, b []byte) []event.Value {
	if len(b) < 16 {
		return nil
	}
	return []event.Value{member("sin_port", port(b[2:4])), member("sin_addr", inAddr(b[4:8]))}
}

// inAddr writes an IPv4 address.
func inAddr(b []byte) event.Value {
	ip, _ := netip.AddrFromSlice(b)
	return call("inet_addr", event.Value{Kind: event.String, Str: ip.String()})
}

// in6Addr writes an IPv6 address that the member of a struct holds.
func in6Addr(b []byte, name string) event.Value {
	ip, _ := netip.AddrFromSlice(b)
	text := ip.String()
	if ip.Is4In6() {
		text = "::ffff:" + ip.Unmap().String()
	}
	return call("inet_pton",
		event.Value{Kind: event.Symbol, Str: "AF_INET6"},
		event.Value{Kind: event.String, Str: text},
		event.Value{Kind: event.Symbol, Str: "&" + name})
}

func inet6Addr(_ *decoder, b []byte) []event.Value {
	if len(b) < 24 {
		return nil
	}
	members := []event.Value{
		member("sin6_port", port(b[2:4])),
		member("sin6_flowinfo", call("htonl", uintValue(bigEndian(b[4:8])))),
		in6Addr(b[8:24], "sin6_addr"),
	}
	if len(b) >= 28 {
		members = append(members, member("sin6_scope_id", uintValue(word(b[24:28]))))
	}
	return members
}

func netlinkAddr(_ *decoder, b []byte) []event.Value {
	if len(b) < 12 {
		return nil
	}
	groups := addrValue(word(b[8:12]))
	if groups.Int == 0 {
		groups = octalValue(0) // strace writes 00000000
	}
	return []event.Value{
		member("nl_pid", intValue(int64(int32(word(b[4:8]))))),
		member("nl_groups", groups),
	}
}

func packetAddr(d *decoder, b []byte) []event.Value {
	if len(b) < 12 {
		return nil
	}
	n := min(int(b[11]), len(b)-12)
	addr := event.Value{Kind: event.Array, Name: "sll_addr"}
	for _, c := range b[12 : 12+n] {
		addr.Elems = append(addr.Elems, hexValue(uint64(c)))
	}
	return []event.Value{
		member("sll_protocol", call("htons", constant(d.arch.EnumText("eth_p", bigEndian(b[2:4]))))),
		member("sll_ifindex", intValue(int64(int32(word(b[4:8]))))),
		member("sll_hatype", uintValue(word(b[8:10]))),
		member("sll_pkttype", uintValue(uint64(b[10]))),
		member("sll_halen", uintValue(uint64(b[11]))),
		addr,
	}
}

func sockOptArg(d *decoder, i int, _ *abi.Arg) event.Value {
	return constant(d.arch.EnumText(d.optionSet(i), d.args[i]))
}

// optionSet is the set that an option of the level before it is of.
func (d *decoder) optionSet(i int) string {
	return "sockopt." + d.arch.EnumText(d.desc.Args[i-1].Set, d.args[i-1])
}

// optVals write the values that are no numbers. They return None when there
// are too few bytes.
var optVals = map[string]func(d *decoder, b []byte) event.Value{
	"SO_LINGER":                structOption("linger", 8),
	"SO_PEERCRED":              structOption("ucred", 12),
	"SO_ATTACH_FILTER":         filterOption,
	"SO_ATTACH_REUSEPORT_CBPF": filterOption,
	"IP_ADD_MEMBERSHIP":        groupOption,
	"IP_DROP_MEMBERSHIP":       groupOption,
}

func structOption(name string, size int) func(d *decoder, b []byte) event.Value {
	return func(d *decoder, b []byte) event.Value {
		if len(b) < size {
			return event.Value{}
		}
		return d.structure(findLayout(d.arch, name), b)
	}
}

// filterOption writes a struct sock_fprog (socket(7)).
func filterOption(d *decoder, b []byte) event.Value {
	if uint64(len(b)) < 2*d.long() {
		return event.Value{}
	}
	return filterShape(d, d.structure(findLayout(d.arch, "sock_fprog"), b), b)
}

// groupOption writes a struct ip_mreq (ip(7)).
func groupOption(_ *decoder, b []byte) event.Value {
	if len(b) < 8 {
		return event.Value{}
	}
	return event.Value{Kind: event.Struct, Elems: []event.Value{
		member("imr_multiaddr", inAddr(b[:4])), member("imr_interface", inAddr(b[4:8])),
	}}
}

func optValArg(d *decoder, i int, a *abi.Arg) event.Value {
	n, m := d.length(a), d.seen(a)
	if a.Dir&abi.InOut == abi.Out && d.failed || d.args[i] == 0 || int32(n) < 0 {
		return addrValue(d.args[i])
	}
	b := m.exactly(d.args[i], n)
	if b == nil {
		return d.bufferAt(m, d.args[i], n)
	}
	name := d.arch.EnumText(d.optionSet(i-1), d.args[i-1])
	if f := optVals[name]; f != nil {
		if v := f(d, b); v.Kind != event.None {
			return v
		}
	}
	if len(b) == 4 && !textOptions[name] {
		return array(intValue(int64(int32(word(b)))))
	}
	return d.stringValue(b, false)
}

// textOptions are those whose value is text, whatever its length.
var textOptions = map[string]bool{"SO_BINDTODEVICE": true, "TCP_CONGESTION": true, "TCP_ULP": true}
