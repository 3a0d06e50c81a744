package tracer

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

// fakeMemory is a tracee's memory: pieces of bytes at addresses.
type fakeMemory map[uint64][]byte

func (f fakeMemory) read(addr uint64, buf []byte) (int, unix.Errno) {
	for base, data := range f {
		if addr < base || addr >= base+uint64(len(data)) {
			continue
		}
		data = data[addr-base:]
		if n := copy(buf, data); n < len(buf) {
			return n, unix.EFAULT
		}
		return len(buf), 0
	}
	return 0, unix.EFAULT
}

// words makes pointer-sized numbers.
func words(size int, list ...uint64) []byte {
	var b []byte
	for _, w := range list {
		b = binary.LittleEndian.AppendUint64(b, w)[:len(b)+size]
	}
	return b
}

// planOf prepares a call whose descriptors are all special, or all files.
func planOf(arch abi.Arch, name string, mem fakeMemory, special bool, args ...uint64) *plan {
	c := &call{kind: &kind{arch: arch, name: name}}
	copy(c.args[:], args)
	c.desc = arch.Lookup(name).For(arch, c.args)
	return &plan{memory: mem, call: c, limit: 256, special: func(int, int) bool { return special }}
}

func TestPlanAtEntry(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789abcdef"), 8192) // 128 KiB
	mem := fakeMemory{
		0x1000:  []byte("/etc/passwd\x00rest"),
		0x2000:  long,
		0x3f000: []byte("cut off here"),
		0x40000: words(8, 0x1000, 0x1005, 0),
		0x41000: words(8, 0x2000, 100, 0x2100, 1<<40),
		0x42000: words(4, 0x1000, 0x1005, 0), // 32-bit pointers
		0x43000: words(8, 0x1000, 4, 0x41000, 1, 0x2000, 24, 0),
		0x44000: words(8, 1, 2, 3, 4, 5, 6, 7, 8),
		0x45000: words(8, 3, 0x2000),                        // a sock_fprog
		0x46000: words(8, 1<<40|1, 0x2000, 0x1000, 0, 0, 0), // a bpf_attr
	}
	type piece struct {
		addr, want uint64
		n          int
		errno      unix.Errno
	}
	cwd := ^uint64(99) // AT_FDCWD
	for _, test := range []struct {
		name    string
		arch    abi.Arch
		call    string
		special bool
		args    []uint64
		want    []piece
	}{
		{"path", abi.AMD64, "openat", false, []uint64{cwd, 0x1000}, []piece{{0x1000, 12, 12, 0}}},
		{"null path", abi.AMD64, "openat", false, []uint64{cwd, 0}, nil},
		{"path at nowhere", abi.AMD64, "openat", false, []uint64{cwd, 1}, []piece{{1, 1, 0, unix.EFAULT}}},
		{"path without end", abi.AMD64, "openat", false, []uint64{cwd, 0x3f000}, []piece{{0x3f000, 13, 12, unix.EFAULT}}},
		{"too long path", abi.AMD64, "openat", false, []uint64{cwd, 0x2000}, []piece{{0x2000, 4097, 4096, 0}}},
		{"write to stderr", abi.AMD64, "write", false, []uint64{2, 0x2000, 100000}, []piece{{0x2000, 100000, 65536, 0}}},
		{"write to a pipe", abi.AMD64, "write", true, []uint64{5, 0x2000, 100000}, []piece{{0x2000, 100000, 65536, 0}}},
		{"write to a file", abi.AMD64, "write", false, []uint64{5, 0x2000, 100000}, []piece{{0x2000, 100000, 4096, 0}}},
		{"write beyond the end", abi.AMD64, "write", true, []uint64{1, 0x3f000, 20}, []piece{{0x3f000, 20, 12, unix.EFAULT}}},
		{"writev", abi.AMD64, "writev", true, []uint64{5, 0x41000, 2},
			[]piece{{0x41000, 32, 32, 0}, {0x2000, 100, 100, 0}, {0x2100, 1 << 40, 65436, 0}}},
		{"writev of nothing", abi.AMD64, "writev", true, []uint64{5, 0x41000, 0}, nil},
		{"sendmsg", abi.AMD64, "sendmsg", true, []uint64{5, 0x43000, 0},
			[]piece{{0x43000, 56, 56, 0}, {0x1000, 4, 4, 0}, {0x41000, 16, 16, 0}, {0x2000, 100, 100, 0}}},
		{"execve", abi.AMD64, "execve", false, []uint64{0x1000, 0x40000, 0x40000},
			[]piece{{0x1000, 12, 12, 0}, {0x40000, 24, 24, 0}, {0x1000, 12, 12, 0}, {0x1005, 7, 7, 0}, {0x40000, 24, 24, 0}}},
		{"execve of 32 bits", abi.I386, "execve", false, []uint64{0x1000, 0x42000, 0},
			[]piece{{0x1000, 12, 12, 0}, {0x42000, 12, 12, 0}, {0x1000, 12, 12, 0}, {0x1005, 7, 7, 0}}},
		{"connect", abi.AMD64, "connect", true, []uint64{5, 0x1000, 16}, []piece{{0x1000, 16, 16, 0}}},
		{"sockaddr with a mad length", abi.AMD64, "connect", true, []uint64{5, 0x2000, 1 << 30}, []piece{{0x2000, 1 << 30, 128, 0}}},
		{"poll", abi.AMD64, "poll", true, []uint64{0x44000, 3, 0}, []piece{{0x44000, 24, 24, 0}}},
		{"nanosleep", abi.AMD64, "nanosleep", false, []uint64{0x44000, 0}, []piece{{0x44000, 16, 16, 0}}},
		{"openat2", abi.AMD64, "openat2", false, []uint64{cwd, 0x1000, 0x44000, 24}, []piece{{0x1000, 12, 12, 0}, {0x44000, 24, 24, 0}}},
		{"F_SETLK", abi.AMD64, "fcntl", false, []uint64{5, unix.F_SETLK, 0x44000}, []piece{{0x44000, 32, 32, 0}}},
		{"F_DUPFD", abi.AMD64, "fcntl", false, []uint64{5, unix.F_DUPFD, 0x44000}, nil},
		{"TCSETS", abi.AMD64, "ioctl", false, []uint64{5, unix.TCSETS, 0x44000}, []piece{{0x44000, 36, 36, 0}}},
		{"unknown ioctl with a size", abi.AMD64, "ioctl", false, []uint64{5, 0x40107eff, 0x44000}, []piece{{0x44000, 16, 16, 0}}},
		{"unknown ioctl with a number", abi.AMD64, "ioctl", false, []uint64{5, 0x7eff, 44}, nil},
		{"seccomp filter", abi.AMD64, "seccomp", false, []uint64{1, 0, 0x45000}, []piece{{0x45000, 16, 16, 0}, {0x2000, 24, 24, 0}}},
		{"socket filter", abi.AMD64, "setsockopt", false, []uint64{3, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, 0x45000, 16},
			[]piece{{0x45000, 16, 16, 0}, {0x2000, 24, 24, 0}}},
		{"socket option", abi.AMD64, "setsockopt", false, []uint64{3, unix.SOL_SOCKET, unix.SO_LINGER, 0x45000, 8}, []piece{{0x45000, 8, 8, 0}}},
		{"sigset", abi.AMD64, "rt_sigprocmask", false, []uint64{0, 0x44000, 0, 8}, []piece{{0x44000, 8, 8, 0}}},
		{"bpf program", abi.AMD64, "bpf", false, []uint64{unix.BPF_PROG_LOAD, 0x46000, 48}, []piece{{0x46000, 48, 48, 0}, {0x2000, 2048, 2048, 0}, {0x1000, 12, 12, 0}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := planOf(test.arch, test.call, mem, test.special, test.args...).enter()
			if len(got) != len(test.want) {
				t.Fatalf("%d pieces, want %d: %v", len(got), len(test.want), got)
			}
			for i, m := range got {
				if p := (piece{m.Addr, m.Want, len(m.Data), unix.Errno(m.Errno)}); p != test.want[i] {
					t.Errorf("piece %d: %+v, want %+v", i, p, test.want[i])
				}
			}
		})
	}
}

func TestPlanAtExit(t *testing.T) {
	mem := fakeMemory{
		0x2000:  bytes.Repeat([]byte("data"), 16384),
		0x41000: words(8, 0x2000, 100, 0x3000, 1000),
		0x43000: words(8, 0x2000, 0x0000007000000010, 0x41000, 2, 0x4000, 24, 0),
		0x45000: words(8, 20),
		0x46000: words(4, 20),
		0x47000: words(8, 80, 0x2000),
		0x48000: words(8, 0xffffffff, 0x2000),
		0x4a000: words(8, 3<<32|1, 0x2000, 0x4b000, 1<<(32+8), 0x4b000, 0),
		0x4b000: []byte("refused\x00more"),
		0x49000: append(words(4, 0, 0, 0, 0, 0, 1<<30, 2, 0), make([]byte, 200)...),
	}
	for _, test := range []struct {
		name    string
		call    string
		special bool
		ret     int64
		args    []uint64
		want    []uint64 // address and bytes of each piece
	}{
		{"read of a file", "read", false, 5000, []uint64{5, 0x2000, 8192}, []uint64{0x2000, 256}},
		{"read of a pipe", "read", true, 5000, []uint64{5, 0x2000, 8192}, []uint64{0x2000, 4096}},
		{"short read", "read", true, 7, []uint64{5, 0x2000, 8192}, []uint64{0x2000, 7}},
		{"end of file", "read", true, 0, []uint64{5, 0x2000, 8192}, nil},
		{"failed read", "read", true, -5, []uint64{5, 0x2000, 8192}, nil},
		{"a result above the room", "recvfrom", true, 9000, []uint64{5, 0x2000, 100, unix.MSG_TRUNC}, []uint64{0x2000, 100}},
		{"readv", "readv", true, 150, []uint64{5, 0x41000, 2}, []uint64{0x41000, 32, 0x2000, 100, 0x3000, 50}},
		{"recvmsg", "recvmsg", true, 30, []uint64{5, 0x43000, 0}, []uint64{0x43000, 56, 0x2000, 16, 0x41000, 32, 0x2000, 30, 0x4000, 24}},
		{"accept", "accept", true, 6, []uint64{5, 0x2000, 0x46000}, []uint64{0x46000, 4, 0x2000, 20}},
		{"pipe", "pipe2", false, 0, []uint64{0x2000, 0}, []uint64{0x2000, 8}},
		{"stat", "newfstatat", false, 0, []uint64{1, 1, 0x2000, 0}, []uint64{0x2000, 144}},
		{"getdents64", "getdents64", false, 3000, []uint64{5, 0x2000, 32768}, []uint64{0x2000, 3000}},
		{"readlink", "readlink", false, 300, []uint64{0x2000, 0x3000, 4096}, []uint64{0x3000, 300}},
		{"getcwd", "getcwd", false, 300, []uint64{0x2000, 4096}, []uint64{0x2000, 300}},
		{"wait4", "wait4", false, 77, []uint64{77, 0x2000, 0, 0x3000}, []uint64{0x2000, 4, 0x3000, 144}},
		{"epoll_wait", "epoll_wait", false, 2, []uint64{3, 0x2000, 10, 0}, []uint64{0x2000, 24}},
		{"getdents64", "getdents64", false, 40000, []uint64{3, 0x2000, 65536}, []uint64{0x2000, 40000}},
		{"getsockopt", "getsockopt", true, 0, []uint64{3, 1, 3, 0x2000, 0x46000}, []uint64{0x46000, 4, 0x2000, 20}},
		{"interfaces", "ioctl", true, 0, []uint64{3, unix.SIOCGIFCONF, 0x47000}, []uint64{0x47000, 16, 0x2000, 80}},
		{"more interfaces than are copied", "ioctl", true, 0, []uint64{3, unix.SIOCGIFCONF, 0x48000}, []uint64{0x48000, 16, 0x2000, arrayMax}},
		{"extents", "ioctl", false, 0, []uint64{3, 0xc020660b, 0x49000}, []uint64{0x49000, 32, 0x49020, 112}},
		{"a refused program", "bpf", false, -13, []uint64{unix.BPF_PROG_LOAD, 0x4a000, 48}, []uint64{0x4a000, 48, 0x4b000, 8}},
		{"interrupted sleep", "nanosleep", false, -516, []uint64{0x2000, 0x3000}, []uint64{0x3000, 16}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []uint64
			for _, m := range planOf(abi.AMD64, test.call, mem, test.special, test.args...).exit(test.ret, test.ret < 0) {
				got = append(got, m.Addr, uint64(len(m.Data)))
			}
			if len(got) != len(test.want) {
				t.Fatalf("%#x, want %#x", got, test.want)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Fatalf("%#x, want %#x", got, test.want)
				}
			}
		})
	}
}

// Whatever a program passes, a plan stays within bounds.
func TestPlanBounds(t *testing.T) {
	var names []string
	for _, arch := range []abi.Arch{abi.AMD64, abi.ARM64, abi.I386} {
		for nr := range uint64(600) {
			if name := arch.CallName(nr); !strings.HasPrefix(name, "syscall_") {
				names = append(names, name)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 4096, 4096).Draw(t, "content")
		mem := fakeMemory{0x10000: append(content, make([]byte, 1<<20)...), ^uint64(4095): content}
		arg := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 5000), rapid.Uint64Range(0x10000, 0x11000), rapid.Just(^uint64(0)))
		arch := rapid.SampledFrom([]abi.Arch{abi.AMD64, abi.ARM64, abi.I386}).Draw(t, "arch")
		name := rapid.SampledFrom(names).Draw(t, "name")
		if arch.Lookup(name) == nil {
			t.Skip("not on this architecture")
		}
		args := rapid.SliceOfN(arg, 6, 6).Draw(t, "args")
		check := func(mem []stx.Mem) {
			total := 0
			for _, m := range mem {
				total += len(m.Data)
				if uint64(len(m.Data)) > m.Want {
					t.Fatalf("%d bytes of %d", len(m.Data), m.Want)
				}
			}
			if total > planMax {
				t.Fatalf("%d bytes copied", total)
			}
		}
		check(planOf(arch, name, mem, true, args...).enter())
		ret := rapid.Int64().Draw(t, "ret")
		check(planOf(arch, name, mem, true, args...).exit(ret, ret < 0))
	})
}

func TestArguments(t *testing.T) {
	all := [6]uint64{1, 2, 3, 4, 5, 6}
	for _, test := range []struct {
		name string
		want [6]uint64
	}{
		{"close", [6]uint64{1}},
		{"getpid", [6]uint64{}},
		{"mmap", all},
		{"no call of ours", all},
	} {
		c := &call{kind: &kind{arch: abi.AMD64}, args: all}
		if d := abi.AMD64.Lookup(test.name); d != nil {
			c.desc = d.For(c.arch, c.args)
		}
		if got := c.arguments(); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestSigreturnMask(t *testing.T) {
	c := trace(t, Options{Argv: []string{"sh", "-c", `trap 'exit 3' USR1; kill -USR1 $$`}})
	list := c.named("rt_sigreturn")
	if len(list) == 0 {
		t.Fatal("no signal handler has ended")
	}
	for _, tc := range list {
		if m := memAt(tc.enter.Mem, tc.enter.SP+native.SigreturnMask()); len(m.Data) != 8 || little(m.Data) != 0 {
			t.Errorf("the mask is %+v", m)
		}
	}
}
