package parser

import (
	"fmt"
	"strings"
	"sync"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// bpfText are the structs in union bpf_attr, by command (bpf(2), linux/bpf.h), in
// layoutText's types. "?" stands before a member that is written only when the
// program's struct is long enough for it: the union has grown over the years.
// Holes are written out, as 64-bit members are aligned on all architectures.
const bpfText = `
BPF_MAP_CREATE map_type:enum4/bpf_map_type key_size:u4 value_size:u4 max_entries:u4 ?map_flags:flags4/bpf_map_flags ?inner_map_fd:i4 ?numa_node:u4 ?map_name:name*16 ?map_ifindex:u4 ?btf_fd:i4 ?btf_key_type_id:u4 ?btf_value_type_id:u4 ?btf_vmlinux_value_type_id:u4 ?map_extra:u8
BPF_MAP_LOOKUP_ELEM map_fd:i4 _:u4 key:ptr8 value:ptr8 ?flags:enum8/bpf_elem_flags
BPF_MAP_LOOKUP_AND_DELETE_ELEM map_fd:i4 _:u4 key:ptr8 value:ptr8 ?flags:enum8/bpf_elem_flags
BPF_MAP_UPDATE_ELEM map_fd:i4 _:u4 key:ptr8 value:ptr8 flags:enum8/bpf_elem_flags
BPF_MAP_DELETE_ELEM map_fd:i4 _:u4 key:ptr8
BPF_MAP_GET_NEXT_KEY map_fd:i4 _:u4 key:ptr8 next_key:ptr8
BPF_MAP_FREEZE map_fd:i4
BPF_PROG_LOAD prog_type:enum4/bpf_prog_type insn_cnt:u4 insns:ptr8 license:ptr8 ?log_level:u4 ?log_size:u4 ?log_buf:ptr8 ?kern_version:u4 ?prog_flags:flags4/bpf_prog_flags ?prog_name:name*16 ?prog_ifindex:u4 ?expected_attach_type:enum4/bpf_attach_type ?prog_btf_fd:i4 ?func_info_rec_size:u4 ?func_info:ptr8 ?func_info_cnt:u4 ?line_info_rec_size:u4 ?line_info:ptr8 ?line_info_cnt:u4 ?attach_btf_id:u4 ?attach_prog_fd:i4 ?_:u4 ?fd_array:ptr8
BPF_OBJ_PIN pathname:ptr8 bpf_fd:i4 ?file_flags:flags4/bpf_file_flags
BPF_OBJ_GET pathname:ptr8 bpf_fd:i4 ?file_flags:flags4/bpf_file_flags
BPF_PROG_ATTACH target_fd:i4 attach_bpf_fd:i4 attach_type:enum4/bpf_attach_type attach_flags:flags4/bpf_attach_flags ?replace_bpf_fd:i4
BPF_PROG_DETACH target_fd:i4 _:u4 attach_type:enum4/bpf_attach_type
BPF_PROG_GET_NEXT_ID start_id:u4 next_id:u4 ?open_flags:flags4/bpf_file_flags
BPF_MAP_GET_NEXT_ID start_id:u4 next_id:u4 ?open_flags:flags4/bpf_file_flags
BPF_BTF_GET_NEXT_ID start_id:u4 next_id:u4 ?open_flags:flags4/bpf_file_flags
BPF_LINK_GET_NEXT_ID start_id:u4 next_id:u4 ?open_flags:flags4/bpf_file_flags
BPF_PROG_GET_FD_BY_ID prog_id:u4 next_id:u4 ?open_flags:flags4/bpf_file_flags
BPF_MAP_GET_FD_BY_ID map_id:u4 next_id:u4 ?open_flags:flags4/bpf_file_flags
BPF_BTF_GET_FD_BY_ID btf_id:u4
BPF_LINK_GET_FD_BY_ID link_id:u4
BPF_OBJ_GET_INFO_BY_FD info/bpf_fd:i4 info/info_len:u4 info/info:ptr8
BPF_PROG_QUERY query/target_fd:i4 query/attach_type:enum4/bpf_attach_type query/query_flags:x4 query/attach_flags:flags4/bpf_attach_flags query/prog_ids:ptr8 query/prog_cnt:u4
BPF_RAW_TRACEPOINT_OPEN raw_tracepoint/name:ptr8 raw_tracepoint/prog_fd:i4
BPF_BTF_LOAD btf:ptr8 btf_log_buf:ptr8 btf_size:u4 btf_log_size:u4 btf_log_level:u4
`

// bpfCommand is the struct of a command.
type bpfCommand struct {
	within  string // the member of the union that it is, "" for one without a name
	members []bpfMember
}

type bpfMember struct {
	layoutField
	grown bool // only there in structs that are long enough
}

var bpfCommands = sync.OnceValue(func() map[string]bpfCommand {
	m := map[string]bpfCommand{}
	for line := range strings.Lines(bpfText) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		var c bpfCommand
		for _, w := range words[1:] {
			w, grown := strings.CutPrefix(w, "?")
			name, kind, _ := strings.Cut(w, ":")
			if within, inner, ok := strings.Cut(name, "/"); ok {
				c.within, name = within, inner
			}
			c.members = append(c.members, bpfMember{parseField(name + ":" + kind), grown})
		}
		m[words[0]] = c
	}
	return m
})

// maxBPF is the longest struct that the kernel takes: a page.
const maxBPF = 4096

// bpfArg writes the struct of bpf(2)'s command.
func bpfArg(d *decoder, i int, a *abi.Arg) event.Value {
	addr, size := d.args[i], d.length(a)
	c, known := bpfCommands()[d.arch.EnumText("bpf", d.args[0])]
	b := d.in.exactly(addr, size)
	if !known || b == nil || size == 0 || size > maxBPF {
		return addrValue(addr)
	}
	v, end := d.bpfStruct(c, b)
	if left := d.out.exactly(addr, size); left != nil && !d.failed {
		after, _ := d.bpfStruct(c, left)
		bpfChanges(v.Elems, after.Elems)
	}
	v.Elems = d.bpfPointers(v.Elems)
	if c.within != "" {
		v = event.Value{Kind: event.Struct, Elems: []event.Value{member(c.within, v)}}
	}
	if end < size && strings.Trim(string(b[end:]), "\x00") != "" {
		if v.Cut = !d.verbose; d.verbose {
			v.Elems = append(v.Elems, event.Value{Kind: event.String, Name: "extra_data", Str: string(b[end:]),
				Comment: fmt.Sprintf("bytes %d..%d", end, size-1)})
		}
	}
	return v
}

// bpfStruct reads the members that b has; of those that are always there what is
// not in b is zero, as the kernel takes it. end is where what is known ends.
func (d *decoder) bpfStruct(c bpfCommand, b []byte) (v event.Value, end uint64) {
	v = event.Value{Kind: event.Struct}
	r := reading{d: d, b: append(b[:len(b):len(b)], make([]byte, 256)...), long: d.long()}
	for _, m := range c.members {
		r.align(r.alignment(&m.layoutField))
		if m.grown && r.off >= uint64(len(b)) {
			break
		}
		value, ok := r.field(&m.layoutField)
		if ok && m.name != "" && (m.name != "numa_node" || v.Field("map_flags").Has("BPF_F_NUMA_NODE")) {
			v.Elems = append(v.Elems, member(m.name, value))
		}
	}
	return v, r.off
}

// bpfChanges notes which numbers the kernel has changed.
func bpfChanges(before, after []event.Value) {
	for i := range min(len(before), len(after)) {
		if b := &before[i]; b.Kind == event.Int && after[i].Kind == event.Int && b.Int != after[i].Int {
			changed := after[i]
			changed.Name = ""
			b.After = &changed
		}
	}
}

// bpfPointers writes what members point to, and numbers that mean more.
func (d *decoder) bpfPointers(members []event.Value) []event.Value {
	number := func(name string) uint64 {
		return uint64(event.Value{Kind: event.Struct, Elems: members}.Field(name).Int)
	}
	out := make([]event.Value, len(members))
	for i, m := range members {
		at := uint64(m.Int)
		switch m.Name {
		case "insns":
			m = d.bpfProgram(at, number("insn_cnt"))
		case "license", "pathname", "name":
			m = d.stringAt(d.in, at)
		case "log_buf":
			m = d.bpfLog(at, number("log_size"))
		case "btf_log_buf":
			m = d.bpfLog(at, number("btf_log_size"))
		case "btf":
			m = d.bufferAt(d.in, at, number("btf_size"))
		case "kern_version":
			m = call("KERNEL_VERSION", uintValue(at>>16), uintValue(at>>8&0xff), uintValue(at&0xff))
		}
		out[i] = member(members[i].Name, m)
	}
	return out
}

// bpfLog writes what the verifier said, for which there was so much room.
func (d *decoder) bpfLog(addr, size uint64) event.Value {
	if addr != 0 && size == 0 {
		return event.Value{Kind: event.String}
	}
	return d.stringAt(d.out, addr)
}

// bpfStep is sizeof(struct bpf_insn): code, two registers, offset, number.
const bpfStep = 8

// bpfProgram writes the instructions when all is asked for.
func (d *decoder) bpfProgram(addr, count uint64) event.Value {
	steps := d.in.at(addr, min(count, maxElems)*bpfStep)
	if !d.verbose || len(steps) < bpfStep {
		return addrValue(addr)
	}
	list := event.Value{Kind: event.Array, Cut: uint64(len(steps)) < count*bpfStep}
	for ; len(steps) >= bpfStep; steps = steps[bpfStep:] {
		list.Elems = append(list.Elems, d.bpfInstruction(steps[:bpfStep]))
	}
	return list
}

func (d *decoder) bpfInstruction(b []byte) event.Value {
	register := func(n byte) event.Value { return constant(d.arch.EnumText("bpf_reg", uint64(n))) }
	return event.Value{Kind: event.Struct, Elems: []event.Value{
		member("code", notation(d.bpfCode(uint64(b[0])))),
		member("dst_reg", register(b[1]&0xf)),
		member("src_reg", register(b[1]>>4)),
		member("off", intValue(int64(int16(word(b[2:4]))))),
		member("imm", hexValue(word(b[4:8]))),
	}}
}

// bpfCode writes an operation: its class, and what that divides the other five
// bits into (Documentation/bpf/standardization/instruction-set.rst).
func (d *decoder) bpfCode(code uint64) string {
	class := d.arch.EnumText("ebpf_class", code&7)
	switch code & 7 {
	case 4, 7: // BPF_ALU, BPF_ALU64
		return class + "|" + d.arch.EnumText("bpf_src", code&8) + "|" + d.arch.EnumText("ebpf_alu", code&0xf0)
	case 5, 6: // BPF_JMP, BPF_JMP32
		return class + "|" + d.arch.EnumText("bpf_src", code&8) + "|" + d.arch.EnumText("ebpf_jump", code&0xf0)
	}
	return class + "|" + d.arch.EnumText("bpf_size", code&0x18) + "|" + d.arch.EnumText("bpf_mode", code&0xe0)
}
