package parser

import (
	"fmt"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// signalEvent gives a delivered signal. The tracer's siginfo is in the layout of
// its own machine, which has 64 bits.
func signalEvent(arch abi.Arch, s *stx.Signal) *event.SignalInfo {
	if arch == abi.I386 {
		arch = abi.AMD64
	}
	d := decoder{arch: arch}
	e := &event.SignalInfo{Name: abi.SignalName(s.Signo)}
	if len(s.Info) > 0 {
		e.Info = siginfoShape(&d, event.Value{}, s.Info)
	}
	return e
}

// siginfo is a siginfo_t being read (asm-generic/siginfo.h).
type siginfo struct {
	d     *decoder
	b     []byte
	elems []event.Value
	signo int32
	code  int32
}

// siginfoShape writes a siginfo_t: which members it has depends on the signal
// and on who sent it.
func siginfoShape(d *decoder, _ event.Value, b []byte) event.Value {
	if len(b) < 12 {
		return event.Value{}
	}
	s := siginfo{d: d, b: b, signo: int32(word(b[:4])), code: int32(word(b[8:12]))}
	if s.signo == 0 {
		return event.Value{Kind: event.Struct}
	}
	s.add("si_signo", signalValue(s.signo))
	s.add("si_code", s.codeValue())
	if errno := int32(word(b[4:8])); errno != 0 {
		s.add("si_errno", constantOr(errnoName(int64(errno)), int64(errno)))
	}
	if s.code <= 0 {
		s.fromUser()
	} else {
		s.fromKernel()
	}
	return event.Value{Kind: event.Struct, Elems: s.elems}
}

func constantOr(name string, n int64) event.Value {
	if n < 0 || strings.TrimLeft(name[1:], "0123456789") == "" {
		return intValue(n)
	}
	return constant(name)
}

func (s *siginfo) add(name string, v event.Value) { s.elems = append(s.elems, member(name, v)) }

// codeValue names si_code: codes of one signal, else those of all.
func (s *siginfo) codeValue() event.Value {
	if text := s.d.arch.EnumText("si_code", uint64(uint32(s.code))); !strings.HasPrefix(text, "0x") && text != "0" {
		return constant(text)
	}
	if text := s.d.arch.EnumText("si_code."+abi.SignalName(int(s.signo)), uint64(uint32(s.code))); !strings.HasPrefix(text, "0x") {
		return constant(text)
	}
	return hexValue(uint64(uint32(s.code)))
}

// num reads a number of the union that follows the three common members, at an
// offset from its beginning.
func (s *siginfo) num(off, size uint64) uint64 {
	start := uint64(12)
	if s.d.long() == 8 {
		start = 16
	}
	if start+off+size > uint64(len(s.b)) {
		return 0
	}
	return word(s.b[start+off : start+off+size])
}

func (s *siginfo) int(off uint64) event.Value { return intValue(int64(int32(s.num(off, 4)))) }

func (s *siginfo) sender() {
	s.add("si_pid", s.int(0))
	s.add("si_uid", uintValue(s.num(4, 4)))
}

// value writes the sigval at an offset, which is an int or a pointer.
func (s *siginfo) value(off uint64) {
	s.add("si_int", s.int(off))
	s.add("si_ptr", addrValue(s.num(off, s.d.long())))
}

// fromUser writes what kill, sigqueue and timers say of themselves.
func (s *siginfo) fromUser() {
	switch s.code {
	case 0, -6: // SI_USER, SI_TKILL
		s.sender()
	case -2: // SI_TIMER
		s.add("si_timerid", hexValue(s.num(0, 4)))
		s.add("si_overrun", s.int(4))
		s.value(8)
	default:
		s.sender()
		if s.num(8, s.d.long()) != 0 {
			s.value(8)
		}
	}
}

func (s *siginfo) fromKernel() {
	switch abi.SignalName(int(s.signo)) {
	case "SIGCHLD":
		s.child()
		return
	case "SIGILL", "SIGFPE", "SIGSEGV", "SIGBUS", "SIGTRAP":
		s.add("si_addr", addrValue(s.num(0, s.d.long())))
	case "SIGIO":
		switch s.code {
		case 1, 2, 3, 4, 5, 6: // POLL_*
			s.add("si_band", intValue(s.d.signed(s.num(0, s.d.long()))))
			s.add("si_fd", s.int(s.d.long()))
		}
	case "SIGSYS":
		s.blockedCall()
	default:
		if s.num(0, 8) != 0 {
			s.sender()
		}
		if s.num(8, s.d.long()) != 0 {
			s.value(8)
		}
	}
}

func (s *siginfo) child() {
	s.sender()
	status := s.int(8)
	if s.code != 1 { // not CLD_EXITED
		status = signalValue(int32(s.num(8, 4)))
	}
	s.add("si_status", status)
	long := s.d.long()
	first := uint64(16)
	if long == 4 {
		first = 12
	}
	s.add("si_utime", ticks(uintValue(s.num(first, long))))
	s.add("si_stime", ticks(uintValue(s.num(first+long, long))))
}

// blockedCall is what a seccomp filter says of the call that it did not let
// through.
func (s *siginfo) blockedCall() {
	long := s.d.long()
	nr, arch := s.num(long, 4), abi.Arch(s.num(long+4, 4))
	s.add("si_call_addr", addrValue(s.num(0, long)))
	name := arch.CallName(nr)
	if strings.HasPrefix(name, "syscall_") {
		s.add("si_syscall", hexValue(nr))
	} else {
		s.add("si_syscall", event.Value{Kind: event.Symbol, Str: "__NR_" + name})
	}
	s.add("si_arch", auditArch(arch))
}

func auditArch(arch abi.Arch) event.Value {
	switch arch {
	case abi.AMD64:
		return event.Value{Kind: event.Symbol, Str: "AUDIT_ARCH_X86_64"}
	case abi.ARM64:
		return event.Value{Kind: event.Symbol, Str: "AUDIT_ARCH_AARCH64"}
	case abi.I386:
		return event.Value{Kind: event.Symbol, Str: "AUDIT_ARCH_I386"}
	}
	return hexValue(uint64(arch))
}

func sigSetArg(d *decoder, i int, a *abi.Arg) event.Value {
	if d.failed && a.Dir&abi.InOut == abi.Out {
		return addrValue(d.args[i])
	}
	size := uint64(8)
	switch {
	case a.Len >= 0:
		size = min(d.length(a), 8)
	case a.Count > 0:
		size = min(uint64(a.Count), 8)
	}
	return d.sigSetAt(d.seen(a), d.args[i], size)
}

func (d *decoder) sigSetAt(m memory, addr, size uint64) event.Value {
	b := m.exactly(addr, size)
	if b == nil || size < 4 {
		return addrValue(addr)
	}
	return sigSet(word(b[:size/4*4]), int(size)*8)
}

// sigSet writes a set of signals, bit 0 for signal 1; a full one as what is
// missing from it.
func sigSet(bits uint64, n int) event.Value {
	names := func(bits uint64) (elems []event.Value) {
		for i := range min(n, 64) {
			if bits>>i&1 != 0 {
				name := strings.TrimPrefix(abi.SignalName(i+1), "SIG")
				elems = append(elems, event.Value{Kind: event.Symbol, Str: name})
			}
		}
		return elems
	}
	in, out := names(bits), names(^bits)
	if len(in) >= n*2/3 {
		return event.Value{Kind: event.Set, Neg: true, Elems: out}
	}
	return set(in)
}

// set makes a set: a text log can't tell one with fewer than two elements from
// an array.
func set(elems []event.Value) event.Value {
	kind := event.Set
	if len(elems) < 2 {
		kind = event.Array
	}
	return event.Value{Kind: kind, Elems: elems}
}

// sigactionShape writes a kernel's struct sigaction: handler, flags, restorer,
// mask. Before arm64 had one, it had no restorer.
func sigactionShape(d *decoder, _ event.Value, b []byte) event.Value {
	long := int(d.long())
	if len(b) < 3*long+8 {
		return event.Value{}
	}
	handler, flags := word(b[:long]), word(b[long:2*long])
	v := event.Value{Kind: event.Struct, Elems: []event.Value{
		member("sa_handler", handlerValue(handler)),
		member("sa_mask", sigSet(word(b[3*long:3*long+8]), 64)),
		member("sa_flags", constant(d.arch.FlagText("sigaction", flags))),
	}}
	if restorer, _ := d.arch.FlagValue("sigaction", "SA_RESTORER"); flags&restorer != 0 {
		v.Elems = append(v.Elems, member("sa_restorer", addrValue(word(b[2*long:3*long]))))
	}
	return v
}

func handlerValue(n uint64) event.Value {
	switch n {
	case 0:
		return event.Value{Kind: event.Symbol, Str: "SIG_DFL"}
	case 1:
		return event.Value{Kind: event.Symbol, Str: "SIG_IGN"}
	case ^uint64(0), 1<<32 - 1:
		return event.Value{Kind: event.Symbol, Str: "SIG_ERR"}
	}
	return addrValue(n)
}

// sigeventShape writes a struct sigevent (sigevent(3type)).
func sigeventShape(d *decoder, _ event.Value, b []byte) event.Value {
	long := int(d.long())
	if len(b) < long+12+long {
		return event.Value{}
	}
	value := b[:long]
	signo, notify := int32(word(b[long:long+4])), word(b[long+4:long+8])
	v := event.Value{Kind: event.Struct}
	if word(value) != 0 {
		v.Elems = append(v.Elems, event.Value{Kind: event.Struct, Name: "sigev_value", Elems: []event.Value{
			member("sival_int", intValue(int64(int32(word(value[:4]))))), member("sival_ptr", addrValue(word(value))),
		}})
	}
	text := d.arch.EnumText("sigev_notify", notify)
	number := intValue(int64(signo))
	if text == "SIGEV_SIGNAL" || text == "SIGEV_THREAD_ID" {
		number = signalValue(signo)
	}
	v.Elems = append(v.Elems, member("sigev_signo", number), member("sigev_notify", constant(text)))
	if text == "SIGEV_THREAD_ID" {
		v.Elems = append(v.Elems, member("sigev_notify_thread_id", intValue(int64(int32(word(b[long+8:long+12]))))))
	}
	return v
}

func waitStatusArg(d *decoder, i int, _ *abi.Arg) event.Value {
	n, ok := d.out.number(d.args[i], 4)
	if !ok || d.failed || d.ret == 0 {
		return addrValue(d.args[i])
	}
	return array(notation(waitStatus(uint32(n))))
}

// waitStatus writes a status of wait(2) as the tests that are true of it; that
// of a ptrace-stop with its event.
func waitStatus(s uint32) string {
	number := s >> 8 & 0xff
	signal := abi.SignalName(int(s & 0x7f))
	switch {
	case s&0x7f == 0:
		return fmt.Sprintf("{WIFEXITED(s) && WEXITSTATUS(s) == %d}", number)
	case s == 0xffff:
		return "{WIFCONTINUED(s)}"
	case s&0xff == 0x7f:
		flag := "" // PTRACE_O_TRACESYSGOOD
		if number&0x80 != 0 {
			flag = " | 0x80"
		}
		return fmt.Sprintf("{WIFSTOPPED(s) && WSTOPSIG(s) == %s%s}%s",
			abi.SignalName(int(number&0x7f)), flag, ptraceEvent(s>>16))
	case s&0x80 != 0:
		return fmt.Sprintf("{WIFSIGNALED(s) && WTERMSIG(s) == %s && WCOREDUMP(s)}", signal)
	}
	return fmt.Sprintf("{WIFSIGNALED(s) && WTERMSIG(s) == %s}", signal)
}

// ptraceEvent names the event of a ptrace-stop (ptrace(2)).
func ptraceEvent(n uint32) string {
	names := [...]string{1: "FORK", 2: "VFORK", 3: "CLONE", 4: "EXEC", 5: "VFORK_DONE", 6: "EXIT", 7: "SECCOMP", 128: "STOP"}
	switch {
	case n == 0:
		return ""
	case n < uint32(len(names)) && names[n] != "":
		return "|PTRACE_EVENT_" + names[n] + "<<16"
	}
	return fmt.Sprintf("|%#x<<16", n)
}
