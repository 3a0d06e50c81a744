package parser

import (
	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// maxMem is how many pieces of memory of one record are looked at. A call that
// exists has fewer: an iovec has at most 1024 elements.
const maxMem = 4096

// decoder makes values of one call: of its registers, and of the memory that
// was copied at its entry and at its exit. abi says what each argument is; one
// small function for each kind writes it as strace does. What was not copied
// stays an address.
type decoder struct {
	arch abi.Arch
	name string
	desc *abi.Call // shaped by the call's command; nil for a call that abi doesn't know
	args [6]uint64
	sp   uint64
	in   memory // as the program gave it
	out  memory // as the kernel left it

	verbose bool // structures are written whole, as by strace -v

	exited bool
	ret    int64
	failed bool

	restarts string // the call that a restart_syscall goes on with, "" when not known
	netlink  string // the protocol, when the call sends to or receives from a netlink socket

}

func newDecoder(e *stx.Enter) *decoder {
	d := &decoder{arch: abi.Arch(e.Arch), args: e.Args, sp: e.SP}
	d.name = d.arch.CallName(e.Nr)
	if d.desc = d.arch.Lookup(d.name); d.desc != nil {
		d.desc = d.desc.For(d.arch, d.args)
	}
	d.in = e.Mem[:min(len(e.Mem), maxMem)]
	return d
}

// exit adds what is known after the call.
func (d *decoder) exit(e *stx.Exit) {
	d.exited, d.ret, d.failed = true, e.Ret, e.IsError
	d.out = e.Mem[:min(len(e.Mem), maxMem)]
}

// never says whether the call does not return.
func (d *decoder) never() bool { return d.desc != nil && d.desc.Never }

// values gives the arguments; before the exit those that are known by then.
func (d *decoder) values() []event.Value {
	if f := wholeCalls[d.name]; f != nil {
		return f(d)
	}
	if d.desc == nil {
		return d.unknownCall()
	}
	values := make([]event.Value, 0, len(d.desc.Args))
	for i := range d.desc.Args {
		a := &d.desc.Args[i]
		if a.Kind == abi.Unused || a.Kind == abi.High || a.Optional && !d.asksFor(i) {
			continue
		}
		if !d.exited && d.later(i) {
			break
		}
		values = append(values, d.value(i))
	}
	return values
}

// later says whether an argument is told only when the call returns.
func (d *decoder) later(i int) bool {
	a := &d.desc.Args[i]
	switch {
	case a.Dir&abi.InOut == abi.Out, a.Dir&abi.InOut == abi.InOut && filledIn[a.Set]:
		return true
	}
	return d.name == "clone3" && i > 0 // as strace, which has its size behind what the kernel fills in
}

// filledIn are the structs that the program has begun and the kernel completes.
var filledIn = map[string]bool{"timex": true, "io_uring_params": true, "ifreq": true, "ifconf": true, "fiemap": true, "bpf_attr": true}

// unknownCall writes all six registers in hex.
func (d *decoder) unknownCall() []event.Value {
	values := make([]event.Value, len(d.args))
	for i, v := range d.args {
		values[i] = hexValue(v)
	}
	return values
}

// value gives one argument.
func (d *decoder) value(i int) event.Value {
	a := &d.desc.Args[i]
	if own := ownArgs[d.name]; own != nil && own[a.Name] != nil {
		if v := own[a.Name](d, i); v.Kind != event.None {
			return v
		}
	}
	if f := argKinds[a.Kind]; f != nil {
		return f(d, i, a)
	}
	return hexValue(d.args[i])
}

// argKinds are the functions that write an argument, by its kind. It is filled
// in init, since some of them come back to it.
var argKinds [256]func(d *decoder, i int, a *abi.Arg) event.Value

func init() {
	for kind, f := range map[abi.Kind]func(*decoder, int, *abi.Arg) event.Value{
		abi.Int: intArg, abi.Uint: uintArg, abi.Long: longArg, abi.Size: ulongArg, abi.Off: offArg,
		abi.HexNum: hexArg, abi.Addr: addrArg, abi.FD: intArg, abi.DirFD: dirFDArg,
		abi.Mode: modeArg, abi.Flags: flagsArg, abi.Enum: enumArg, abi.Sig: sigArg, abi.Dev: devArg,
		abi.PID: intArg, abi.UID: intArg, abi.GID: intArg, abi.IoctlCmd: ioctlArg,
		abi.IoctlArg: hexArg, abi.FcntlArg: hexArg,
		abi.Path: strArg, abi.Str: strArg, abi.Buf: bufArg, abi.Argv: argvArg, abi.Envp: envpArg, abi.IOVec: iovecArg,
		abi.Struct: structArg, abi.Array: arrayArg, abi.SigSet: sigSetArg, abi.WStatus: waitStatusArg,
		abi.FDPair: fdPairArg, abi.IntPtr: intPtrArg, abi.LongPtr: longPtrArg,
		abi.SockAddr: sockAddrArg, abi.SockLen: sockLenArg, abi.MsgHdr: msgHdrArg, abi.MMsgHdr: mmsgHdrArg,
		abi.SockOpt: sockOptArg, abi.OptVal: optValArg,
	} {
		argKinds[kind] = f
	}
}

// asksFor says whether the call has its optional argument.
func (d *decoder) asksFor(i int) bool {
	has := func(arg int, set, name string) bool {
		bits, ok := d.arch.FlagValue(set, name)
		return ok && d.args[arg]&bits == bits
	}
	switch d.name {
	case "open":
		return has(1, "open", "O_CREAT") || has(1, "open", "O_TMPFILE")
	case "openat":
		return has(2, "open", "O_CREAT") || has(2, "open", "O_TMPFILE")
	case "mq_open":
		return has(1, "open", "O_CREAT")
	case "mknod", "mknodat":
		kind := d.args[i-1] & 0170000
		return kind == 0020000 || kind == 0060000
	case "mremap":
		return has(3, "mremap", "MREMAP_FIXED") || has(3, "mremap", "MREMAP_DONTUNMAP")
	}
	return d.args[i] != 0
}

// seen is the memory in which an argument's value is: what the program gave,
// or what the kernel left; nil when the kernel left nothing.
func (d *decoder) seen(a *abi.Arg) memory {
	if a.Dir&abi.InOut != abi.Out {
		return d.in
	}
	return d.out
}

// long is the size of the call's long and pointer.
func (d *decoder) long() uint64 {
	if d.arch == abi.I386 {
		return 4
	}
	return 8
}

// constant makes a value of a constant's or of flags' text: a Symbol, or what
// else abi writes ("0x63 /* AF_??? */").
func constant(text string) event.Value {
	if plainConstant(text) {
		return event.Value{Kind: event.Symbol, Str: text}
	}
	return notation(text)
}

func plainConstant(s string) bool {
	for i := range len(s) {
		if !isWord(s[i]) && s[i] != '|' {
			return false
		}
	}
	return s != "" && !isDigit(s[0]) && s != "NULL"
}

// notation makes a value of strace's notation.
func notation(text string) event.Value {
	var p scanner
	p.reset(text)
	return p.value(false)
}

func intValue(n int64) event.Value { return event.Value{Kind: event.Int, Int: n} }

func uintValue(n uint64) event.Value {
	v := event.Value{Kind: event.Int, Int: int64(n)}
	if v.Int < 0 {
		v.Style = event.Unsigned
	}
	return v
}

// hexValue writes a number in hex, 0 as it is.
func hexValue(n uint64) event.Value {
	if n == 0 {
		return intValue(0)
	}
	return addrValue(n)
}

// addrValue writes a pointer: 0 is NULL.
func addrValue(n uint64) event.Value {
	return event.Value{Kind: event.Addr, Style: event.Hex, Int: int64(n)}
}

func octalValue(n uint64) event.Value {
	return event.Value{Kind: event.Int, Style: event.Octal, Int: int64(n)}
}

func member(name string, v event.Value) event.Value {
	v.Name = name
	return v
}

func intArg(d *decoder, i int, _ *abi.Arg) event.Value { return intValue(int64(int32(d.args[i]))) }

func uintArg(d *decoder, i int, _ *abi.Arg) event.Value { return uintValue(uint64(uint32(d.args[i]))) }

func longArg(d *decoder, i int, a *abi.Arg) event.Value {
	if d.arch == abi.I386 {
		return intArg(d, i, a)
	}
	return intValue(int64(d.args[i]))
}

func ulongArg(d *decoder, i int, a *abi.Arg) event.Value {
	if d.arch == abi.I386 {
		return uintArg(d, i, a)
	}
	return uintValue(d.args[i])
}

// offArg writes an offset; 32-bit calls have its upper half in the next register.
func offArg(d *decoder, i int, a *abi.Arg) event.Value {
	if i+1 < len(d.desc.Args) && d.desc.Args[i+1].Kind == abi.High {
		return intValue(int64(d.args[i]&0xffffffff | d.args[i+1]<<32))
	}
	return longArg(d, i, a)
}

func hexArg(d *decoder, i int, _ *abi.Arg) event.Value { return hexValue(d.args[i]) }

func addrArg(d *decoder, i int, _ *abi.Arg) event.Value { return addrValue(d.args[i]) }

func dirFDArg(d *decoder, i int, a *abi.Arg) event.Value { return dirFD(int32(d.args[i])) }

func dirFD(fd int32) event.Value {
	if fd == -100 {
		return event.Value{Kind: event.Symbol, Str: "AT_FDCWD"}
	}
	return intValue(int64(fd))
}

func modeArg(d *decoder, i int, a *abi.Arg) event.Value {
	if a.Set != "" {
		return constant(d.arch.FlagText(a.Set, d.args[i]&0xffff))
	}
	return octalValue(d.args[i] & 0xffff)
}

func flagsArg(d *decoder, i int, a *abi.Arg) event.Value {
	return constant(d.arch.FlagText(a.Set, d.args[i]))
}

func enumArg(d *decoder, i int, a *abi.Arg) event.Value {
	return constant(d.arch.EnumText(a.Set, d.args[i]))
}

func sigArg(d *decoder, i int, _ *abi.Arg) event.Value { return signalValue(int32(d.args[i])) }

func signalValue(n int32) event.Value { return constant(abi.SignalName(int(n))) }

func devArg(d *decoder, i int, _ *abi.Arg) event.Value { return makedev(d.args[i]) }

// makedev writes a device number (makedev(3)).
func makedev(dev uint64) event.Value {
	major := dev>>8&0xfff | dev>>32&^0xfff
	minor := dev&0xff | dev>>12&^0xff
	return event.Value{Kind: event.Func, Str: "makedev",
		Elems: []event.Value{hexValue(major & 0xffffffff), hexValue(minor & 0xffffffff)}}
}

func ioctlArg(d *decoder, i int, _ *abi.Arg) event.Value { return constant(abi.IoctlText(d.args[i])) }
