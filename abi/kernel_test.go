package abi

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tracepoints is where the kernel describes its own calls (tracefs).
const tracepoints = "/sys/kernel/tracing/events/syscalls"

// tracedNames are the calls whose tracepoint has the name of the kernel's
// function, not of the call.
var tracedNames = map[string]string{
	"stat": "newstat", "lstat": "newlstat", "fstat": "newfstat",
	"uname": "newuname", "sendfile": "sendfile64", "umount2": "umount",
}

// Each call has as many arguments as the running kernel says. A kernel need not
// have tracefs, or show it here.
func TestArgumentsAreTheKernels(t *testing.T) {
	if _, err := os.ReadDir(tracepoints); err != nil {
		t.Skipf("the running kernel doesn't tell: %v (as root: mount -t tracefs tracefs /sys/kernel/tracing)", err)
	}
	seen := 0
	for i := range calls {
		c := &calls[i]
		name := c.Name
		if other, ok := tracedNames[name]; ok {
			name = other
		}
		if _, ok := AMD64.CallNumber(c.Name); !ok {
			continue
		}
		text, err := os.ReadFile(filepath.Join(tracepoints, "sys_enter_"+name, "format"))
		if err != nil {
			continue // not in this kernel
		}
		seen++
		// Fields: four that all events have, the number, the arguments.
		_, args, _ := strings.Cut(string(text), "__syscall_nr;")
		if n := strings.Count(args, "field:"); n != len(c.Args) {
			t.Errorf("%s: the kernel has %d arguments, calls.txt %d", c.Name, n, len(c.Args))
		}
	}
	if seen < 300 {
		t.Errorf("only %d calls were found in %s", seen, tracepoints)
	}
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
