package abi

import "testing"

// What strace prints for the same values, see TestTextsAgreeWithStrace too.
func TestSetText(t *testing.T) {
	tests := []struct {
		arch Arch
		set  string
		v    uint64
		want string
	}{
		{AMD64, "open", 0, "O_RDONLY"},
		{AMD64, "open", 0o2000000, "O_RDONLY|O_CLOEXEC"},
		{AMD64, "open", 0o1101, "O_WRONLY|O_CREAT|O_TRUNC"},
		{AMD64, "open", 0x80000003, "O_ACCMODE|0x80000000"},
		{AMD64, "open", 0xdead00000000, "O_RDONLY"},
		{AMD64, "open", 0o200000, "O_RDONLY|O_DIRECTORY"},
		{ARM64, "open", 0o40000, "O_RDONLY|O_DIRECTORY"},
		{AMD64, "open", 0o100000, "O_RDONLY|O_LARGEFILE"},
		{ARM64, "open", 0o400000, "O_RDONLY|O_LARGEFILE"},
		{AMD64, "open", 0o20200002, "O_RDWR|O_TMPFILE"},
		{AMD64, "open", 0o4010000, "O_RDONLY|O_SYNC"},
		{AMD64, "mmap", 0, "MAP_FILE"},
		{AMD64, "mmap", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"},
		{AMD64, "mmap", 0x22 | 0x40000 | 21<<26, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT"},
		{AMD64, "prot", 0, "PROT_NONE"},
		{AMD64, "prot", 3, "PROT_READ|PROT_WRITE"},
		{AMD64, "prot", 0x80, "0x80 /* PROT_??? */"},
		{AMD64, "access", 0, "F_OK"},
		{AMD64, "access", 6, "R_OK|W_OK"},
		{AMD64, "access", 15, "R_OK|W_OK|X_OK|0x8"},
		{AMD64, "domain", 1, "AF_UNIX"},
		{AMD64, "domain", 99, "0x63 /* AF_??? */"},
		{AMD64, "socktype", 0o2000001, "SOCK_STREAM|SOCK_CLOEXEC"},
		{AMD64, "futex", 128, "FUTEX_WAIT_PRIVATE"},
		{AMD64, "futex", 9 | 256, "FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME"},
		{AMD64, "futex", 99, "0x63 /* FUTEX_??? */"},
		{AMD64, "clone", 0x01200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD"},
		{AMD64, "clone", 17, "SIGCHLD"},
		{AMD64, "file_mode", 0o100644, "S_IFREG|0644"},
		{AMD64, "file_mode", 0o41777, "S_IFDIR|S_ISVTX|0777"},
		{AMD64, "file_mode", 0, "000"},
		{AMD64, "wait", 0, "0"},
		{AMD64, "rusage", 0xffffffffffffffff, "RUSAGE_CHILDREN"},
		{AMD64, "rusage", 0xffffffff, "RUSAGE_CHILDREN"},
		{AMD64, "no such set", 16, "0x10"},
	}
	for _, tt := range tests {
		text := tt.arch.FlagText
		if s := findSet(tt.set); s != nil && len(s.of[0].fields) == 0 && enum(tt.set) {
			text = tt.arch.EnumText
		}
		if got := text(tt.set, tt.v); got != tt.want {
			t.Errorf("%v %s %#x: %s, want %s", tt.arch, tt.set, tt.v, got, tt.want)
		}
	}
}

func enum(set string) bool { return set == "domain" || set == "rusage" }
