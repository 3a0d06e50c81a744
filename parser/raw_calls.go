package parser

import (
	"fmt"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// Calls and arguments that strace writes in a way of their own.

// wholeCalls write all arguments of a call.
var wholeCalls map[string]func(d *decoder) []event.Value

// ownArgs write one argument of a call; None leaves it to its kind.
var ownArgs = map[string]map[string]func(d *decoder, i int) event.Value{
	"futex":       {"val3": wakeOpArg},
	"socket":      {"protocol": packetProtocol},
	"personality": {"persona": askPersonality},
}

// structArgs and arrayArgs write an argument that points to a certain struct.
var structArgs, arrayArgs map[string]func(d *decoder, i int, a *abi.Arg) event.Value

func init() {
	wholeCalls = map[string]func(d *decoder) []event.Value{
		"clone": cloneArgs, "rt_sigreturn": sigreturnArgs, "restart_syscall": restartArgs,
	}
	structArgs = map[string]func(d *decoder, i int, a *abi.Arg) event.Value{
		"fd_set": fdSetArg, "sigset_argpack": sigmaskPack, "clone_args": cloneStruct,
		"timex": leftStruct, "flock": leftStruct, "flock64": leftStruct,
		"io_uring_params": uringParams, "ifreq": ifreqArg, "ifconf": ifconfArg, "fiemap": fiemapArg,
		"bpf_attr": bpfArg, "perf_event_attr": perfArg,
	}
	arrayArgs = map[string]func(d *decoder, i int, a *abi.Arg) event.Value{
		"pollfd": pollFDs, "iovec": addrVector, "timespec": fileTimes, "timespec64": fileTimes, "timeval": fileTimes,
	}
}

// cloneArgs writes clone(2) with names, as its registers differ between
// architectures.
func cloneArgs(d *decoder) []event.Value {
	reg := map[string]uint64{}
	for i, a := range d.desc.Args {
		reg[a.Name] = d.args[i]
	}
	flags := reg["flags"]
	has := func(names ...string) bool {
		for _, name := range names {
			if bit, ok := d.arch.FlagValue("clone", name); ok && flags&bit != 0 {
				return true
			}
		}
		return false
	}
	args := []event.Value{
		member("child_stack", addrValue(reg["stack"])),
		member("flags", constant(d.arch.FlagText("clone", flags))),
	}
	if !d.exited {
		return args
	}
	if has("CLONE_PARENT_SETTID", "CLONE_PIDFD") {
		parent := addrValue(reg["parent_tid"])
		if n, ok := d.out.number(reg["parent_tid"], 4); ok && !d.failed {
			parent = array(intValue(int64(int32(n))))
		}
		args = append(args, member("parent_tid", parent))
	}
	if has("CLONE_SETTLS") {
		args = append(args, member("tls", hexValue(reg["tls"])))
	}
	if has("CLONE_CHILD_SETTID", "CLONE_CHILD_CLEARTID") {
		args = append(args, member("child_tidptr", addrValue(reg["child_tid"])))
	}
	return args
}

// cloneStruct writes clone3(2)'s argument, and behind it what the kernel has
// put where it points to.
func cloneStruct(d *decoder, i int, a *abi.Arg) event.Value {
	size := min(d.length(a), 88)
	b := d.in.exactly(d.args[i], size)
	if b == nil || size < 64 {
		return addrValue(d.args[i])
	}
	b = append(b[:len(b):len(b)], make([]byte, 88-len(b))...)
	at := func(i int) uint64 { return word(b[8*i : 8*i+8]) }
	flags := at(0)
	has := func(name string) bool {
		bit, ok := d.arch.FlagValue("clone", name)
		return ok && flags&bit != 0
	}
	v := event.Value{Kind: event.Struct}
	add := func(name string, e event.Value) { v.Elems = append(v.Elems, member(name, e)) }
	add("flags", constant(d.arch.FlagText("clone", flags&^0xff)))
	if has("CLONE_PIDFD") {
		add("pidfd", addrValue(at(1)))
	}
	if has("CLONE_CHILD_SETTID") || has("CLONE_CHILD_CLEARTID") {
		add("child_tid", addrValue(at(2)))
	}
	if has("CLONE_PARENT_SETTID") {
		add("parent_tid", addrValue(at(3)))
	}
	add("exit_signal", signalValue(int32(at(4))))
	add("stack", addrValue(at(5)))
	add("stack_size", hexValue(at(6)))
	if has("CLONE_SETTLS") {
		add("tls", addrValue(at(7)))
	}
	if at(8) != 0 || at(9) != 0 {
		add("set_tid", addrValue(at(8)))
		add("set_tid_size", uintValue(at(9)))
	}
	if has("CLONE_INTO_CGROUP") {
		add("cgroup", uintValue(at(10)))
	}
	if d.exited && !d.failed {
		v.After = d.cloneResults(at(1), has("CLONE_PIDFD"), has("CLONE_PARENT_SETTID"))
	}
	return v
}

// cloneResults is what clone3 has written: the new thread's id is its result.
func (d *decoder) cloneResults(pidfd uint64, wantsFD, wantsTID bool) *event.Value {
	v := event.Value{Kind: event.Struct}
	if wantsFD {
		if n, ok := d.out.number(pidfd, 4); ok {
			v.Elems = append(v.Elems, member("pidfd", array(intValue(int64(int32(n))))))
		}
	}
	if wantsTID {
		v.Elems = append(v.Elems, member("parent_tid", array(intValue(d.ret))))
	}
	if v.Elems == nil {
		return nil
	}
	return &v
}

// sigreturnArgs writes the mask that a signal handler's end brings back.
func sigreturnArgs(d *decoder) []event.Value {
	offset := d.arch.SigreturnMask()
	mask := d.sigSetAt(d.in, d.sp+offset, 8)
	if offset == 0 || mask.Kind == event.Addr {
		return nil
	}
	return []event.Value{{Kind: event.Struct, Elems: []event.Value{member("mask", mask)}}}
}

// restartArgs says, in strace's words, which call goes on.
func restartArgs(d *decoder) []event.Value {
	if d.restarts == "" {
		return nil
	}
	return []event.Value{{Kind: event.Raw, Str: "<... resuming interrupted " + d.restarts + " ...>"}}
}

// wakeOpArg writes what FUTEX_WAKE_OP does and tests (futex(2)).
func wakeOpArg(d *decoder, i int) event.Value {
	const command, wakeOp = 0x7f, 5
	if d.args[1]&command != wakeOp {
		return event.Value{}
	}
	v := d.args[i]
	op, cmp := v>>28&0xf, v>>24&0xf
	ops := [...]string{"FUTEX_OP_SET", "FUTEX_OP_ADD", "FUTEX_OP_OR", "FUTEX_OP_ANDN", "FUTEX_OP_XOR"}
	tests := [...]string{"FUTEX_OP_CMP_EQ", "FUTEX_OP_CMP_NE", "FUTEX_OP_CMP_LT", "FUTEX_OP_CMP_LE", "FUTEX_OP_CMP_GT", "FUTEX_OP_CMP_GE"}
	shift := ""
	if op&8 != 0 {
		shift = "FUTEX_OP_OPARG_SHIFT<<28|"
	}
	if op&7 >= uint64(len(ops)) || cmp >= uint64(len(tests)) {
		return event.Value{}
	}
	hex := func(n uint64) string { return string(event.AppendValue(nil, hexValue(n), event.Format{})) }
	return notation(fmt.Sprintf("%s%s<<28|%s<<12|%s<<24|%s",
		shift, ops[op&7], hex(v>>12&0xfff), tests[cmp], hex(v&0xfff)))
}

// askPersonality writes the value that changes nothing.
func askPersonality(d *decoder, i int) event.Value {
	if uint32(d.args[i]) != 0xffffffff {
		return event.Value{}
	}
	return hexValue(0xffffffff)
}

// packetProtocol writes the protocol of a packet socket, which is in the order
// of the network.
func packetProtocol(d *decoder, i int) event.Value {
	if d.arch.EnumText("domain", d.args[0]) != "AF_PACKET" {
		return event.Value{}
	}
	n := d.args[i]
	return call("htons", constant(d.arch.EnumText("eth_p", n>>8&0xff|n&0xff<<8)))
}

// leftStruct writes a struct as the kernel has left it.
func leftStruct(d *decoder, i int, a *abi.Arg) event.Value {
	m := d.out
	if a.Dir&abi.Out == 0 {
		m = d.in
	} else if d.failed {
		return addrValue(d.args[i])
	}
	return d.structAt(m, d.args[i], a.Set, d.structSize(a))
}

// addrVector writes an iovec whose buffers are not the caller's own.
func addrVector(d *decoder, i int, a *abi.Arg) event.Value {
	return d.iovec(d.args[i], d.length(a), nil, 0)
}

// fileTimes writes the two times that utimensat(2) and its kind set.
func fileTimes(d *decoder, i int, a *abi.Arg) event.Value {
	v := d.arrayAt(d.in, d.args[i], a.Set, d.length(a), uint64(a.Size))
	const now, omit = 1<<30 - 1, 1<<30 - 2
	for n, t := range v.Elems {
		if len(t.Elems) < 2 {
			continue
		}
		fraction := t.Elems[1]
		switch {
		case fraction.Name == "tv_nsec" && fraction.Int == now:
			v.Elems[n] = event.Value{Kind: event.Symbol, Str: "UTIME_NOW"}
		case fraction.Name == "tv_nsec" && fraction.Int == omit:
			v.Elems[n] = event.Value{Kind: event.Symbol, Str: "UTIME_OMIT"}
		case fraction.Name == "tv_nsec":
			v.Elems[n].Comment = moment(t.Elems[0].Int, fraction.Int, 9)
		default:
			v.Elems[n].Comment = moment(t.Elems[0].Int, fraction.Int, 6)
		}
	}
	return v
}
