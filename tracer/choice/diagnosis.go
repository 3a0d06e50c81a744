package choice

import "github.com/stracex/stracex/abi"

// silent are the calls that are frequent, and that no diagnosis rests on: they
// fail for no reason that the machine has, or their failure shows elsewhere.
var silent = []string{
	// memory given back or asked for in small pieces; see also conditions
	"brk", "munmap", "madvise", "mincore", "membarrier",
	// what time it is, and how much was used
	"clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64",
	"gettimeofday", "time", "times", "getrusage", "getitimer", "timer_gettime",
	"timer_gettime64", "timer_getoverrun",
	// scheduling
	"sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
	"sched_get_priority_max", "sched_get_priority_min", "sched_getattr", "getcpu", "getpriority",
	// who one is
	"getpid", "gettid", "getppid", "getpgrp", "getpgid", "getsid",
	"getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups",
	"getuid32", "geteuid32", "getgid32", "getegid32", "getresuid32", "getresgid32", "getgroups32",
	// locks between threads: what a thread waits in at the end is seen at the end
	"futex", "futex_time64", "futex_wait", "futex_wake", "futex_requeue", "futex_waitv",
	// signal masks and handlers; signals themselves are always seen
	"rt_sigprocmask", "rt_sigaction", "rt_sigreturn", "rt_sigpending", "sigaltstack",
	"sigprocmask", "sigaction", "sigreturn", "sigpending", "signal", "sgetmask", "ssetmask",
	// what a C library sets up for each thread
	"set_tid_address", "set_robust_list", "get_robust_list", "rseq", "arch_prctl",
	"set_thread_area", "get_thread_area",
	"getrandom", "uname", "sysinfo",
	// pauses: what a thread sleeps in at the end is seen at the end, too
	"nanosleep", "clock_nanosleep", "clock_nanosleep_time64",
}

// large is a piece of memory whose lack a program can't get over.
const large = 64 << 20

// conditions narrow calls that are interesting with some arguments only.
var conditions = []condition{
	// Files, and large pieces; mmap's flags and length are the same on all.
	{"mmap", []test{{3, noBit, mapAnonymous}, {1, atLeast, large}}},
	{"mmap2", []test{{3, noBit, mapAnonymous}, {1, atLeast, large}}},
	{"mremap", []test{{2, atLeast, large}}},
	// A security module may forbid code that was written (execmem).
	{"mprotect", []test{{2, anyBit, protExec}}},
	// All but what flags a descriptor has, and F_SETFL.
	{"fcntl", fcntlTests},
	{"fcntl64", fcntlTests},
}

var fcntlTests = []test{{1, equal, fDupFD}, {1, equal, fSetFD}, {1, atLeast, fSetFL + 1}}

// Of linux/mman.h and asm-generic/mman-common.h, the same on all of arches.
const (
	mapAnonymous = 0x20
	protExec     = 0x4
)

// Commands of fcntl, below which are F_GETFD and F_GETFL only
// (asm-generic/fcntl.h).
const (
	fDupFD = 0
	fSetFD = 2
	fSetFL = 4
)

// Diagnosis is everything that a diagnosis can rest on.
func Diagnosis() *Set {
	s := All()
	s.expr = diagnosisName
	s.remove(silent...)
	s.when = conditions
	return s
}

const diagnosisName = "%diagnosis"

// condition: a call belongs to a set when one of the tests holds.
type condition struct {
	call string
	any  []test
}

// test is about one argument.
type test struct {
	arg  int
	kind testKind
	v    uint64
}

type testKind int

const (
	anyBit  testKind = iota // some bit of v, which has 32, is set
	noBit                   // none is
	atLeast                 // the argument is v or more
	equal                   // the argument's lower half is v
)

func (c *condition) holds(args [6]uint64) bool {
	for _, t := range c.any {
		switch v := args[t.arg]; t.kind {
		case anyBit:
			if v&t.v != 0 {
				return true
			}
		case noBit:
			if v&t.v == 0 {
				return true
			}
		case atLeast:
			if v >= t.v {
				return true
			}
		case equal:
			if uint32(v) == uint32(t.v) {
				return true
			}
		}
	}
	return false
}

// condition finds the condition of a call, nil for none. i386's own mmap takes
// its arguments from memory.
func (s *Set) condition(arch abi.Arch, nr uint64) *condition {
	if len(s.when) == 0 {
		return nil
	}
	name := arch.CallName(nr)
	if arch == abi.I386 && name == "mmap" {
		return nil
	}
	for i := range s.when {
		if s.when[i].call == name {
			return &s.when[i]
		}
	}
	return nil
}
