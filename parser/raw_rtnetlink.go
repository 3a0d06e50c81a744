package parser

import (
	"net/netip"
	"strings"
	"sync"

	"github.com/stracex/stracex/event"
)

// routeText is what stands behind the header of a message about links, addresses
// or routes (rtnetlink(7), linux/rtnetlink.h): ABOUT LAYOUT SET, the struct's
// layout and the set of its attributes' names. Lines below it say of what type
// attributes are: TYPE ATTRIBUTE …, the type as in layoutText, or str, addr (of
// the message's family), hw.
const routeText = `
LINK  ifinfomsg ifla
  str   IFLA_IFNAME IFLA_QDISC IFLA_IFALIAS IFLA_ALT_IFNAME IFLA_PARENT_DEV_NAME IFLA_PARENT_DEV_BUS_NAME
  hw    IFLA_ADDRESS IFLA_BROADCAST IFLA_PERM_ADDRESS
  u1    IFLA_OPERSTATE IFLA_LINKMODE IFLA_CARRIER IFLA_PROTO_DOWN
  u4    IFLA_MTU IFLA_TXQLEN IFLA_GROUP IFLA_PROMISCUITY IFLA_NUM_TX_QUEUES IFLA_NUM_RX_QUEUES IFLA_GSO_MAX_SEGS IFLA_GSO_MAX_SIZE IFLA_GRO_MAX_SIZE IFLA_TSO_MAX_SIZE IFLA_TSO_MAX_SEGS IFLA_CARRIER_CHANGES IFLA_CARRIER_UP_COUNT IFLA_CARRIER_DOWN_COUNT IFLA_MIN_MTU IFLA_MAX_MTU IFLA_ALLMULTI IFLA_GSO_IPV4_MAX_SIZE IFLA_GRO_IPV4_MAX_SIZE IFLA_MASTER
  flags4/rtext_filter IFLA_EXT_MASK
  struct/rtnl_link_stats IFLA_STATS
  struct/rtnl_link_stats64 IFLA_STATS64
ADDR  ifaddrmsg ifa
  addr  IFA_ADDRESS IFA_LOCAL IFA_BROADCAST IFA_ANYCAST IFA_MULTICAST
  str   IFA_LABEL
  u4    IFA_RT_PRIORITY
  flags4/ifa_flag IFA_FLAGS
  struct/ifa_cacheinfo IFA_CACHEINFO
ROUTE rtmsg rta
  addr  RTA_DST RTA_SRC RTA_GATEWAY RTA_PREFSRC
  u4    RTA_IIF RTA_OIF RTA_PRIORITY RTA_MARK RTA_UID
  enum4/rt_table RTA_TABLE
  struct/rta_cacheinfo RTA_CACHEINFO
`

// routeKind is what messages are about.
type routeKind struct {
	layout, set string
	types       map[string]string // by attribute
}

var routeKinds = sync.OnceValue(func() map[string]routeKind {
	m := map[string]routeKind{}
	var last routeKind
	for line := range strings.Lines(strings.TrimSpace(routeText)) {
		words := strings.Fields(line)
		if !strings.HasPrefix(line, " ") {
			last = routeKind{words[1], words[2], map[string]string{}}
			m[words[0]] = last
			continue
		}
		for _, attribute := range words[1:] {
			last.types[attribute] = words[0]
		}
	}
	return m
})

// routePayload writes a message's struct and its attributes, nil when it is about
// something else or too short.
func (d *decoder) routePayload(kind string, b []byte) []event.Value {
	const verb = len("RTM_NEW")
	if d.netlink != "NETLINK_ROUTE" || len(kind) < verb {
		return nil
	}
	k, ok := routeKinds()[kind[verb:]]
	if !ok {
		return nil
	}
	r := reading{d: d, b: b, long: d.long()}
	head := r.structure(findLayout(d.arch, k.layout))
	if head.Cut {
		return nil
	}
	parts := []event.Value{head}
	if rest := b[min(r.off, uint64(len(b))):]; len(rest) > 0 {
		list := d.attributes(k, head.Elems[0].Str, rest)
		parts = append(parts, list)
		nameIndex(head.Elems, list.Elems)
	}
	return parts
}

// nameIndex writes an interface's index with its name, as strace does, when the
// message says that too; of others only the machine knows it.
func nameIndex(head, attributes []event.Value) {
	for _, a := range attributes {
		if len(a.Elems) != 2 || a.Elems[0].Field("nla_type").Str != "IFLA_IFNAME" || a.Elems[1].Kind != event.String {
			continue
		}
		for i := range head {
			if head[i].Name == "ifi_index" && head[i].Int > 0 {
				head[i] = member("ifi_index", call("if_nametoindex", a.Elems[1]))
			}
		}
		return
	}
}

// A struct nlattr has its length, with itself, and its type; the next one is
// aligned to four bytes. The two upper bits of the type are flags (linux/netlink.h).
const (
	attributeHead   = 4
	attributeNested = 0x8000
	attributeOrder  = 0x4000
)

// attributes writes a row of attributes, bytes when it is none.
func (d *decoder) attributes(k routeKind, family string, b []byte) event.Value {
	v := event.Value{Kind: event.Array}
	for rest := b; len(rest) > 0; {
		if len(rest) < attributeHead {
			return d.stringValue(b, false)
		}
		size := word(rest[:2])
		if size < attributeHead || size > uint64(len(rest)) || len(v.Elems) >= maxElems {
			return d.stringValue(b, false)
		}
		v.Elems = append(v.Elems, d.attribute(k, family, rest[:size]))
		rest = rest[min((size+3)&^3, uint64(len(rest))):]
	}
	if len(v.Elems) == 1 {
		return v.Elems[0]
	}
	return v
}

// attribute writes an attribute: its header, and its value if it has one.
func (d *decoder) attribute(k routeKind, family string, b []byte) event.Value {
	kind := word(b[2:4])
	name := d.arch.EnumText(k.set, kind&^(attributeNested|attributeOrder))
	value := d.attributeValue(k.types[name], family, b[attributeHead:])
	if kind&attributeOrder != 0 {
		name = "NLA_F_NET_BYTEORDER|" + name
	}
	if kind&attributeNested != 0 {
		name = "NLA_F_NESTED|" + name
	}
	head := event.Value{Kind: event.Struct, Elems: []event.Value{
		member("nla_len", uintValue(word(b[:2]))), member("nla_type", constant(name)),
	}}
	if len(b) == attributeHead {
		return head
	}
	return event.Value{Kind: event.Array, Elems: []event.Value{head, value}}
}

// attributeValue writes a value of a type as in routeText: bytes when the type
// is not known, or has another length.
func (d *decoder) attributeValue(kind, family string, b []byte) event.Value {
	switch {
	case kind == "str":
		text, _ := strings.CutSuffix(string(b), "\x00")
		return d.stringValue([]byte(text), false)
	case kind == "hw":
		return colons(b)
	case kind == "addr" && family == "AF_INET" && len(b) == 4:
		return inAddr(b)
	case kind == "addr" && family == "AF_INET6" && len(b) == 16:
		ip, _ := netip.AddrFromSlice(b)
		return call("inet_pton", event.Value{Kind: event.Symbol, Str: family}, event.Value{Kind: event.String, Str: ip.String()})
	case kind == "" || kind == "addr":
		return d.stringValue(b, false)
	}
	f := parseField("value:" + kind)
	r := reading{d: d, b: b, long: d.long()}
	if v, ok := r.field(&f); ok && !v.Cut {
		return v
	}
	return d.stringValue(b, false)
}
