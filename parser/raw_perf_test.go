package parser

import "testing"

// perfAttr makes a struct perf_event_attr of a length.
func perfAttr(length int, kind, size uint32, config, period, sample, bits uint64, rest ...any) []byte {
	b := make([]byte, length)
	copy(b, packed(kind, size, config, period, sample, uint64(1), bits))
	copy(b[48:], packed(rest...))
	return b
}

func TestPerf(t *testing.T) {
	const software, tracepoint, cache, breakpoint = 1, 2, 3, 5
	open := func(verbose bool, attr []byte, want string) decodeTest {
		return decodeTest{call: "perf_event_open", args: []uint64{0x1000, 0, ^uint64(0), ^uint64(0), 8}, in: at(0x1000, attr), verbose: verbose, ret: 3,
			want: "perf_event_open({type=" + want + "}, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 3"}
	}
	const bits = `disabled=1, inherit=0, pinned=0, exclusive=0, exclude_user=0, exclude_kernel=0, exclude_hv=0, exclude_idle=0, mmap=0, comm=0, ` +
		`freq=0, inherit_stat=0, enable_on_exec=0, task=0, watermark=0, precise_ip=3 /* must have 0 skid */, mmap_data=0, sample_id_all=0, ` +
		`exclude_host=0, exclude_guest=0, exclude_callchain_kernel=0, exclude_callchain_user=0, mmap2=0, comm_exec=0, use_clockid=0, ` +
		`context_switch=0, write_backward=0, namespaces=0, ksymbol=0, bpf_event=0, aux_output=0, cgroup=0, text_poke=0, build_id=0, ` +
		`inherit_thread=0, remove_on_exec=0, sigtrap=0`
	for _, test := range []decodeTest{
		open(false, perfAttr(128, software, 128, 1, 99, 1<<63|1, 1|1<<10|1<<40), `PERF_TYPE_SOFTWARE, size=PERF_ATTR_SIZE_VER7, config=PERF_COUNT_SW_TASK_CLOCK, `+
			`sample_freq=99, sample_type=PERF_SAMPLE_IP|0x8000000000000000, read_format=PERF_FORMAT_TOTAL_TIME_ENABLED, disabled=1, freq=1, precise_ip=0 /* arbitrary skid */, `+
			`__reserved_1=0x4 /* Bits 63..38 */, ...`),
		open(false, perfAttr(64, 9, 0, 5, 0, 0, 0), `0x9 /* PERF_TYPE_??? */, size=0 /* PERF_ATTR_SIZE_??? */, config=0x5, sample_period=0, sample_type=0, `+
			`read_format=PERF_FORMAT_TOTAL_TIME_ENABLED, precise_ip=0 /* arbitrary skid */, ...`),
		open(false, perfAttr(64, cache, 64, 0x1990102, 0, 0, 0), `PERF_TYPE_HW_CACHE, size=PERF_ATTR_SIZE_VER0, config=0x1<<24|0x99 /* PERF_COUNT_HW_CACHE_RESULT_??? */<<16|`+
			`PERF_COUNT_HW_CACHE_OP_WRITE<<8|PERF_COUNT_HW_CACHE_LL, sample_period=0, sample_type=0, read_format=PERF_FORMAT_TOTAL_TIME_ENABLED, precise_ip=0 /* arbitrary skid */, ...`),
		open(true, perfAttr(72, tracepoint, 72, 300, 0, 0, 1|3<<15, uint32(77), uint32(3), uint64(1), uint64(2)), `PERF_TYPE_TRACEPOINT, size=PERF_ATTR_SIZE_VER1, config=300, `+
			`sample_period=0, sample_type=0, read_format=PERF_FORMAT_TOTAL_TIME_ENABLED, `+bits+`, wakeup_events=77, config1=0x1, config2=0x2`),
		open(true, perfAttr(136, breakpoint, 4096, 0, 0, 1<<11|1<<13, 1|3<<15, uint32(77), uint32(3), uint64(0x1234), uint64(4), uint64(1), uint64(255), uint32(4096), uint32(1)),
			`PERF_TYPE_BREAKPOINT, size=0x1000 /* PERF_ATTR_SIZE_??? */, config=0, sample_period=0, sample_type=PERF_SAMPLE_BRANCH_STACK|PERF_SAMPLE_STACK_USER, `+
				`read_format=PERF_FORMAT_TOTAL_TIME_ENABLED, `+bits+`, wakeup_events=77, bp_type=HW_BREAKPOINT_RW, bp_addr=0x1234, bp_len=4, `+
				`branch_sample_type=PERF_SAMPLE_BRANCH_USER, sample_regs_user=0xff, sample_stack_user=4096, sample_regs_intr=0, aux_watermark=0, `+
				`sample_max_stack=0, aux_sample_size=0, sig_data=0, config3=0, ...`),
		{call: "perf_event_open", args: []uint64{0x1000, 0, 0, 4}, in: at(0x1000, perfAttr(64, software, 63, 0, 0, 0, 0)[:63]), ret: -7,
			want: `perf_event_open(0x1000, 0, 0, 4, 0) = -1 E2BIG (Argument list too long)`},
	} {
		test.run(t)
	}
}
