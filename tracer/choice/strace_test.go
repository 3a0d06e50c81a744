//go:build linux && amd64

package choice

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stracex/stracex/abi"
)

func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("STRACEX_REQUIRE_TOOLS") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// newer are calls that abi knows and strace 6.1 does not, or doesn't class.
var newer = regexp.MustCompile(`^(uretprobe|uprobe|(set|get|list|remove)xattrat|file_[gs]etattr|open_tree_attr|listns|statmount|listmount|lsm_.*|fchmodat2|cachestat|map_shadow_stack|futex_(wake|wait|requeue)|mseal|rseq_slice_yield)$`)

// TestClassesAgreeWithStrace makes every call under strace -e trace=%class.
func TestClassesAgreeWithStrace(t *testing.T) {
	need(t, "strace", "gcc")
	bin := filepath.Join(t.TempDir(), "everycall")
	if out, err := exec.Command("gcc", "-o", bin, "testdata/everycall.c").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	line := regexp.MustCompile(`(?m)^(\w+)\(.*ENOSYS`)
	for _, class := range []string{"%file", "%desc", "%process", "%network", "%signal", "%ipc", "%memory",
		"%creds", "%clock", "%stat", "%lstat", "%fstat", "%%stat", "%statfs", "%fstatfs", "%%statfs", "%pure"} {
		out, err := exec.Command("strace", "-e", "trace="+class, bin).CombinedOutput()
		if err != nil {
			t.Fatalf("strace %s: %v\n%s", class, err, out)
		}
		var theirs []string
		for _, m := range line.FindAllStringSubmatch(string(out), -1) {
			if _, ok := abi.AMD64.CallNumber(m[1]); ok {
				theirs = append(theirs, m[1])
			}
		}
		s, err := Parse(class)
		if err != nil {
			t.Fatal(err)
		}
		for nr := range uint64(500) {
			name := abi.AMD64.CallName(nr)
			if strings.HasPrefix(name, "syscall_") || newer.MatchString(name) || name == "exit_group" {
				continue
			}
			if ours := s.Has(abi.AMD64, nr); ours != slices.Contains(theirs, name) {
				t.Errorf("%s: %s: here %v, in strace %v", class, name, ours, !ours)
			}
		}
	}
}
