package replay

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func addr(text string) netip.AddrPort {
	if text == "" {
		return netip.AddrPort{}
	}
	return netip.MustParseAddrPort(text)
}

// The names are those of strace 6.1 -yy, and of captures.
func TestParseSocketName(t *testing.T) {
	unix := func(own, other uint64, local string) socketName {
		return socketName{family: "AF_UNIX", own: end{inode: own}, other: end{inode: other}, local: local}
	}
	inet := func(family string, udp bool, local, peer string) socketName {
		n := socketName{family: family, local: local, peer: peer}
		if peer != "" {
			l, r := addr(local), addr(peer)
			n.own, n.other = end{udp: udp, local: l, remote: r}, end{udp: udp, local: r, remote: l}
		}
		return n
	}
	for text, want := range map[string]socketName{
		`UNIX-STREAM:[4718197]`:                             unix(4718197, 0, ""),
		`UNIX-STREAM:[4718202->4718201]`:                    unix(4718202, 4718201, ""),
		`UNIX-STREAM:[4718201->4718202,"s.sock"]`:           unix(4718201, 4718202, "unix:s.sock"),
		`UNIX-DGRAM:[7,"/run/a b,c]\"->8\n"]`:               unix(7, 0, "unix:/run/a b,c]\"->8\n"),
		`UNIX-SEQPACKET:[7->8,@"hidden"]`:                   unix(7, 8, "unix:@hidden"),
		`UNIX-STREAM:[7,"@hidden"]`:                         unix(7, 0, "unix:@hidden"),
		`UNIX:[7->8]`:                                       unix(7, 8, ""),
		`TCP:[127.0.0.1:51641]`:                             inet("AF_INET", false, "127.0.0.1:51641", ""),
		`TCP:[127.0.0.1:51641->127.0.0.1:42654]`:            inet("AF_INET", false, "127.0.0.1:51641", "127.0.0.1:42654"),
		`UDP:[127.0.0.1:53->127.0.0.1:42654]`:               inet("AF_INET", true, "127.0.0.1:53", "127.0.0.1:42654"),
		`TCPv6:[[::1]:80->[::1]:42654]`:                     inet("AF_INET6", false, "[::1]:80", "[::1]:42654"),
		`TCPv6:[[::ffff:10.0.0.1]:80->[::ffff:10.0.0.2]:9]`: inet("AF_INET6", false, "10.0.0.1:80", "10.0.0.2:9"),
		`UDPv6:[[fe80::1%eth0]:80]`:                         inet("AF_INET6", true, "[fe80::1]:80", ""),
	} {
		got, ok := parseSocketName(text)
		want.kind = kindOf(text[:strings.Index(text, ":[")])
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(socketName{}, end{}), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); !ok || diff != "" {
			t.Errorf("%s: %v\n%s", text, ok, diff)
		}
	}
	for _, text := range []string{"", "TCP:[", "TCP:[4719638]", "TCP:[x]", "UNIX-STREAM:[]", "UNIX-STREAM:[-1]", "UNIX-STREAM:[0]", "socket:[77]",
		"NETLINK:[ROUTE:77]", `UNIX-STREAM:["x"]`, "UNIX-STREAM:[7", "TCP:[127.0.0.1->]"} {
		if got, ok := parseSocketName(text); ok {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

func TestKindOfSocket(t *testing.T) {
	for protocol, want := range map[string]string{"TCP": "SOCK_STREAM", "TCPv6": "SOCK_STREAM", "UDP": "SOCK_DGRAM", "UDPv6": "SOCK_DGRAM",
		"UNIX-DGRAM": "SOCK_DGRAM", "UNIX-SEQPACKET": "SOCK_SEQPACKET", "UNIX": ""} {
		if got := kindOf(protocol); got != want {
			t.Errorf("%s: %q, want %q", protocol, got, want)
		}
	}
}

// Whatever is in a trace, the two ends are told apart, and an end has a name.
func FuzzParseSocketName(f *testing.F) {
	for _, text := range []string{`UNIX-STREAM:[1->2,"s"]`, "TCP:[127.0.0.1:1->127.0.0.1:2]", "UDPv6:[[::1%x]:1->[::1]:2]", `UNIX:[1->2,@"\x00"]`, `UNIX-STREAM:[REAM:1->2,s""]`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := parseSocketName(text)
		if !ok && n.other != (end{}) || ok && n.other != (end{}) && n.own == (end{}) {
			t.Errorf("%q gives %+v, %v", text, n, ok)
		}
		if ok && n.family == "" {
			t.Errorf("%q is of no family", text)
		}
	})
}
