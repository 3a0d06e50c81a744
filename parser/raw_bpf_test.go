package parser

import (
	"testing"

	"github.com/stracex/stracex/abi"
)

func TestBPF(t *testing.T) {
	const mapCreate, lookup, update, deleteElem, nextKey, load, objGet, detach, nextID, info, token = 0, 1, 2, 3, 4, 5, 7, 9, 11, 15, 36
	const inval = -22
	hash := packed(uint32(1), uint32(4), uint32(8), uint32(16), uint32(4), uint32(0), uint32(3), name16("counts"), uint32(0))
	const created = `map_type=BPF_MAP_TYPE_HASH, key_size=4, value_size=8, max_entries=16`
	element := packed(int32(3), uint32(0), uint64(0x2000), uint64(0x3000), uint64(4))
	steps := packed("\xb7\x00", int16(0), int32(1), "\x15\x21", int16(-2), int32(-1), "\x95\x00", int16(0), int32(0))
	program := packed(uint32(1), uint32(3), uint64(0x2000), uint64(0x3000), uint32(1), uint32(256), uint64(0x4000), uint32(0x050403), uint32(0x80000000), name16("prog"))
	const loaded = `license="GPL", log_level=1, log_size=256, log_buf="no\n", kern_version=KERNEL_VERSION(5, 4, 3), prog_flags=0x80000000 /* BPF_F_??? */, prog_name="prog"}, 64) = -1 EINVAL (Invalid argument)`
	args := func(command, size uint64) []uint64 { return []uint64{command, 0x1000, size} }
	for _, test := range []decodeTest{
		{call: "bpf", args: args(mapCreate, 48), in: at(0x1000, hash), ret: 3,
			want: `bpf(BPF_MAP_CREATE, {` + created + `, map_flags=BPF_F_NUMA_NODE, inner_map_fd=0, numa_node=3, map_name="counts", map_ifindex=0}, 48) = 3`},
		{call: "bpf", args: args(mapCreate, 4), in: at(0x1000, hash[:4]), ret: inval,
			want: `bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_HASH, key_size=0, value_size=0, max_entries=0}, 4) = -1 EINVAL (Invalid argument)`},
		{call: "bpf", args: args(mapCreate, 5000), in: at(0x1000, make([]byte, 4096)), ret: inval, want: `bpf(BPF_MAP_CREATE, 0x1000, 5000) = -1 EINVAL (Invalid argument)`},
		{call: "bpf", args: args(mapCreate, 0), ret: inval, want: `bpf(BPF_MAP_CREATE, 0x1000, 0) = -1 EINVAL (Invalid argument)`},
		{call: "bpf", args: args(lookup, 32), in: at(0x1000, element), want: `bpf(BPF_MAP_LOOKUP_ELEM, {map_fd=3, key=0x2000, value=0x3000, flags=BPF_F_LOCK}, 32) = 0`},
		{call: "bpf", args: args(lookup, 24), in: at(0x1000, element), want: `bpf(BPF_MAP_LOOKUP_ELEM, {map_fd=3, key=0x2000, value=0x3000}, 24) = 0`},
		{call: "bpf", args: args(update, 24), in: at(0x1000, element[:24]), want: `bpf(BPF_MAP_UPDATE_ELEM, {map_fd=3, key=0x2000, value=0x3000, flags=BPF_ANY}, 24) = 0`},
		{call: "bpf", args: args(deleteElem, 16), in: at(0x1000, element), want: `bpf(BPF_MAP_DELETE_ELEM, {map_fd=3, key=0x2000}, 16) = 0`},
		{call: "bpf", args: args(nextKey, 24), in: at(0x1000, element), want: `bpf(BPF_MAP_GET_NEXT_KEY, {map_fd=3, key=0x2000, next_key=0x3000}, 24) = 0`},
		{call: "bpf", args: args(objGet, 16), in: append(at(0x1000, uint64(0x2000), int32(0), uint32(8)), at(0x2000, "/sys/fs/bpf/x\x00")...), ret: -2,
			want: `bpf(BPF_OBJ_GET, {pathname="/sys/fs/bpf/x", bpf_fd=0, file_flags=BPF_F_RDONLY}, 16) = -1 ENOENT (No such file or directory)`},
		{call: "bpf", args: args(detach, 16), in: at(0x1000, int32(3), int32(4), uint32(2), uint32(7)), ret: inval,
			want: `bpf(BPF_PROG_DETACH, {target_fd=3, attach_type=BPF_CGROUP_INET_SOCK_CREATE, ...}, 16) = -1 EINVAL (Invalid argument)`},
		{call: "bpf", args: args(detach, 16), in: at(0x1000, int32(3), int32(4), uint32(2), uint32(7)), ret: inval, verbose: true,
			want: `bpf(BPF_PROG_DETACH, {target_fd=3, attach_type=BPF_CGROUP_INET_SOCK_CREATE, extra_data="\x07\x00\x00\x00" /* bytes 12..15 */}, 16) = -1 EINVAL (Invalid argument)`},
		{call: "bpf", args: args(nextID, 8), in: at(0x1000, uint64(0)), out: at(0x1000, uint32(0), uint32(97)), want: `bpf(BPF_PROG_GET_NEXT_ID, {start_id=0, next_id=0 => 97}, 8) = 0`},
		{call: "bpf", args: args(info, 16), in: at(0x1000, int32(3), uint32(88), uint64(0x2000)), want: `bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=3, info_len=88, info=0x2000}}, 16) = 0`},
		{call: "bpf", args: args(token, 8), in: at(0x1000, uint64(1)), ret: inval, want: `bpf(BPF_TOKEN_CREATE, 0x1000, 8) = -1 EINVAL (Invalid argument)`},
		{call: "bpf", args: args(load, 64), in: append(at(0x1000, program), append(at(0x2000, steps), at(0x3000, "GPL\x00")...)...), out: at(0x4000, "no\n\x00"), ret: inval,
			want: `bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=3, insns=0x2000, ` + loaded},
		{call: "bpf", args: args(load, 64), in: append(at(0x1000, program), append(at(0x2000, steps), at(0x3000, "GPL\x00")...)...), out: at(0x4000, "no\n\x00"), ret: inval, verbose: true,
			want: `bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=3, insns=[{code=BPF_ALU64|BPF_K|BPF_MOV, dst_reg=BPF_REG_0, src_reg=BPF_REG_0, off=0, imm=0x1}, ` +
				`{code=BPF_JMP|BPF_K|BPF_JEQ, dst_reg=BPF_REG_1, src_reg=BPF_REG_2, off=-2, imm=0xffffffff}, ` +
				`{code=BPF_JMP|BPF_K|BPF_EXIT, dst_reg=BPF_REG_0, src_reg=BPF_REG_0, off=0, imm=0}], ` + loaded},
	} {
		test.run(t)
	}
}

// TestBPFCode compares operations with what strace 6.1 prints for them.
func TestBPFCode(t *testing.T) {
	d := decoder{arch: abi.AMD64}
	for code, want := range map[uint64]string{
		0x18: "BPF_LD|BPF_DW|BPF_IMM",
		0x63: "BPF_STX|BPF_W|BPF_MEM",
		0xdb: "BPF_STX|BPF_DW|BPF_XADD",
		0x85: "BPF_JMP|BPF_K|BPF_CALL",
		0xd4: "BPF_ALU|BPF_K|BPF_END",
		0xff: "BPF_ALU64|BPF_X|0xf0 /* BPF_??? */",
		0x81: "BPF_LDX|BPF_W|0x80 /* BPF_??? */",
	} {
		if got := d.bpfCode(code); got != want {
			t.Errorf("%#x: got %s, want %s", code, got, want)
		}
	}
}
