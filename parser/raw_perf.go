package parser

import (
	"fmt"
	"strings"
	"sync"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// perfText is struct perf_event_attr (perf_event_open(2)) up to its bits, and
// behind them, in layoutText's types. A member may have another name or type, for
// which perfMember looks.
const perfText = `
type:enum4/perf_type size:enum4/perf_size config:x8 sample_period:u8 sample_type:flags8/perf_sample read_format:flags8/perf_format
wakeup_events:u4 bp_type:enum4/hw_breakpoint config1:x8 config2:x8 branch_sample_type:flags8/perf_branch sample_regs_user:x8 sample_stack_user:u4 clockid:enum4/clock sample_regs_intr:x8 aux_watermark:u4 sample_max_stack:u2 _:u2 aux_sample_size:u4 _:u4 sig_data:x8 config3:x8
`

// perfBits are the struct's bits, in this order; precise_ip has two.
const perfBits = `disabled inherit pinned exclusive exclude_user exclude_kernel exclude_hv exclude_idle mmap comm freq
	inherit_stat enable_on_exec task watermark precise_ip mmap_data sample_id_all exclude_host exclude_guest
	exclude_callchain_kernel exclude_callchain_user mmap2 comm_exec use_clockid context_switch write_backward
	namespaces ksymbol bpf_event aux_output cgroup text_poke build_id inherit_thread remove_on_exec sigtrap`

// perfLayouts are the members before the bits and behind them.
var perfLayouts = sync.OnceValue(func() (parts [][]layoutField) {
	for line := range strings.Lines(strings.TrimSpace(perfText)) {
		var fields []layoutField
		for _, w := range strings.Fields(line) {
			fields = append(fields, parseField(w))
		}
		parts = append(parts, fields)
	}
	return parts
})

// Where the bits lie, and the shortest struct that there has ever been, which is
// meant when none is given.
const perfBitsAt, perfLeast = 40, 64

// perf is a perf_event_attr being read.
type perf struct {
	reading
	v    event.Value
	bits event.Value // their names and values
	kind uint64
}

// perfArg writes a struct perf_event_attr: without -v up to its bits, of which
// those that aren't set are left out.
func perfArg(d *decoder, i int, a *abi.Arg) event.Value {
	addr := d.args[i]
	size, ok := d.in.number(addr+4, 4)
	if size == 0 {
		size = perfLeast
	}
	b := d.in.exactly(addr, min(size, uint64(a.Size)))
	if !ok || len(b) < perfLeast {
		return addrValue(addr)
	}
	p := perf{reading: reading{d: d, b: b, long: d.long()}, v: event.Value{Kind: event.Struct}, kind: word(b[:4])}
	p.bits = perfBitValues(word(b[perfBitsAt : perfBitsAt+8]))
	parts := perfLayouts()
	p.members(parts[0])
	for _, bit := range p.bits.Elems {
		if d.verbose && !strings.HasPrefix(bit.Name, "__reserved") || bit.Int != 0 || bit.Name == "precise_ip" {
			p.v.Elems = append(p.v.Elems, bit)
		}
	}
	if p.v.Cut = !d.verbose || size > uint64(a.Size); d.verbose {
		p.off = perfBitsAt + 8
		p.members(parts[1])
	}
	return p.v
}

// members adds those that the struct has.
func (p *perf) members(fields []layoutField) {
	for _, f := range fields {
		value, ok := p.field(&f)
		if !ok {
			return
		}
		if m := p.member(f.name, value); m.Name != "" {
			p.v.Elems = append(p.v.Elems, m)
		}
	}
}

// member gives a member the name and form that it has beside the others; one
// that means nothing beside them has no name.
func (p *perf) member(name string, v event.Value) event.Value {
	n := uint64(v.Int)
	bit := func(name string) bool { return p.bits.Field(name).Int != 0 }
	samples := func(what string) bool { return p.v.Field("sample_type").Has("PERF_SAMPLE_" + what) }
	breakpoint := p.d.arch.EnumText("perf_type", p.kind) == "PERF_TYPE_BREAKPOINT"
	switch {
	case name == "config":
		v = p.config(n)
	case name == "sample_period" && bit("freq"):
		name = "sample_freq"
	case name == "wakeup_events" && bit("watermark"):
		name = "wakeup_watermark"
	case name == "config1" && breakpoint:
		name = "bp_addr"
	case name == "config2" && breakpoint:
		name, v = "bp_len", uintValue(n)
	case name == "bp_type" && !breakpoint,
		name == "branch_sample_type" && !samples("BRANCH_STACK"),
		name == "sample_stack_user" && !samples("STACK_USER"),
		name == "clockid" && !bit("use_clockid"):
		name = ""
	}
	return member(name, v)
}

// config writes what is counted, which the type says how to read.
func (p *perf) config(n uint64) event.Value {
	d := p.d
	switch d.arch.EnumText("perf_type", p.kind) {
	case "PERF_TYPE_HARDWARE":
		return constant(d.arch.EnumText("perf_hw", n))
	case "PERF_TYPE_SOFTWARE":
		return constant(d.arch.EnumText("perf_sw", n))
	case "PERF_TYPE_TRACEPOINT":
		return uintValue(n)
	case "PERF_TYPE_HW_CACHE":
		text := fmt.Sprintf("%s<<16|%s<<8|%s", d.arch.EnumText("perf_cache_result", n>>16&0xff),
			d.arch.EnumText("perf_cache_op", n>>8&0xff), d.arch.EnumText("perf_cache", n&0xff))
		if high := n >> 24; high != 0 {
			text = fmt.Sprintf("%#x<<24|%s", high, text)
		}
		return notation(text)
	}
	return hexValue(n)
}

// perfBitValues takes the bits apart.
func perfBitValues(n uint64) event.Value {
	v := event.Value{Kind: event.Struct}
	at := 0
	for _, name := range strings.Fields(perfBits) {
		bit := member(name, intValue(int64(n>>at&1)))
		if name == "precise_ip" {
			skid := [...]string{"arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid"}
			bit = member(name, intValue(int64(n>>at&3)))
			bit.Comment = skid[bit.Int]
			at++
		}
		v.Elems = append(v.Elems, bit)
		at++
	}
	if rest := n >> at; rest != 0 {
		reserved := member("__reserved_1", hexValue(rest))
		reserved.Comment = fmt.Sprintf("Bits 63..%d", at)
		v.Elems = append(v.Elems, reserved)
	}
	return v
}
