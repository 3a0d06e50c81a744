package abi

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

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
		if tt.set == "domain" || tt.set == "rusage" {
			text = tt.arch.EnumText
		}
		if got := text(tt.set, tt.v); got != tt.want {
			t.Errorf("%v %s %#x: %s, want %s", tt.arch, tt.set, tt.v, got, tt.want)
		}
	}
}

// A set of flags can be asked for one of its constants too.
func TestEnumTextOfFlags(t *testing.T) {
	if got := AMD64.EnumText("sched", 2); got != "SCHED_RR" {
		t.Error(got)
	}
	if got := AMD64.EnumText("open", 0o100); got != "O_CREAT" {
		t.Error(got)
	}
}

func TestFlagValue(t *testing.T) {
	tests := []struct {
		arch      Arch
		set, name string
		want      uint64
		ok        bool
	}{
		{AMD64, "open", "O_CREAT", 0o100, true},
		{AMD64, "open", "O_DIRECTORY", 0o200000, true},
		{ARM64, "open", "O_DIRECTORY", 0o40000, true},
		{AMD64, "open", "O_WRONLY", 1, true}, // of a field
		{AMD64, "mmap", "MAP_32BIT", 0x40, true},
		{ARM64, "mmap", "MAP_32BIT", 0, false},
		{AMD64, "open", "O_NO", 0, false},
		{AMD64, "no such set", "O_CREAT", 0, false},
	}
	for _, tt := range tests {
		got, ok := tt.arch.FlagValue(tt.set, tt.name)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%v %s %s: %#x, %v, want %#x, %v", tt.arch, tt.set, tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestSockOptText(t *testing.T) {
	for _, tt := range []struct {
		level, option uint64
		want          string
	}{
		{1, 2, "SO_REUSEADDR"}, {6, 1, "TCP_NODELAY"}, {41, 26, "IPV6_V6ONLY"},
		{6, 1000, "0x3e8 /* TCP_??? */"}, {1000, 2, "0x2"},
	} {
		if got := AMD64.SockOptText(tt.level, tt.option); got != tt.want {
			t.Errorf("%d %d: %s, want %s", tt.level, tt.option, got, tt.want)
		}
	}
}

// No text loses a bit: its parts together are the value.
func TestTextsHoldTheWholeValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &sets[rapid.IntRange(0, len(sets)-1).Draw(t, "set")]
		arch := rapid.SampledFrom([]Arch{AMD64, ARM64, I386, 0}).Draw(t, "arch")
		v := rapid.Uint64().Draw(t, "value")
		if rapid.Bool().Draw(t, "small") {
			v = 1 << (v % 64)
		}
		text := arch.FlagText(s.name, v)
		got := uint64(0)
		for part := range strings.SplitSeq(text, "|") {
			n, err := partValue(arch, s, part)
			if err != nil {
				t.Fatalf("%s %#x: %s: %v", s.name, v, text, err)
			}
			if got&n != 0 {
				t.Fatalf("%s %#x: %s: %s is there twice", s.name, v, text, part)
			}
			got |= n
		}
		if got != s.cut(v) {
			t.Fatalf("%s %#x: %s is %#x", s.name, v, text, got)
		}
	})
}

// partValue is the value of a part of a mask's text.
func partValue(a Arch, s *set, part string) (uint64, error) {
	part, _, _ = strings.Cut(part, " /*")
	if number, suffix, ok := strings.Cut(part, "<<"); ok {
		for _, f := range s.of[a.index()].fields {
			if f.suffix == "<<"+suffix {
				n, err := strconv.ParseUint(number, 10, 64)
				return n << f.shift, err
			}
		}
		return 0, fmt.Errorf("no number %s", part)
	}
	if part[0] >= '0' && part[0] <= '9' {
		return strconv.ParseUint(part, 0, 64)
	}
	n, ok := a.FlagValue(s.name, part)
	if !ok {
		return 0, fmt.Errorf("no constant %s", part)
	}
	return n, nil
}
