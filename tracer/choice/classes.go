package choice

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
)

// classes are the sets that strace names by %, with what is in them. Where a
// class follows from the kinds of abi's arguments there is a function beside the
// names that it misses. Aliases share a list.
var classes = map[string]class{
	"file": {kind: abi.Path, also: "fsconfig"},
	"desc": {kind: abi.FD, also: "mmap mmap2 select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64 pipe pipe2 bpf",
		not: "pidfd_send_signal", except: "network"},
	"process": {names: "clone clone3 fork vfork execve execveat exit exit_group wait4 waitid waitpid kill tgkill tkill rt_sigqueueinfo rt_tgsigqueueinfo"},
	"network": {names: network},
	"net":     {names: network},
	"signal": {names: `kill tkill tgkill pause rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigtimedwait_time64
		rt_sigqueueinfo rt_tgsigqueueinfo rt_sigsuspend rt_sigreturn sigaltstack signalfd signalfd4 io_uring_enter
		signal sigaction sgetmask ssetmask sigsuspend sigpending sigreturn sigprocmask`},
	"ipc": {names: `ipc msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget`},
	"memory": {names: `brk mmap mmap2 munmap mremap mprotect pkey_mprotect madvise mincore mlock mlock2 mlockall
		munlock munlockall msync remap_file_pages mbind set_mempolicy get_mempolicy migrate_pages move_pages
		set_mempolicy_home_node shmat shmdt map_shadow_stack mseal io_setup io_destroy io_uring_register`},
	"creds": {names: `getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid
		setresgid setgroups setfsuid setfsgid capget capset prctl getuid32 geteuid32 getgid32 getegid32 getresuid32
		getresgid32 getgroups32 setuid32 setgid32 setreuid32 setregid32 setresuid32 setresgid32 setgroups32 setfsuid32 setfsgid32`},
	"clock": {names: `adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
		clock_settime clock_settime64 gettimeofday settimeofday stime time`},
	"stat":    {names: "stat stat64 oldstat"},
	"lstat":   {names: "lstat lstat64 oldlstat"},
	"fstat":   {names: "fstat fstat64 oldfstat newfstatat fstatat64 statx"},
	"%stat":   {names: "stat stat64 oldstat lstat lstat64 oldlstat fstat fstat64 oldfstat newfstatat fstatat64 statx"},
	"statfs":  {names: "statfs statfs64"},
	"fstatfs": {names: "fstatfs fstatfs64"},
	"%statfs": {names: "statfs statfs64 fstatfs fstatfs64 ustat"},
	"pure":    {names: `getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32 getpid gettid getppid getpgrp`},
}

const network = `socket bind connect listen accept accept4 getsockname getpeername socketpair sendto recvfrom
	shutdown setsockopt getsockopt sendmsg recvmsg sendmmsg recvmmsg recvmmsg_time64 socketcall sendfile sendfile64 getpmsg putpmsg`

// class is one class: the calls named, or those with an argument of a kind, and
// some more, less some, and less those of another class that aren't about files.
type class struct {
	names     string
	kind      abi.Kind
	also, not string
	except    string
}

func classNames() []string {
	var list []string
	for name := range classes {
		list = append(list, "%"+name)
	}
	slices.Sort(list)
	return list
}

// addClass takes in the calls of a class, by its name without the "%".
func (s *Set) addClass(name string) bool {
	c, ok := classes[name]
	if !ok {
		return false
	}
	for _, n := range strings.Fields(c.names + " " + c.also) {
		s.add(n)
	}
	if c.kind == abi.Void {
		return true
	}
	not := strings.Fields(c.not + " " + classes[c.except].names)
	for _, n := range allNames() {
		if d := describe(n); d != nil && c.has(d) && (!slices.Contains(not, n) || strings.HasPrefix(n, "sendfile")) {
			s.add(n)
		}
	}
	return true
}

func (c *class) has(d *abi.Call) bool {
	if c.kind == abi.FD && d.Ret == abi.FD {
		return true
	}
	for _, a := range d.Args {
		if a.Kind == c.kind || c.kind == abi.FD && a.Kind == abi.DirFD {
			return true
		}
	}
	return false
}

// oldClasses may be named without the "%" still.
var oldClasses = []string{"file", "process", "network", "net", "desc", "signal", "ipc", "memory"}

func (s *Set) addOldClass(name string) bool {
	return slices.Contains(oldClasses, name) && s.addClass(name)
}
