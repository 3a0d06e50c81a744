package choice

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
	"pgregory.net/rapid"

	"github.com/stracex/stracex/abi"
)

func has(t *testing.T, s *Set, name string) bool {
	t.Helper()
	nr, ok := abi.AMD64.CallNumber(name)
	if !ok {
		t.Fatalf("no call %s", name)
	}
	return s.Has(abi.AMD64, nr)
}

func TestHasName(t *testing.T) {
	for _, c := range []struct{ expr, in, out string }{
		{"open,mmap2", "open mmap2", "mmap frob syscall_0x3e8"},
		{"!open,mmap2", "mmap frob syscall_0x3e8", "open mmap2"},
		{"%file", "open stat64", "read"},
		{"all", "frob open", ""},
		{"none", "", "frob open"},
		{"%diagnosis", "mmap open frob", "brk"}, // mmap with some arguments
	} {
		s, err := Parse(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(c.in) {
			if !s.HasName(name) {
				t.Errorf("%s lacks %s", c.expr, name)
			}
		}
		for _, name := range strings.Fields(c.out) {
			if s.HasName(name) {
				t.Errorf("%s has %s", c.expr, name)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ expr, in, out string }{
		{"open", "open", "openat close"},
		{"trace=open,close", "open close", "read"},
		{"t=openat", "openat", "open"},
		{"!open,close", "read openat", "open close"},
		{"trace=!%network", "read openat", "socket connect"},
		{"all", "read futex", ""},
		{"none", "", "read futex execve"},
		{"%file", "open openat stat execve rename chdir mount", "read close socket"},
		{"file", "open openat", "read"},
		{"%desc", "read close openat dup2 mmap poll epoll_create1", "getpid fork"},
		{"%process,%signal", "execve wait4 rt_sigaction kill", "read openat"},
		{"/^open", "open openat openat2 open_by_handle_at open_tree", "read mq_open"},
		{"/stat", "stat fstat statx newfstatat", "read"},
		{"!/stat", "read", "stat fstat statx newfstatat"},
		{"?nosuchcall,open", "open", "read"},
		{"open@64", "open", "read"},
		{"%%stat", "stat lstat statx", "statfs"},
		{"%diagnosis", "openat execve wait4 read poll kill mmap", "futex brk clock_gettime rt_sigprocmask"},
	} {
		s, err := Parse(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		for _, name := range strings.Fields(c.in) {
			if !has(t, s, name) {
				t.Errorf("%s lacks %s", c.expr, name)
			}
		}
		for _, name := range strings.Fields(c.out) {
			if has(t, s, name) {
				t.Errorf("%s has %s", c.expr, name)
			}
		}
		again, err := Parse(s.String())
		if err != nil || again.in != s.in || again.rest != s.rest || len(again.when) != len(s.when) {
			t.Errorf("%s: its own expression %q gives another set (%v)", c.expr, s, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for expr, want := range map[string]string{
		"":             "an empty expression",
		"trace=":       "trace=none",
		"opena":        "near it: open, openat",
		"open,":        "an empty name",
		"%fiel":        "no such class",
		"/(":           "regular expression",
		"/nosuchcall":  "no call matches",
		"signal=SIGIO": "not supported",
		"colour=red":   "no qualifier",
		"!all":         "leaves no call",
		"!%diagnosis":  "no complement",
		"zzzzzzzzzz":   "no such system call",
	} {
		if _, err := Parse(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", expr, err, want)
		}
	}
}

func TestEverything(t *testing.T) {
	if !All().Everything() || Diagnosis().Everything() || (&Set{}).Everything() {
		t.Error("only all calls are everything")
	}
	if s, err := Parse("!none"); err != nil || !s.Everything() {
		t.Errorf("!none: %v %v", s, err)
	}
}

func TestDiagnosisMemory(t *testing.T) {
	s := Diagnosis()
	nr := func(name string) uint64 { n, _ := abi.AMD64.CallNumber(name); return n }
	for _, c := range []struct {
		name string
		args [6]uint64
		want bool
	}{
		{"mmap", [6]uint64{0, 4096, 3, 0x22, ^uint64(0), 0}, false},
		{"mmap", [6]uint64{0, 4096, 3, 0x02, 3, 0}, true},
		{"mmap", [6]uint64{0, large, 3, 0x22, ^uint64(0), 0}, true},
		{"mmap", [6]uint64{0, 1 << 40, 3, 0x22, ^uint64(0), 0}, true},
		{"mprotect", [6]uint64{0x1000, 4096, 1}, false},
		{"mprotect", [6]uint64{0x1000, 4096, 5}, true},
		{"openat", [6]uint64{}, true},
		{"fcntl", [6]uint64{3, 0, 10}, true},     // F_DUPFD
		{"fcntl", [6]uint64{3, 1}, false},        // F_GETFD
		{"fcntl", [6]uint64{3, 2, 1}, true},      // F_SETFD
		{"fcntl", [6]uint64{3, 3}, false},        // F_GETFL
		{"fcntl", [6]uint64{3, 4, 0x800}, false}, // F_SETFL
		{"fcntl", [6]uint64{3, 6, 0x1000}, true}, // F_SETLK
		{"fcntl", [6]uint64{3, 1030, 10}, true},  // F_DUPFD_CLOEXEC
	} {
		if got := s.Matches(abi.AMD64, nr(c.name), c.args); got != c.want {
			t.Errorf("%s%x: %v", c.name, c.args, got)
		}
	}
}

// TestWith: what is whole in one part is whole in the union.
func TestWith(t *testing.T) {
	memory, err := Parse("mmap")
	if err != nil {
		t.Fatal(err)
	}
	nr, _ := abi.AMD64.CallNumber("mmap")
	small := [6]uint64{0, 4096, 3, 0x22}
	if !Diagnosis().With(memory).Matches(abi.AMD64, nr, small) || !memory.With(Diagnosis()).Matches(abi.AMD64, nr, small) {
		t.Error("a small mmap is not in the union with mmap")
	}
}

// run gives what a seccomp program decides. The VM reads big-endian words.
func run(t interface{ Fatal(...any) }, vm *bpf.VM, arch abi.Arch, nr uint32, args [6]uint64) int {
	data := binary.BigEndian.AppendUint32(nil, nr)
	data = binary.BigEndian.AppendUint32(data, uint32(arch))
	data = append(data, make([]byte, 8)...)
	for _, a := range args {
		data = binary.BigEndian.AppendUint32(data, uint32(a))
		data = binary.BigEndian.AppendUint32(data, uint32(a>>32))
	}
	act, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return act
}

func newVM(t interface{ Fatal(...any) }, s *Set, machine abi.Arch) *bpf.VM {
	raw, err := s.Program(machine)
	if err != nil {
		t.Fatal(err)
	}
	code, all := bpf.Disassemble(raw)
	vm, err := bpf.NewVM(code)
	if err != nil || !all || len(raw) > 4096 {
		t.Fatal("a bad program: ", err, len(raw))
	}
	return vm
}

// TestProgram: the program decides as Matches does, for every number.
func TestProgram(t *testing.T) {
	names := allNames()
	rapid.Check(t, func(t *rapid.T) {
		s := &Set{}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 300).Draw(t, "names") {
			s.add(name)
		}
		if rapid.Bool().Draw(t, "not") {
			s.invert()
		}
		if rapid.Bool().Draw(t, "diagnosis") {
			s = s.With(Diagnosis())
		}
		machine := rapid.SampledFrom([]abi.Arch{abi.AMD64, abi.ARM64}).Draw(t, "machine")
		vm := newVM(t, s, machine)
		args := [6]uint64{}
		for i := range args {
			args[i] = rapid.SampledFrom([]uint64{0, 1, 2, 3, 4, 5, 0x20, 0x22, large - 1, large, 1 << 32, ^uint64(0)}).Draw(t, "arg")
		}
		for _, arch := range arches {
			for nr := range uint64(numbers + 8) {
				want := actAllow
				if s.Matches(arch, nr, args) || !runs(machine, arch) {
					want = actTrace
				}
				if got := run(t, vm, arch, uint32(nr), args); got != want {
					t.Fatalf("%v %d (%s) %x: %#x, want %#x", arch, nr, arch.CallName(nr), args, got, want)
				}
			}
		}
		if run(t, vm, abi.Arch(0xc0000032), 1, args) != actTrace {
			t.Fatal("a call of an unknown architecture passes")
		}
	})
}

// runs says whether a machine has an architecture's calls.
func runs(machine, arch abi.Arch) bool {
	return machine == arch || machine == abi.AMD64 && arch == abi.I386
}

func TestProgramIsSmall(t *testing.T) {
	raw, err := Diagnosis().Program(abi.AMD64)
	if err != nil || len(raw) > 450 {
		t.Errorf("%d instructions, %v", len(raw), err)
	}
}

func TestOfClassesAreCalls(t *testing.T) {
	names := allNames()
	listed := slices.Concat(silent)
	for _, c := range classes {
		listed = append(listed, strings.Fields(c.names+" "+c.also)...)
	}
	odd := []string{"oldstat", "oldlstat", "oldfstat", "stime"} // of i386, in no table
	for _, name := range listed {
		if !slices.Contains(names, name) && !slices.Contains(odd, name) {
			t.Errorf("no architecture has a call %s", name)
		}
	}
}
