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

// callerEnv makes the test binary a program that makes the calls it reads from
// its standard input, each after a close(marker+n) to find it by.
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
}

// probe is a call with one argument of interest; the others are -1, which no
// call can do harm with.
type probe struct {
	call  *Call
	index int
	value uint64
}

func (p probe) args() (a [6]uint64) {
	for i := range a {
		a[i] = ^uint64(0)
	}
	a[p.index] = p.value
	return a
}

// harmful are calls that do something with every other argument -1.
var harmful = []string{"clone", "fork", "vfork", "unshare", "syslog", "mlockall", "msgget", "exit", "exit_group",
	"pause", "rt_sigreturn", "restart_syscall", "vhangup", "sync", "close_range"}

// TestTextsAgreeWithStrace makes every call that takes flags or a constant with
// each value that the sets name, under strace, and compares the texts. Values
// that only we know (strace is older) don't count.
func TestTextsAgreeWithStrace(t *testing.T) {
	var probes []probe
	for i := range calls {
		c := &calls[i]
		if _, ok := AMD64.CallNumber(c.Name); !ok || slices.Contains(harmful, c.Name) {
			continue
		}
		for j, a := range c.Args {
			for _, v := range probeValues(a) {
				probes = append(probes, probe{c, j, v})
			}
		}
	}
	single := runProbes(t, probes)
	compareTexts(t, probes, single)

	// Then all flags at once that strace knows, for their order.
	known := map[string]uint64{}
	for i, p := range probes {
		a := p.call.Args[p.index]
		isFlag := a.Kind == Flags && nameOf(findSet(a.Set).of[0].values, p.value) != ""
		if isFlag && single[i] == AMD64.FlagText(a.Set, p.value) && !strings.Contains(single[i], "0x") {
			known[p.call.Name+" "+strconv.Itoa(p.index)] |= p.value
		}
	}
	var all []probe
	for key, v := range known {
		name, index, _ := strings.Cut(key, " ")
		n, _ := strconv.Atoi(index)
		all = append(all, probe{Lookup(name), n, v})
	}
	compareTexts(t, all, runProbes(t, all))
}

func probeValues(a Arg) []uint64 {
	if a.Kind != Flags && a.Kind != Enum {
		return nil
	}
	of := findSet(a.Set).of[0]
	values := []uint64{0}
	if a.Kind == Enum {
		values = append(values, 0x7ffffef3)
	}
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

// runProbes gives strace's text of each probe's argument.
func runProbes(t *testing.T, probes []probe) []string {
	t.Helper()
	strace := needTool(t, "strace")
	var in bytes.Buffer
	for _, p := range probes {
		nr, _ := AMD64.CallNumber(p.call.Name)
		fmt.Fprint(&in, nr)
		for _, a := range p.args() {
			fmt.Fprint(&in, " ", a)
		}
		fmt.Fprintln(&in)
	}
	out := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-ff", "-o", out, os.Args[0])
	cmd.Env = append(os.Environ(), callerEnv+"=1", "GODEBUG=asyncpreemptoff=1")
	cmd.Stdin = &in
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("strace: %v\n%s", err, text)
	}
	files, _ := filepath.Glob(out + ".*") // one for each thread; the calls are in one of them
	texts := make([]string, len(probes))
	for _, f := range files {
		lines, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		next := -1
		for line := range strings.Lines(string(lines)) {
			var fd int
			if n, _ := fmt.Sscanf(line, "close(%d)", &fd); n == 1 && fd >= marker {
				next = fd - marker
			} else if next >= 0 {
				texts[next] = argText(t, probes[next], line)
				next = -1
			}
		}
	}
	return texts
}

// argText gives the probe's argument in a line of strace.
func argText(t *testing.T, p probe, line string) string {
	name, rest, _ := strings.Cut(line, "(")
	if strings.HasPrefix(name, "syscall_0x") {
		return "" // strace is older than the call
	}
	if name != p.call.Name {
		t.Errorf("%s was traced as %q", p.call.Name, line)
		return ""
	}
	end := strings.LastIndex(rest, ") ")
	args := splitArgs(rest[:end])
	at := 0
	for i, a := range p.call.For(AMD64, p.args()).Args {
		if a.Kind == Unused || a.Kind == High {
			continue
		}
		if i == p.index && at < len(args) {
			return args[at]
		}
		at++
	}
	return "(not shown)"
}

// splitArgs splits at the commas that are not inside something.
func splitArgs(s string) (args []string) {
	depth, start := 0, 0
	for i, c := range s {
		switch {
		case strings.ContainsRune("({[", c):
			depth++
		case strings.ContainsRune(")}]", c):
			depth--
		case c == ',' && depth == 0:
			args = append(args, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(args, strings.TrimSpace(s[start:]))
}

func compareTexts(t *testing.T, probes []probe, texts []string) {
	t.Helper()
	for i, p := range probes {
		if texts[i] == "" {
			continue
		}
		a := p.call.Args[p.index]
		want := AMD64.EnumText(a.Set, p.value)
		if a.Kind == Flags {
			want = AMD64.FlagText(a.Set, p.value)
		}
		if texts[i] != want && !(withoutName(texts[i]) && !withoutName(want)) {
			t.Errorf("%s %s %#x: strace has %s, we have %s", p.call.Name, a.Name, p.value, texts[i], want)
		}
	}
}

// withoutName says whether a text holds a value that has no name.
func withoutName(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil || strings.Contains(text, "0x")
}

// needTool finds a program, or skips the test without it.
func needTool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("STRACEX_REQUIRE_TOOLS") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}
