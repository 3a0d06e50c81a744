package parser

import "testing"

// ifreq makes a struct ifreq of amd64.
func ifreq(name string, union ...any) []byte {
	b := make([]byte, 40)
	copy(b, name)
	copy(b[16:], packed(union...))
	return b
}

func TestInterfaces(t *testing.T) {
	const (
		getIndex, getFlags, getAddr, getName, getHWAddr, getConf = 0x8933, 0x8913, 0x8915, 0x8910, 0x8927, 0x8912
		setFlags, setName, setMap, addMulti, addBridge, ethtool  = 0x8914, 0x8923, 0x8971, 0x8931, 0x89a2, 0x8946
		nodev                                                    = -19
	)
	lo := packed(uint16(2), uint16(0), "\x7f\x00\x00\x01", make([]byte, 8))
	one := func(request uint64, in, out []byte, ret int64, want string) decodeTest {
		test := decodeTest{call: "ioctl", args: []uint64{3, request, 0x1000}, ret: ret, want: "ioctl(3, " + want}
		if in != nil {
			test.in = at(0x1000, in)
		}
		if out != nil {
			test.out = at(0x1000, out)
		}
		return test
	}
	for _, test := range []decodeTest{
		one(getIndex, ifreq("lo"), ifreq("lo", int32(1)), 0, `SIOCGIFINDEX, {ifr_name="lo", ifr_ifindex=1}) = 0`),
		one(getIndex, ifreq("none0"), nil, nodev, `SIOCGIFINDEX, {ifr_name="none0"}) = -1 ENODEV (No such device)`),
		one(getIndex, nil, nil, -14, `SIOCGIFINDEX, 0x1000) = -1 EFAULT (Bad address)`),
		one(getFlags, ifreq("lo"), ifreq("lo", uint16(0x49)), 0, `SIOCGIFFLAGS, {ifr_name="lo", ifr_flags=IFF_UP|IFF_LOOPBACK|IFF_RUNNING}) = 0`),
		one(getAddr, ifreq("lo"), ifreq("lo", lo), 0, `SIOCGIFADDR, {ifr_name="lo", ifr_addr={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}}) = 0`),
		one(getName, ifreq("", int32(1)), ifreq("lo", int32(1)), 0, `SIOCGIFNAME, {ifr_ifindex=1, ifr_name="lo"}) = 0`),
		one(getName, ifreq("", int32(9)), nil, nodev, `SIOCGIFNAME, {ifr_ifindex=9}) = -1 ENODEV (No such device)`),
		one(getHWAddr, ifreq("eth0"), ifreq("eth0", uint16(1), "\x02\xfc\x00\x00\x00\x01"), 0,
			`SIOCGIFHWADDR, {ifr_name="eth0", ifr_hwaddr={sa_family=ARPHRD_ETHER, sa_data=02:fc:00:00:00:01}}) = 0`),
		one(addMulti, ifreq("eth0", uint16(9), "\x02"), nil, nodev,
			`SIOCADDMULTI, {ifr_name="eth0", ifr_hwaddr={sa_family=0x9 /* ARPHRD_??? */, sa_data=02:00:00:00:00:00:00:00:00:00:00:00:00:00}}) = -1 ENODEV (No such device)`),
		one(setFlags, ifreq("aaaaaaaaaaaaaaaa"), nil, nodev, `SIOCSIFFLAGS, {ifr_name="aaaaaaaaaaaaaaa"..., ifr_flags=0}) = -1 ENODEV (No such device)`),
		one(setName, ifreq("a\nb\"", "new0"), nil, nodev, `SIOCSIFNAME, {ifr_name="a\nb\"", ifr_newname="new0"}) = -1 ENODEV (No such device)`),
		one(setMap, ifreq("lo", uint64(16), uint64(32), uint16(3), uint8(4), uint8(5), uint8(6)), nil, nodev,
			`SIOCSIFMAP, {ifr_name="lo", ifr_map={mem_start=0x10, mem_end=0x20, base_addr=0x3, irq=0x4, dma=0x5, port=0x6}}) = -1 ENODEV (No such device)`),
		one(addBridge, ifreq("", int32(2)), nil, -95, `SIOCBRADDIF, {ifr_ifindex=2}) = -1 EOPNOTSUPP (Operation not supported)`),
		one(ethtool, ifreq("lo"), nil, -14, `SIOCETHTOOL, 0x1000) = -1 EFAULT (Bad address)`),
		one(getConf, packed(int32(39), int32(0), uint64(0x2000)), packed(int32(0), int32(0), uint64(0x2000)), 0,
			`SIOCGIFCONF, {ifc_len=39 => 0, ifc_buf=[]}) = 0`),
		one(getConf, packed(int32(0), int32(0), uint64(0)), packed(int32(80), int32(0), uint64(0)), 0,
			`SIOCGIFCONF, {ifc_len=80 /* 2 * sizeof(struct ifreq) */, ifc_buf=NULL}) = 0`),
		one(getConf, packed(int32(80), int32(0), uint64(0x2000)), nil, -9,
			`SIOCGIFCONF, {ifc_len=80 /* 2 * sizeof(struct ifreq) */, ifc_buf=0x2000}) = -1 EBADF (Bad file descriptor)`),
		{call: "ioctl", args: []uint64{3, getConf, 0x1000}, in: at(0x1000, int32(320), int32(0), uint64(0x2000)),
			out: append(at(0x1000, int32(80), int32(0), uint64(0x2000)), at(0x2000, ifreq("lo", lo), ifreq("eth0", lo))...),
			want: `ioctl(3, SIOCGIFCONF, {ifc_len=320 /* 8 * sizeof(struct ifreq) */ => 80 /* 2 * sizeof(struct ifreq) */, ` +
				`ifc_buf=[{ifr_name="lo", ifr_addr={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}}, ` +
				`{ifr_name="eth0", ifr_addr={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}}]}) = 0`},
	} {
		test.run(t)
	}
}

func TestFileFlags(t *testing.T) {
	const getX, setX, getFlags, setFlags, fiemap, badf = 0x801c581f, 0x401c5820, 0x80086601, 0x40086602, 0xc020660b, -9
	xattr := packed(uint32(0x80000003), uint32(4), uint32(5), uint32(6), uint32(7), make([]byte, 8))
	ask := packed(uint64(0), ^uint64(0), uint32(1), uint32(0), uint32(2), uint32(0))
	got := packed(uint64(0), ^uint64(0), uint32(1), uint32(1), uint32(2), uint32(0))
	extent := packed(uint64(0), uint64(4096), uint64(8192), make([]byte, 16), uint32(0x801), make([]byte, 12))
	const asked = `ioctl(3, FS_IOC_FIEMAP, {fm_start=0, fm_length=18446744073709551615, fm_flags=FIEMAP_FLAG_SYNC, fm_extent_count=2}`
	args := func(request uint64) []uint64 { return []uint64{3, request, 0x1000} }
	for _, test := range []decodeTest{
		{call: "ioctl", args: args(getX), out: at(0x1000, xattr),
			want: `ioctl(3, FS_IOC_FSGETXATTR, {fsx_xflags=FS_XFLAG_REALTIME|FS_XFLAG_PREALLOC|FS_XFLAG_HASATTR, fsx_extsize=4, fsx_nextents=5, fsx_projid=0x6, fsx_cowextsize=7}) = 0`},
		{call: "ioctl", args: args(setX), in: at(0x1000, xattr), ret: badf,
			want: `ioctl(3, FS_IOC_FSSETXATTR, {fsx_xflags=FS_XFLAG_REALTIME|FS_XFLAG_PREALLOC|FS_XFLAG_HASATTR, fsx_extsize=4, fsx_projid=0x6, fsx_cowextsize=7}) = -1 EBADF (Bad file descriptor)`},
		{call: "ioctl", args: args(getFlags), out: at(0x1000, uint32(0x80010)), want: `ioctl(3, FS_IOC_GETFLAGS, [FS_IMMUTABLE_FL|FS_EXTENT_FL]) = 0`},
		{call: "ioctl", args: args(getFlags), ret: badf, want: `ioctl(3, FS_IOC_GETFLAGS, 0x1000) = -1 EBADF (Bad file descriptor)`},
		{call: "ioctl", args: args(setFlags), in: at(0x1000, uint32(0x1000000)), ret: badf,
			want: `ioctl(3, FS_IOC_SETFLAGS, [0x1000000 /* FS_???_FL */]) = -1 EBADF (Bad file descriptor)`},
		{call: "ioctl", args: args(fiemap), in: at(0x1000, ask), ret: badf, want: asked + `) = -1 EBADF (Bad file descriptor)`},
		{call: "ioctl", args: args(fiemap), in: at(0x1000, ask), out: at(0x1000, got, extent),
			want: asked + ` => {fm_flags=FIEMAP_FLAG_SYNC, fm_mapped_extents=1, ...}) = 0`},
		{call: "ioctl", args: args(fiemap), in: at(0x1000, ask), out: append(at(0x1000, got), at(0x1020, extent)...), verbose: true,
			want: asked + ` => {fm_flags=FIEMAP_FLAG_SYNC, fm_mapped_extents=1, fm_extents=[{fe_logical=0, fe_physical=4096, fe_length=8192, fe_flags=FIEMAP_EXTENT_LAST|FIEMAP_EXTENT_UNWRITTEN}]}) = 0`},
	} {
		test.run(t)
	}
}

// TestHostileInterfaces has lengths that there is no memory for.
func TestHostileInterfaces(t *testing.T) {
	for n, want := range map[int32]string{
		-1:      `ifc_len=-1, ifc_buf=0xffffffffffffffff`,
		41:      `ifc_len=41, ifc_buf=0xffffffffffffffff`,
		1 << 30: `ifc_len=1073741824, ifc_buf=0xffffffffffffffff`,
	} {
		mem := at(0x1000, n, int32(0), ^uint64(0))
		test := decodeTest{call: "ioctl", args: []uint64{3, 0x8912, 0x1000}, in: mem, out: mem, want: `ioctl(3, SIOCGIFCONF, {` + want + `}) = 0`}
		test.run(t)
	}
}
