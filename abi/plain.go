package abi

import "strings"

// Plain is the name that a call has on 64-bit machines: "fcntl" of "fcntl64", "futex" of
// "futex_time64", "mmap" of i386's "mmap2", "recvfrom" of "recv", which is the same
// with fewer arguments. A name that is no such variant stays what it is.
func Plain(name string) string {
	if p, ok := plain[name]; ok {
		return p
	}
	return strings.TrimSuffix(name, "_time64")
}

// plain are the variants of 32-bit machines (syscalls(2)), and how strace before 4.6
// called some of them.
var plain = map[string]string{
	"mmap2": "mmap", "old_mmap": "mmap", "_newselect": "select", "old_select": "select", "ugetrlimit": "getrlimit", "umount": "umount2",
	"fcntl64": "fcntl", "sendfile64": "sendfile", "truncate64": "truncate", "ftruncate64": "ftruncate", "_llseek": "lseek",
	"stat64": "stat", "lstat64": "lstat", "fstat64": "fstat", "fstatat64": "newfstatat", "oldstat": "stat", "oldlstat": "lstat", "oldfstat": "fstat",
	"statfs64": "statfs", "fstatfs64": "fstatfs", "fadvise64_64": "fadvise64",
	"chown32": "chown", "fchown32": "fchown", "lchown32": "lchown", "getuid32": "getuid", "geteuid32": "geteuid", "getgid32": "getgid", "getegid32": "getegid",
	"setuid32": "setuid", "setgid32": "setgid", "setreuid32": "setreuid", "setregid32": "setregid", "setresuid32": "setresuid", "setresgid32": "setresgid",
	"setgroups32": "setgroups", "getgroups32": "getgroups", "setfsuid32": "setfsuid", "setfsgid32": "setfsgid",
	"recv": "recvfrom", "send": "sendto", "pread": "pread64", "pwrite": "pwrite64", "waitpid": "wait4", "_exit": "exit",
}
