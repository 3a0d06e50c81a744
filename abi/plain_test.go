package abi

import "testing"

func TestPlain(t *testing.T) {
	for name, want := range map[string]string{
		"fcntl64": "fcntl", "mmap2": "mmap", "clock_nanosleep_time64": "clock_nanosleep", "recv": "recvfrom",
		"getdents64": "getdents64", "pread64": "pread64", "clone3": "clone3", "openat": "openat", "syscall_0x3e8": "syscall_0x3e8",
	} {
		got := Plain(name)
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if name != "syscall_0x3e8" && Lookup(got) == nil {
			t.Errorf("%s is described nowhere", got)
		}
	}
}
