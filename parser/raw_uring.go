package parser

import (
	"slices"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// uringParams writes io_uring_setup(2)'s argument: what the program asks for,
// and behind it what the kernel has filled in.
func uringParams(d *decoder, i int, a *abi.Arg) event.Value {
	m, done := d.in, d.exited && !d.failed
	if done {
		m = d.out
	}
	v := d.structAt(m, d.args[i], a.Set, d.structSize(a))
	if v.Kind != event.Struct {
		return v
	}
	names := []string{"flags", "sq_thread_cpu", "sq_thread_idle"}
	if v.Field("flags").Has("IORING_SETUP_ATTACH_WQ") {
		names = append(names, "wq_fd")
	}
	if slices.ContainsFunc(v.Field("resv").Elems, func(e event.Value) bool { return e.Int != 0 }) {
		names = append(names, "resv")
	}
	if done {
		names = append(names, "sq_entries", "cq_entries", "features", "sq_off", "cq_off")
	}
	return pick(v, names...)
}
