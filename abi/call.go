package abi

import (
	"sort"
	"strconv"
	"strings"
	"sync"
)

// variant is what a call looks like for some values of its command.
type variant struct {
	keys []string // the command's constants
	call Call
}

// index is the architecture's place in every triple of the tables.
func (a Arch) index() int {
	switch a {
	case ARM64:
		return 1
	case I386:
		return 2
	}
	return 0
}

// String is the architecture's name in Go, "i386" for I386.
func (a Arch) String() string {
	switch a {
	case AMD64:
		return "amd64"
	case ARM64:
		return "arm64"
	case I386:
		return "i386"
	}
	return hex(uint64(a))
}

// Lookup gives the description of a call as on amd64, nil if there is none.
// [Arch.Lookup] knows what differs elsewhere. The result must not be changed.
func Lookup(name string) *Call { return AMD64.Lookup(name) }

// Lookup gives the description of a call on this architecture, nil if there is
// none. The result must not be changed.
func (a Arch) Lookup(name string) *Call {
	if c := findCall(otherCalls[a.index()], name); c != nil {
		return c
	}
	return findCall(calls, name)
}

func findCall(list []Call, name string) *Call {
	i := sort.Search(len(list), func(i int) bool { return list[i].Name >= name })
	if i < len(list) && list[i].Name == name {
		return &list[i]
	}
	return nil
}

// For gives the call as its command shapes it: fcntl with F_SETFD has flags
// where fcntl in general has an unknown argument, futex with FUTEX_WAKE has
// three arguments. c itself for a call without commands, or when nothing
// special is known of this one. args are the call's registers.
func (c *Call) For(a Arch, args [6]uint64) *Call {
	if len(c.variants) == 0 {
		return c
	}
	key := a.command(&c.Args[c.key], args[c.key])
	for i := range c.variants {
		for _, k := range c.variants[i].keys {
			if k == key {
				return c.variants[i].call.For(a, args)
			}
		}
	}
	return c
}

// command gives the name of a call's command, without flags that stand beside
// it (FUTEX_CLOCK_REALTIME).
func (a Arch) command(arg *Arg, v uint64) string {
	if arg.Kind == IoctlCmd {
		return IoctlText(v)
	}
	s := findSet(arg.Set)
	if arg.Kind == Enum {
		return s.of[a.index()].name(s.cut(v))
	}
	name, _, _ := strings.Cut(a.FlagText(arg.Set, v), "|")
	return name
}

// CallName gives the name of a call, "syscall_0x3e8" for an unknown number.
func (a Arch) CallName(nr uint64) string {
	names := callNames[a.index()]
	if nr < uint64(len(names)) && names[nr] != "" {
		return names[nr]
	}
	return "syscall_0x" + strconv.FormatUint(nr, 16)
}

// CallNumber gives the number of a call.
func (a Arch) CallNumber(name string) (uint64, bool) {
	n, ok := callNumbers()[a.index()][name]
	return n, ok
}

var callNumbers = sync.OnceValue(func() (numbers [3]map[string]uint64) {
	for i, names := range callNames {
		numbers[i] = map[string]uint64{}
		for n, name := range names {
			if name != "" {
				numbers[i][name] = uint64(n)
			}
		}
	}
	return numbers
})

// SigreturnMask is where, from the stack pointer at a rt_sigreturn, the mask lies
// that it brings back; 0 when that isn't known. It is in the frame that the kernel
// has made for the handler (struct rt_sigframe of arch/x86/include/asm/sigframe.h;
// on arm64, arch/arm64/kernel/signal.c, it begins with a siginfo).
func (a Arch) SigreturnMask() uint64 {
	const flags, link, stack, registers, siginfo = 8, 8, 24, 256, 128
	switch a {
	case AMD64:
		return flags + link + stack + registers
	case ARM64:
		return siginfo + flags + link + stack
	}
	return 0
}
