package parser

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// ifreqText says which member of struct ifreq's union a request is about
// (netdevice(7), linux/if.h), in layoutText's types: MEMBER:TYPE REQUEST …
const ifreqText = `
ifr_addr:sockaddr*16       SIOCGIFADDR SIOCSIFADDR
ifr_dstaddr:sockaddr*16    SIOCGIFDSTADDR SIOCSIFDSTADDR
ifr_broadaddr:sockaddr*16  SIOCGIFBRDADDR SIOCSIFBRDADDR
ifr_netmask:sockaddr*16    SIOCGIFNETMASK SIOCSIFNETMASK
ifr_hwaddr:hwaddr*16       SIOCGIFHWADDR SIOCSIFHWADDR SIOCSIFHWBROADCAST SIOCADDMULTI SIOCDELMULTI
ifr_flags:flags2/ifreq_flags SIOCGIFFLAGS SIOCSIFFLAGS
ifr_ifindex:i4             SIOCGIFINDEX SIOCGIFNAME SIOCBRADDIF SIOCBRDELIF
ifr_metric:i4              SIOCGIFMETRIC SIOCSIFMETRIC
ifr_mtu:i4                 SIOCGIFMTU SIOCSIFMTU
ifr_qlen:i4                SIOCGIFTXQLEN SIOCSIFTXQLEN
ifr_map:struct/ifmap       SIOCGIFMAP SIOCSIFMAP
ifr_slave:name*16          SIOCGIFSLAVE SIOCSIFSLAVE
ifr_newname:name*16        SIOCSIFNAME
`

var ifreqMembers = sync.OnceValue(func() map[string]layoutField {
	m := map[string]layoutField{}
	for line := range strings.Lines(ifreqText) {
		words := strings.Fields(line)
		for i := 1; i < len(words); i++ {
			m[words[i]] = parseField(words[0])
		}
	}
	return m
})

// ifreqName is the length of an interface's name (IFNAMSIZ), after which the
// union begins.
const ifreqName = 16

// ifreqArg writes a struct ifreq: the name, and the member that the request is
// about, as far as the kernel has given it.
func ifreqArg(d *decoder, i int, a *abi.Arg) event.Value {
	request := abi.IoctlText(d.args[i-1])
	f, ok := ifreqMembers()[request]
	given, addr := d.in.exactly(d.args[i], uint64(a.Size)), d.args[i]
	if given == nil || !ok {
		return addrValue(addr)
	}
	union := given
	answered := a.Dir&abi.Out == 0
	if got := d.out.exactly(addr, uint64(a.Size)); got != nil && !d.failed {
		union, answered = got, true
	}
	name := member("ifr_name", d.interfaceMember("name", given[:ifreqName]))
	r := reading{d: d, b: union, off: ifreqName, long: d.long()}
	value, ok := r.field(&f)
	if !ok {
		return addrValue(addr)
	}
	value = member(f.name, value)
	v := event.Value{Kind: event.Struct}
	switch {
	case request == "SIOCBRADDIF" || request == "SIOCBRDELIF":
		v.Elems = []event.Value{value}
	case request == "SIOCGIFNAME":
		v.Elems = []event.Value{value}
		if answered {
			v.Elems = append(v.Elems, member("ifr_name", d.interfaceMember("name", union[:ifreqName])))
		}
	case answered:
		v.Elems = []event.Value{name, value}
	default:
		v.Elems = []event.Value{name}
	}
	return v
}

// interfaceMember writes a member of the structs of network interfaces.
func (d *decoder) interfaceMember(verb string, b []byte) event.Value {
	switch {
	case len(b) < 2:
		return event.Value{}
	case verb == "sockaddr":
		return d.sockAddr(b)
	case verb == "hwaddr":
		return d.hardwareAddr(b)
	}
	if end := bytes.IndexByte(b, 0); end >= 0 {
		return d.stringValue(b[:end], false)
	}
	return event.Value{Kind: event.String, Str: string(b[:len(b)-1]), Cut: true}
}

// hardwareAddr writes the address of a network device, as long as those of its
// kind are.
func (d *decoder) hardwareAddr(b []byte) event.Value {
	kind := d.arch.EnumText("arphrd", word(b[:2]))
	data := b[2:]
	if n := hardwareLengths()[kind]; n > 0 && n < len(data) {
		data = data[:n]
	}
	return event.Value{Kind: event.Struct, Elems: []event.Value{
		member("sa_family", constant(kind)), member("sa_data", colons(data)),
	}}
}

// hardwareLengths are the lengths of devices' addresses, from the headers of
// their protocols (ETH_ALEN, FDDI_K_ALEN, AX25_ADDR_LEN …).
var hardwareLengths = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for n, names := range [...]string{
		1: "ARCNET LOCALTLK CAIF MCTP PHONET PHONET_PIPE",
		2: "DLCI",
		4: "IPDDP IPGRE IRDA PIMREG SIT TUNNEL",
		5: "ROSE X25",
		6: "ETHER FDDI HIPPI IEEE802 IEEE80211 IEEE80211_PRISM IEEE80211_RADIOTAP LOOPBACK",
		7: "AX25 NETROM",
		8: "6LOWPAN EUI64 IEEE802154 IEEE802154_MONITOR VSOCKMON",
	} {
		for _, name := range strings.Fields(names) {
			m["ARPHRD_"+name] = n
		}
	}
	return m
})

// colons writes bytes as hardware addresses are written: 02:00:5e:10:00:01.
func colons(b []byte) event.Value {
	parts := make([]string, len(b))
	for i := range b {
		parts[i] = hex.EncodeToString(b[i : i+1])
	}
	return event.Value{Kind: event.Raw, Str: strings.Join(parts, ":")}
}

// ifconfArg writes the list of interfaces that SIOCGIFCONF gives, before whose
// length stands how much room there was.
func ifconfArg(d *decoder, i int, a *abi.Arg) event.Value {
	addr := d.args[i]
	given := d.in.exactly(addr, uint64(a.Size))
	if given == nil {
		return addrValue(addr)
	}
	size := d.long()*2 + ifreqName + 8 // sizeof(struct ifreq)
	if d.long() == 4 {
		size = 2 * ifreqName
	}
	room, buf := word(given[:4]), word(given[d.long():2*d.long()])
	length := bytesOf(room, size)
	got := d.out.exactly(addr, uint64(a.Size))
	if got == nil || d.failed {
		return event.Value{Kind: event.Struct, Elems: []event.Value{member("ifc_len", length), member("ifc_buf", addrValue(buf))}}
	}
	filled := word(got[:4])
	if buf == 0 {
		length = bytesOf(filled, size)
	} else if filled != room {
		after := bytesOf(filled, size)
		length.After = &after
	}
	list := d.arrayAt(d.out, buf, "ifconf_entry", filled/size, size)
	return event.Value{Kind: event.Struct, Elems: []event.Value{member("ifc_len", length), member("ifc_buf", list)}}
}

// bytesOf writes a length, and how many structs that is.
func bytesOf(n, size uint64) event.Value {
	v := intValue(int64(int32(n)))
	if v.Int > 0 && n%size == 0 {
		v.Comment = fmt.Sprintf("%d * sizeof(struct ifreq)", n/size)
	}
	return v
}
