package tracer

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSocketNames(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the lines are of a little-endian machine")
	}
	const v6, mapped = "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"
	for _, test := range []struct{ protocol, line, want string }{
		{"TCP", "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 77 1", "TCP:[127.0.0.1:8080]"},
		{"TCP", "1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000 0 0 78 1", "TCP:[127.0.0.1:8080->127.0.0.1:40000]"},
		{"TCPv6", "2: " + v6 + ":0050 " + v6 + ":1234 01 00000000:00000000 00:00000000 00000000 0 0 79 1", "TCPv6:[[::1]:80->[::1]:4660]"},
		{"TCPv6", "3: " + mapped + ":0050 " + mapped + ":1234 01 00000000:00000000 00:00000000 00000000 0 0 80 1", "TCPv6:[127.0.0.1:80->127.0.0.1:4660]"},
		{"UDP", "4: 0100007F:0035 0100007F:1234 01 00000000:00000000 00:00000000 00000000 0 0 81 2", "UDP:[127.0.0.1:53->127.0.0.1:4660]"},
	} {
		s, ok := parseSocketLine(test.line)
		if s.protocol = test.protocol; !ok || s.name() != test.want {
			t.Errorf("%s: %s %v, want %s", test.line, s.name(), ok, test.want)
		}
	}
}

// Lines of Linux 6.1; a path may have blanks, and what looks like an inode.
func TestUnixSockets(t *testing.T) {
	proc := t.TempDir()
	if err := os.MkdirAll(filepath.Join(proc, "net"), 0o755); err != nil {
		t.Fatal(err)
	}
	table := `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 34811 /run/a 34811 b
0000000000000000: 00000003 00000000 00000000 0001 03 34812 /run/a
0000000000000000: 00000002 00000000 00000000 0002 01 34813 @hidden name
0000000000000000: 00000002 00000000 00010000 0005 01 34814
0000000000000000: 00000002 00000000 00010000 0009 01 34815 /run/unheard-of
cut short: 1
`
	if err := os.WriteFile(filepath.Join(proc, "net/unix"), []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	got := slices.Collect(unixSockets(proc))
	want := []unixSocket{{true, "STREAM", 34811, "/run/a 34811 b"}, {false, "STREAM", 34812, "/run/a"}, {false, "DGRAM", 34813, "@hidden name"}, {true, "SEQPACKET", 34814, ""}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// diagMessage is an answer of sock_diag(7), with attributes.
func diagMessage(kind uint16, state byte, inode uint32, attributes ...[]uint32) (m []byte) {
	u16 := func(n uint16) { m = binary.NativeEndian.AppendUint16(m, n) }
	u32 := func(n uint32) { m = binary.NativeEndian.AppendUint32(m, n) }
	size := unix.SizeofNlMsghdr + 16
	for _, a := range attributes {
		size += unix.SizeofNlAttr + 4*(len(a)-1)
	}
	u32(uint32(size))
	u16(kind)
	u16(0)
	u32(0)
	u32(0)
	m = append(m, unix.AF_UNIX, unix.SOCK_STREAM, state, 0)
	u32(inode)
	u32(0)
	u32(0)
	for _, a := range attributes {
		u16(uint16(unix.SizeofNlAttr + 4*(len(a)-1)))
		u16(uint16(a[0]))
		for _, word := range a[1:] {
			u32(word)
		}
	}
	return m
}

func TestParseUnixDiag(t *testing.T) {
	const vfs, peer, icons = 1, 2, 3
	for _, test := range []struct {
		name string
		m    []byte
		want diagSocket
	}{
		{"peer", diagMessage(sockDiagByFamily, 1, 7, []uint32{peer, 8}), diagSocket{kind: 1, state: 1, inode: 7, peer: 8}},
		{"file", diagMessage(sockDiagByFamily, tcpListen, 7, []uint32{icons, 1, 2, 3}, []uint32{vfs, 99, 0xfe00000}), diagSocket{kind: 1, state: tcpListen, inode: 7, file: file{0xfe00000, 99}}},
		{"neither", diagMessage(sockDiagByFamily, 7, 7), diagSocket{kind: 1, state: 7, inode: 7}},
		{"an attribute that is too short", diagMessage(sockDiagByFamily, 7, 7, []uint32{vfs, 99}), diagSocket{kind: 1, state: 7, inode: 7}},
	} {
		if got, ok := parseUnixDiag(test.m); !ok || got != test.want {
			t.Errorf("%s: %+v %v, want %+v", test.name, got, ok, test.want)
		}
		for n := range len(test.m) {
			parseUnixDiag(test.m[:n]) // no length is too short
		}
	}
	if s, ok := parseUnixDiag(diagMessage(unix.NLMSG_DONE, 0, 0)); ok {
		t.Errorf("the end is taken for %+v", s)
	}
	two := append(diagMessage(sockDiagByFamily, 1, 7), diagMessage(sockDiagByFamily, 1, 8)...)
	if got := slices.Collect(netlinkMessages(two)); len(got) != 2 {
		t.Errorf("%d messages of 2", len(got))
	}
	if got := slices.Collect(netlinkMessages(two[:len(two)-1])); len(got) != 1 {
		t.Errorf("%d messages of one and a part", len(got))
	}
}

// A socket is known by the file that it is bound to, whatever became of its name.
func TestUnixBound(t *testing.T) {
	dir := t.TempDir()
	listen := func(name string) int {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		if err := unix.Bind(fd, &unix.SockaddrUnix{Name: filepath.Join(dir, name)}); err != nil {
			t.Fatal(err)
		}
		if err := unix.Listen(fd, 1); err != nil {
			t.Fatal(err)
		}
		return fd
	}
	fd := listen("temporary")
	listen("other")
	if err := os.Rename(filepath.Join(dir, "temporary"), filepath.Join(dir, "final")); err != nil {
		t.Fatal(err)
	}
	var own, st unix.Stat_t
	if err := unix.Fstat(fd, &own); err != nil {
		t.Fatal(err)
	}
	if err := unix.Stat(filepath.Join(dir, "final"), &st); err != nil {
		t.Fatal(err)
	}
	got := unixBound(fileOf(&st))
	if _, ok := got[own.Ino]; !ok || len(got) != 1 {
		t.Errorf("%v, want only %d", got, own.Ino)
	}
	if got := unixBound(file{st.Dev, st.Ino + 1<<20}); len(got) > 0 {
		t.Errorf("of no file: %v", got)
	}
}

func TestSocketAddress(t *testing.T) {
	for _, test := range []struct {
		raw  []byte
		want string
	}{
		{append(binary.NativeEndian.AppendUint16(nil, unix.AF_INET), 0x1f, 0x90, 127, 0, 0, 1), "127.0.0.1:8080"},
		{append(append(binary.NativeEndian.AppendUint16(nil, unix.AF_INET6), 0x1f, 0x90, 0, 0, 0, 0), netip.IPv6Loopback().AsSlice()...), "[::1]:8080"},
	} {
		if got, ok := socketAddress(test.raw); !ok || got.String() != test.want {
			t.Errorf("%v %v, want %s", got, ok, test.want)
		}
		if got, ok := socketAddress(test.raw[:len(test.raw)-1]); ok {
			t.Errorf("one byte less gives %v", got)
		}
	}
}
