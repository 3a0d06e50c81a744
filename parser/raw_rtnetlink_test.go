package parser

import (
	"testing"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// attributeBytes makes a nlattr, padded.
func attributeBytes(kind uint16, parts ...any) []byte {
	b := packed(parts...)
	b = packed(uint16(4+len(b)), kind, b)
	return append(b, make([]byte, -len(b)&3)...)
}

// TestRouteNetlink compares messages with what strace 6.1 prints for them.
func TestRouteNetlink(t *testing.T) {
	link := func(index int32) []byte {
		return packed(uint8(0), uint8(0), uint16(772), index, uint32(0x10049), uint32(0))
	}
	address := func(family, prefix uint8) []byte { return packed(family, prefix, uint8(0x80), uint8(254), uint32(1)) }
	const lo = `{ifi_family=AF_UNSPEC, ifi_type=ARPHRD_LOOPBACK, ifi_index=if_nametoindex("lo"), ifi_flags=IFF_UP|IFF_LOOPBACK|IFF_RUNNING|IFF_LOWER_UP, ifi_change=0}`
	for _, test := range []struct {
		kind uint16
		body []byte
		want string // behind the header
	}{
		{18, packed(link(0)[:2], uint16(0), make([]byte, 12), attributeBytes(29, uint32(1))),
			`{ifi_family=AF_UNSPEC, ifi_type=ARPHRD_NETROM, ifi_index=0, ifi_flags=0, ifi_change=0}, [{nla_len=8, nla_type=IFLA_EXT_MASK}, RTEXT_FILTER_VF]`},
		{16, packed(link(1), attributeBytes(3, "lo\x00"), attributeBytes(4, uint32(65536)), attributeBytes(16, uint8(6)), attributeBytes(1, "\x02\xfc\x00\x00\x00\x01")), lo +
			`, [[{nla_len=7, nla_type=IFLA_IFNAME}, "lo"], [{nla_len=8, nla_type=IFLA_MTU}, 65536], [{nla_len=5, nla_type=IFLA_OPERSTATE}, 6], [{nla_len=10, nla_type=IFLA_ADDRESS}, 02:fc:00:00:00:01]]`},
		{20, packed(address(2, 8), attributeBytes(1, "\x7f\x00\x00\x01"), attributeBytes(8, uint32(0x80)), attributeBytes(6, ^uint32(0), ^uint32(0), uint32(21), uint32(22))),
			`{ifa_family=AF_INET, ifa_prefixlen=8, ifa_flags=IFA_F_PERMANENT, ifa_scope=RT_SCOPE_HOST, ifa_index=1}, [[{nla_len=8, nla_type=IFA_ADDRESS}, inet_addr("127.0.0.1")], ` +
				`[{nla_len=8, nla_type=IFA_FLAGS}, IFA_F_PERMANENT], [{nla_len=20, nla_type=IFA_CACHEINFO}, {ifa_prefered=4294967295, ifa_valid=4294967295, cstamp=21, tstamp=22}]]`},
		{20, packed(address(10, 128), attributeBytes(1, make([]byte, 15), uint8(1))),
			`{ifa_family=AF_INET6, ifa_prefixlen=128, ifa_flags=IFA_F_PERMANENT, ifa_scope=RT_SCOPE_HOST, ifa_index=1}, [{nla_len=20, nla_type=IFA_ADDRESS}, inet_pton(AF_INET6, "::1")]`},
		{22, packed(address(2, 8)), `{ifa_family=AF_INET, ifa_prefixlen=8, ifa_flags=IFA_F_PERMANENT, ifa_scope=RT_SCOPE_HOST, ifa_index=1}`},
		{24, packed(uint8(2), uint8(24), uint8(0), uint8(0), uint8(254), uint8(2), uint8(253), uint8(1), uint32(0), attributeBytes(15, uint32(254)), attributeBytes(1, "\xc0\x00\x02\x00")),
			`{rtm_family=AF_INET, rtm_dst_len=24, rtm_src_len=0, rtm_tos=0, rtm_table=RT_TABLE_MAIN, rtm_protocol=RTPROT_KERNEL, rtm_scope=RT_SCOPE_LINK, rtm_type=RTN_UNICAST, rtm_flags=0}, ` +
				`[[{nla_len=8, nla_type=RTA_TABLE}, RT_TABLE_MAIN], [{nla_len=8, nla_type=RTA_DST}, inet_addr("192.0.2.0")]]`},
		// An attribute of another length than its type has, without a value, nested; one that is no attribute.
		{22, packed(address(2, 8), attributeBytes(1, "abc"), attributeBytes(2), attributeBytes(0x8063, uint8(1))),
			`{ifa_family=AF_INET, ifa_prefixlen=8, ifa_flags=IFA_F_PERMANENT, ifa_scope=RT_SCOPE_HOST, ifa_index=1}, ` +
				`[[{nla_len=7, nla_type=IFA_ADDRESS}, "abc"], {nla_len=4, nla_type=IFA_LOCAL}, [{nla_len=5, nla_type=NLA_F_NESTED|0x63 /* IFA_??? */}, "\1"]]`},
		{22, packed(address(2, 8), uint16(3), uint16(1)), `{ifa_family=AF_INET, ifa_prefixlen=8, ifa_flags=IFA_F_PERMANENT, ifa_scope=RT_SCOPE_HOST, ifa_index=1}, "\3\0\1\0"`},
		{22, []byte{2}, `"\2"`},
		{28, []byte{2}, `"\2"`},
	} {
		d := &decoder{arch: abi.AMD64, netlink: "NETLINK_ROUTE"}
		v, ok := d.netlinkMessages(netlinkBytes(test.kind, 0, test.body...), false)
		v.Elems = v.Elems[min(1, len(v.Elems)):]
		if got := string(event.AppendValue(nil, v, event.Format{})); !ok || got != "["+test.want+"]" {
			t.Errorf("got  %s\nwant [%s]", got, test.want)
		}
		sent := decodeTest{call: "sendto", args: []uint64{3, 0x1000, uint64(16 + len(test.body)), 0, 0, 0}, in: at(0x1000, netlinkBytes(test.kind, 0, test.body...)), ret: 16}
		sent.checkNetlink(t)
	}
}

// checkNetlink reads the text of a message, whole and cut, again.
func (test *decodeTest) checkNetlink(t *testing.T) {
	t.Helper()
	message := test.in[0].Data
	for n := range len(message) {
		test.in[0].Data = message[:len(message)-n]
		d := newDecoder(test.enter())
		d.netlink = "NETLINK_ROUTE"
		first := d.values()
		text := string(event.AppendValue(nil, first[1], event.Format{}))
		if got := string(event.AppendValue(nil, notation(text), event.Format{})); got != text {
			t.Errorf("%s\nis read as %s", text, got)
		}
	}
}
