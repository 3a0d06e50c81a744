package abi

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestEveryNumberHasACall(t *testing.T) {
	for _, a := range []Arch{AMD64, ARM64, I386} {
		names := callNames[a.index()]
		if len(names) < 440 {
			t.Errorf("%v has %d numbers", a, len(names))
		}
		for n, name := range names {
			if name != "" && a.Lookup(name) == nil {
				t.Errorf("%v %d: %s has no line in calls.txt", a, n, name)
			}
		}
	}
}

func TestEveryCallHasANumber(t *testing.T) {
	for i := range calls {
		found := false
		for _, a := range []Arch{AMD64, ARM64, I386} {
			_, ok := a.CallNumber(calls[i].Name)
			found = found || ok
		}
		if !found {
			t.Errorf("%s is no call of any architecture", calls[i].Name)
		}
	}
}

func TestCallNumbers(t *testing.T) {
	tests := []struct {
		arch Arch
		nr   uint64
		name string
	}{
		{AMD64, 0, "read"}, {AMD64, 257, "openat"}, {AMD64, 262, "newfstatat"}, {AMD64, 59, "execve"},
		{AMD64, 302, "prlimit64"}, {AMD64, 17, "pread64"}, {AMD64, 435, "clone3"},
		{ARM64, 63, "read"}, {ARM64, 56, "openat"}, {ARM64, 79, "newfstatat"}, {ARM64, 221, "execve"},
		{I386, 3, "read"}, {I386, 5, "open"}, {I386, 102, "socketcall"}, {I386, 192, "mmap2"}, {I386, 140, "_llseek"},
	}
	for _, tt := range tests {
		if got := tt.arch.CallName(tt.nr); got != tt.name {
			t.Errorf("%v %d: %s, want %s", tt.arch, tt.nr, got, tt.name)
		}
		if got, ok := tt.arch.CallNumber(tt.name); got != tt.nr || !ok {
			t.Errorf("%v %s: %d, %v, want %d", tt.arch, tt.name, got, ok, tt.nr)
		}
	}
	if got := ARM64.CallName(244); got != "syscall_0xf4" { // where an architecture's own calls begin; arm64 has none
		t.Errorf("arm64 244: %s", got)
	}
	for _, nr := range []uint64{1000, 1 << 40, ^uint64(0)} {
		if got, want := AMD64.CallName(nr), "syscall_"+hex(nr); got != want {
			t.Errorf("%d: %s, want %s", nr, got, want)
		}
	}
	if n, ok := AMD64.CallNumber("socketcall"); ok {
		t.Errorf("amd64 has socketcall: %d", n)
	}
}

func TestLookup(t *testing.T) {
	read := &Call{Name: "read", Ret: Size, Args: []Arg{
		{Name: "fd", Kind: FD, Len: NoLen, Max: NoLen},
		{Name: "buf", Kind: Buf, Dir: Out, Len: LenRet, Max: 2},
		{Name: "count", Kind: Size, Len: NoLen, Max: NoLen},
	}}
	openat := &Call{Name: "openat", Ret: FD, Args: []Arg{
		{Name: "dirfd", Kind: DirFD, Len: NoLen, Max: NoLen},
		{Name: "pathname", Kind: Path, Dir: In, Len: NoLen, Max: NoLen},
		{Name: "flags", Kind: Flags, Set: "open", Len: NoLen, Max: NoLen},
		{Name: "mode", Kind: Mode, Len: NoLen, Max: NoLen, Optional: true},
	}}
	for _, want := range []*Call{read, openat} {
		if diff := cmp.Diff(want, Lookup(want.Name), cmpopts.IgnoreUnexported(Call{})); diff != "" {
			t.Error(diff)
		}
	}
	if c := Lookup("no_such_call"); c != nil {
		t.Error(c)
	}
	if !Lookup("exit_group").Never || Lookup("execve").Never {
		t.Error("exit_group comes back, or execve doesn't")
	}
}

// The architectures differ in the order of clone's arguments and in sizes.
func TestLookupByArch(t *testing.T) {
	if got := AMD64.Lookup("clone").Args[3].Name; got != "child_tid" {
		t.Errorf("amd64's fourth argument of clone is %s", got)
	}
	for _, a := range []Arch{ARM64, I386} {
		if got := a.Lookup("clone").Args[4].Name; got != "child_tid" {
			t.Errorf("%v's fifth argument of clone is %s", a, got)
		}
	}
	sizes := map[Arch]int{AMD64: 144, ARM64: 128, I386: 64}
	for a, want := range sizes {
		if got := a.Lookup("fstat").Args[1].Size; got != want {
			t.Errorf("%v: struct stat has %d bytes, want %d", a, got, want)
		}
	}
	if got := ARM64.Lookup("epoll_wait").Args[1].Size; got != 16 {
		t.Errorf("arm64: struct epoll_event has %d bytes", got)
	}
}

func TestFor(t *testing.T) {
	names := func(c *Call) (list []string) {
		for _, a := range c.Args {
			list = append(list, a.Name)
		}
		return list
	}
	tests := []struct {
		call string
		args [6]uint64
		want []string
	}{
		{"read", [6]uint64{3}, []string{"fd", "buf", "count"}},
		{"fcntl", [6]uint64{3, 1}, []string{"fd", "cmd"}},
		{"fcntl", [6]uint64{3, 999}, []string{"fd", "cmd", "arg"}},
		{"fcntl", [6]uint64{3, 0xffffffff00000001}, []string{"fd", "cmd"}}, // the upper half doesn't count
		{"futex", [6]uint64{0, 129}, []string{"uaddr", "op", "val"}},
		{"futex", [6]uint64{0, 129 | 256}, []string{"uaddr", "op", "val"}},
		{"prctl", [6]uint64{15}, []string{"option", "name"}},
		{"prctl", [6]uint64{47, 2}, []string{"option", "op", "cap", "arg4", "arg5"}},
		{"prctl", [6]uint64{22, 2}, []string{"option", "mode", "filter"}},
		{"ioctl", [6]uint64{0, 0x5451}, []string{"fd", "request"}},
		{"syslog", [6]uint64{10}, []string{"type"}},
	}
	for _, tt := range tests {
		c := Lookup(tt.call)
		if diff := cmp.Diff(tt.want, names(c.For(AMD64, tt.args))); diff != "" {
			t.Errorf("%s %v: %s", tt.call, tt.args, diff)
		}
	}
	if ret := Lookup("fcntl").For(AMD64, [6]uint64{3, 0}).Ret; ret != FD {
		t.Errorf("F_DUPFD gives kind %d", ret)
	}
}

// What the tracer relies on: lengths are in range, and of a kind that can hold
// one; a pointer has a direction.
func TestLengthsAreFound(t *testing.T) {
	for _, list := range [][]Call{calls, otherCalls[0], otherCalls[1], otherCalls[2]} {
		for i := range list {
			checkLengths(t, &list[i])
		}
	}
}

func checkLengths(t *testing.T, c *Call) {
	t.Helper()
	for _, a := range c.Args {
		for _, n := range []int{a.Len, a.Max} {
			if n < 0 {
				continue
			}
			switch c.Args[n].Kind {
			case Int, Uint, Long, Size, SockLen:
			default:
				t.Errorf("%s: the length of %s is in %s, of kind %d", c.Name, a.Name, c.Args[n].Name, c.Args[n].Kind)
			}
		}
		if a.Kind == Array && a.Len == NoLen && a.Count == 0 || a.Kind == Buf && a.Len == NoLen {
			t.Errorf("%s: nothing says how long %s is", c.Name, a.Name)
		}
	}
	for i := range c.variants {
		checkLengths(t, &c.variants[i].call)
	}
}
