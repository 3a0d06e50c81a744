//go:build linux && amd64

package abi

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The tests of this file compare the tables with what strace prints for real
// calls. The test binary runs itself under strace: with callerEnv set it makes
// the calls that it reads from its standard input, each after a close(marker+n)
// to find it by.
const (
	callerEnv = "STRACEX_TEST_MAKE_CALLS"
	marker    = 0x7f000000
)

func TestMain(m *testing.M) {
	if os.Getenv(callerEnv) != "" {
		makeCalls()
		return
	}
	os.Exit(m.Run())
}

func makeCalls() {
	runtime.LockOSThread()
	in, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	i := uintptr(0)
	for line := range strings.Lines(string(in)) {
		var nr uintptr
		var a [6]uintptr
		if _, err := fmt.Sscan(line, &nr, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]); err != nil {
			panic(err)
		}
		syscall.RawSyscall(syscall.SYS_CLOSE, marker+i, 0, 0)
		syscall.RawSyscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5])
		i++
	}
	// Not by way of the runtime: some calls have left it in a bad state (an
	// endless timer slack).
	syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
}

// probe is a call to make.
type probe struct {
	call  *Call
	args  [6]uint64
	index int    // the argument of interest
	want  string // our text of it
}

const minusOne = ^uint64(0)

// newProbe makes a probe with one chosen argument. The others are -1, with
// which no call but the harmful ones does anything: no such descriptor,
// process, address, length.
func newProbe(c *Call, index int, value uint64) probe {
	return probe{call: c, index: index}.with(0, minusOne).with(1, minusOne).with(2, minusOne).
		with(3, minusOne).with(4, minusOne).with(5, minusOne).with(index, value)
}

func (p probe) with(index int, value uint64) probe {
	p.args[index] = value
	return p
}

// harmful are calls that do something even so, or never come back.
var harmful = []string{"clone", "fork", "vfork", "unshare", "syslog", "mlockall", "msgget", "exit", "exit_group",
	"pause", "rt_sigreturn", "restart_syscall", "vhangup", "sync", "close_range", "uprobe", "uretprobe"}

// probed are the calls of amd64 that can be made.
func probed() (list []*Call) {
	for i := range calls {
		_, ok := AMD64.CallNumber(calls[i].Name)
		if ok && !slices.Contains(harmful, calls[i].Name) {
			list = append(list, &calls[i])
		}
	}
	return list
}

// Every call that takes flags or a constant is made with each value that the
// sets name, then with all flags at once for their order.
func TestTextsAgreeWithStrace(t *testing.T) {
	var single []probe
	for _, c := range probed() {
		for j, a := range c.Args {
			for _, v := range valuesOf(a) {
				single = append(single, withText(newProbe(c, j, v)))
			}
		}
	}
	lines := runProbes(t, single)
	known := map[[2]string]uint64{}
	for i, p := range single {
		got := argText(p, lines[i])
		checkText(t, p, got)
		a := p.call.Args[p.index]
		if a.Kind == Flags && got == p.want && !withoutName(got) && nameOf(findSet(a.Set).of[0].values, p.args[p.index]) != "" {
			known[[2]string{p.call.Name, strconv.Itoa(p.index)}] |= p.args[p.index]
		}
	}
	var all []probe
	for key, v := range known {
		index, _ := strconv.Atoi(key[1])
		all = append(all, withText(newProbe(Lookup(key[0]), index, v)))
	}
	lines = runProbes(t, all)
	for i, p := range all {
		checkText(t, p, argText(p, lines[i]))
	}
}

// valuesOf gives the values of an argument that have a name, and some that have
// none.
func valuesOf(a Arg) []uint64 {
	var values []uint64
	switch a.Kind {
	case Flags:
		values = append(values, 0)
	case Enum:
		values = append(values, 0, 0x7ffffef3)
	default:
		return nil
	}
	of := findSet(a.Set).of[0]
	for _, n := range of.values {
		values = append(values, n.value)
	}
	for _, f := range of.fields {
		for _, n := range f.values {
			values = append(values, n.value)
		}
	}
	return values
}

func withText(p probe) probe {
	a := p.call.Args[p.index]
	p.want = AMD64.EnumText(a.Set, p.args[p.index])
	if a.Kind == Flags {
		p.want = AMD64.FlagText(a.Set, p.args[p.index])
	}
	return p
}

func TestSocketOptionsAgreeWithStrace(t *testing.T) {
	var probes []probe
	for i := range sets {
		name, ok := strings.CutPrefix(sets[i].name, "sockopt.")
		if !ok {
			continue
		}
		level, ok := AMD64.FlagValue("sol", name)
		if !ok {
			t.Errorf("no level %s", name)
		}
		for _, o := range sets[i].of[0].values {
			p := newProbe(Lookup("setsockopt"), 2, o.value).with(1, level)
			p.want = AMD64.SockOptText(level, o.value)
			probes = append(probes, p)
		}
	}
	lines := runProbes(t, probes)
	for i, p := range probes {
		checkText(t, p, argText(p, lines[i]))
	}
}

func TestRequestsAgreeWithStrace(t *testing.T) {
	probes := []probe{}
	for _, r := range append([]named{{value: 0x80081234}, {value: 0xc0081234}, {value: 0x1234}, {value: 0x40045103}}, ioctls...) {
		p := newProbe(Lookup("ioctl"), 1, r.value)
		p.want = IoctlText(r.value)
		probes = append(probes, p)
	}
	lines := runProbes(t, probes)
	for i, p := range probes {
		got := argText(p, lines[i])
		if names := strings.Split(got, " or "); !slices.Contains(names, p.want) {
			checkText(t, p, got)
		}
	}
}

// Each call, and each of its commands, has as many arguments as strace shows.
func TestShapesAgreeWithStrace(t *testing.T) {
	var probes []probe
	for _, c := range probed() {
		probes = append(probes, newProbe(c, 0, minusOne))
		probes = append(probes, variantProbes(newProbe(c, 0, minusOne), c)...)
	}
	lines := runProbes(t, probes)
	for i, p := range probes {
		if lines[i] == "" || strings.HasPrefix(lines[i], "syscall_0x") {
			continue
		}
		least, most := 0, 0
		for _, a := range p.call.For(AMD64, p.args).Args {
			if a.Kind == Unused || a.Kind == High {
				continue
			}
			most++
			if !a.Optional {
				least++
			}
		}
		if n := len(splitArgs(lines[i])); n < least || n > most {
			t.Errorf("strace has %d arguments, we %d: %s", n, most, lines[i])
		}
	}
}

func variantProbes(p probe, c *Call) (list []probe) {
	for i := range c.variants {
		v := &c.variants[i]
		for _, key := range v.keys {
			value, ok := AMD64.FlagValue(c.Args[c.key].Set, key)
			if c.Args[c.key].Kind == IoctlCmd {
				at := slices.IndexFunc(ioctls, func(n named) bool { return n.name == key })
				value, ok = ioctls[max(at, 0)].value, at >= 0
			}
			if !ok || key == "SECCOMP_MODE_STRICT" { // not on amd64; the end of all calls
				continue
			}
			sub := p.with(c.key, value)
			list = append(append(list, sub), variantProbes(sub, &v.call)...)
		}
	}
	return list
}

// runProbes makes the calls under strace and gives the line of each.
func runProbes(t *testing.T, probes []probe) []string {
	t.Helper()
	strace := needTool(t, "strace")
	var in bytes.Buffer
	for _, p := range probes {
		nr, _ := AMD64.CallNumber(p.call.Name)
		fmt.Fprintln(&in, nr, strings.Trim(fmt.Sprint(p.args), "[]"))
	}
	out := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-ff", "-o", out, os.Args[0])
	cmd.Env = append(os.Environ(), callerEnv+"=1", "GODEBUG=asyncpreemptoff=1")
	cmd.Stdin = &in
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("strace: %v\n%s", err, text)
	}
	files, _ := filepath.Glob(out + ".*") // one for each thread; the calls are in one of them
	lines := make([]string, len(probes))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		next := -1
		for line := range strings.Lines(string(text)) {
			var fd int
			if n, _ := fmt.Sscanf(line, "close(%d)", &fd); n == 1 && fd >= marker {
				next = fd - marker
			} else if next >= 0 {
				lines[next] = strings.TrimSpace(line)
				next = -1
			}
		}
	}
	for i, line := range lines {
		name, _, _ := strings.Cut(line, "(")
		if name != probes[i].call.Name && !strings.HasPrefix(name, "syscall_0x") {
			t.Errorf("%s was traced as %q", probes[i].call.Name, line)
			lines[i] = ""
		}
	}
	return lines
}

// argText gives the argument of interest in a line of strace, "" when strace
// doesn't know the call.
func argText(p probe, line string) string {
	if line == "" || strings.HasPrefix(line, "syscall_0x") {
		return ""
	}
	args := splitArgs(line)
	at := 0
	for i, a := range p.call.For(AMD64, p.args).Args {
		if i == p.index && at < len(args) {
			return args[at]
		}
		if a.Kind != Unused && a.Kind != High {
			at++
		}
	}
	return "(not shown)"
}

// splitArgs gives the arguments in a line of strace.
func splitArgs(line string) (args []string) {
	_, s, _ := strings.Cut(line, "(")
	depth, start := 0, 0
	for i, c := range s {
		switch {
		case strings.ContainsRune("({[", c):
			depth++
		case c == ')' && depth == 0:
			if last := strings.TrimSpace(s[start:i]); last != "" {
				args = append(args, last)
			}
			return args
		case strings.ContainsRune(")}]", c):
			depth--
		case c == ',' && depth == 0:
			args = append(args, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return args
}

// checkText compares a text with ours. That we know a name which strace, being
// older, doesn't is no error.
func checkText(t *testing.T, p probe, got string) {
	t.Helper()
	if got != "" && got != p.want && !(withoutName(got) && !withoutName(p.want)) {
		t.Errorf("%s %s %#x: strace has %s, we have %s", p.call.Name, p.call.Args[p.index].Name, p.args[p.index], got, p.want)
	}
}

// withoutName says whether a text holds a value that has no name.
func withoutName(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil || strings.Contains(text, "0x")
}
