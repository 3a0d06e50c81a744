package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/analyze/census"
)

// Of a large log processes that ended well are left out; the answer and its places in the
// log are those of the whole.
func TestLargeLog(t *testing.T) {
	var b strings.Builder
	b.WriteString("1 execve(\"/bin/make\", [\"make\"], 0x7ffc /* 1 var */) = 0\n")
	child := func(pid int, path string, status int) {
		fmt.Fprintf(&b, "1 vfork( <unfinished ...>\n%d execve(\"/bin/cc\", [\"cc\"], 0x7ffc /* 1 var */) = 0\n1 <... vfork resumed>) = %[1]d\n", pid)
		fmt.Fprintf(&b, "%d openat(AT_FDCWD, %q, O_RDONLY) = -1 ENOENT (No such file or directory)\n", pid, path)
		if status != 0 {
			text := "cc: " + path + ": No such file or directory\\n"
			fmt.Fprintf(&b, "%d write(2, \"%s\", %d) = %[3]d\n", pid, text, len(text)-1)
		}
		fmt.Fprintf(&b, "%d exit_group(%d) = ?\n%[1]d +++ exited with %[2]d +++\n1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == %[2]d}], 0, NULL) = %[1]d\n", pid, status)
	}
	for i := range 100 {
		child(10+i, fmt.Sprintf("/opt/include/%d.h", i), 0)
	}
	child(999, "/srv/a.c", 1)
	b.WriteString("1 write(2, \"make: *** [a.o] Error 1\\n\", 24) = 24\n1 exit_group(2) = ?\n1 +++ exited with 2 +++\n")
	name := filepath.Join(t.TempDir(), "make.log")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	inputs, _, _ := findInputs([]string{name})
	whole, err := analyzeInput(&inputs[0], large{})
	if err != nil {
		t.Fatal(err)
	}
	part, err := analyzeInput(&inputs[0], large{1, census.Room{Others: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	n := len(part.Notes) - 1
	if n < 0 || part.Notes[n].Code != "left-out" || !strings.Contains(part.Notes[n].Text, "102 processes 68, which") {
		t.Fatalf("notes %+v", part.Notes)
	}
	part.Notes = append([]analyze.Note{}, part.Notes[:n]...)
	if len(whole.Causes) == 0 || *whole.Causes[0].Path != "/srv/a.c" {
		t.Errorf("causes %+v", whole.Causes)
	}
	if diff := cmp.Diff(whole, part); diff != "" {
		t.Error(diff)
	}
	if one, err := analyzeInput(&inputs[0], large{size: 1 << 30}); err != nil || cmp.Diff(whole, one) != "" {
		t.Errorf("a small log: %v", err)
	}
}
