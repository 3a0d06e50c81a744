package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stracex/stracex/parser"
)

func TestCutThread(t *testing.T) {
	for _, test := range []struct {
		path, prefix string
		tid          int
	}{
		{"ff.12", "ff", 12},
		{"dir/a.b.4711", "dir/a.b", 4711},
		{"ff.12.gz", "ff", 12},
		{"ff.12.log", "ff.12.log", 0},
		{"ff", "ff", 0},
		{".12", ".12", 0},
		{"ff.012", "ff.012", 0},
		{"ff.-1", "ff.-1", 0},
		{"ff.4194304", "ff.4194304", 0}, // no thread has such an id
		{"trace.20240131", "trace.20240131", 0},
	} {
		if prefix, tid := cutThread(test.path); prefix != test.prefix || tid != test.tid {
			t.Errorf("%s: %s, %d", test.path, prefix, tid)
		}
	}
}

func TestIsThreadFile(t *testing.T) {
	for _, test := range []struct {
		head parser.Head
		want bool
	}{
		{parser.Head{Kind: "strace", TID: 12, Call: "execve"}, true},
		{parser.Head{Kind: "strace", Call: "read"}, true},                          // it doesn't say
		{parser.Head{Kind: "strace", TID: 1, Call: "read"}, true},                  // first in a pid namespace
		{parser.Head{Kind: "strace", TID: 500, Call: "execve"}, false},             // trace.12: the twelfth
		{parser.Head{Kind: "strace", TID: 500, Call: "x", Column: true}, false},    // strace -f -p 500 -o trace.12
		{parser.Head{Kind: "strace", TID: -1, Call: "execve"}, false},              // strace -f
		{parser.Head{Kind: "strace", TID: 12, Call: "execve", Column: true}, true}, // --always-show-pid
		{parser.Head{Kind: "capture", TID: 12}, false},
	} {
		if got := isThreadFile(test.head, 12); got != test.want {
			t.Errorf("%+v: %v", test.head, got)
		}
	}
}

// A set may have more files than a process may open, and each file is read once.
func TestManyFiles(t *testing.T) {
	const n = 3000
	dir := t.TempDir()
	write := func(tid int, lines ...string) {
		log := strings.Join(lines, "\n") + "\n"
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("ff.%d", tid)), []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root := []string{`10:00:00.000001 execve("/bin/x", ["x"], NULL) = 0`}
	for i := range n { // all live at the same time
		root = append(root, fmt.Sprintf("10:00:01.%06d fork() = %d", i, i+2))
		write(i+2, fmt.Sprintf("10:00:02.%06d close(3) = 0", i), fmt.Sprintf("10:00:03.%06d +++ exited with 0 +++", i))
	}
	write(1, append(root, `10:00:04.000000 open("/nope", O_RDONLY) = -1 ENOENT (No such file or directory)`,
		`10:00:04.000001 write(2, "x: /nope: No such file or directory\n", 36) = 36`, "10:00:05.000000 +++ exited with 3 +++")...)
	inputs, left, errs := findInputs([]string{dir})
	if len(inputs) != 1 || len(left)+len(errs) > 0 {
		t.Fatalf("%d inputs, %v, %v", len(inputs), left, errs)
	}
	d, err := analyzeInput(&inputs[0], large{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Source.Events != 3*n+4 || len(d.Source.Files) != n+1 || len(d.Causes) == 0 || *d.Causes[0].Path != "/nope" {
		t.Errorf("%d events of %d files, causes %+v", d.Source.Events, len(d.Source.Files), d.Causes)
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil && len(open) > 100 {
		t.Errorf("%d files are open", len(open))
	}
}

// Arguments that name a file twice give it once, in the order of the arguments.
func TestFindInputs(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, log := range map[string]string{
		"b.log": "getpid() = 3\n", "a.log": "getpid() = 3\n", "x.5": "read(0, \"\", 1) = 0\n", "x.6": "read(0, \"\", 1) = 0\n",
		"x.note": "a letter\n", ".hidden": "getpid() = 3\n",
	} {
		if err := os.WriteFile(name, []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args       []string
		want       string
		left, errs int
	}{
		{[]string{"."}, "a.log b.log x", 1, 0},
		{[]string{"b.log", "."}, "b.log a.log x", 1, 0},
		{[]string{"x.6", "*.log", "x", "x.5"}, "x a.log b.log", 0, 0},
		{[]string{"x.note", "y", "-"}, "x.note standard input", 0, 1},
		{[]string{"*.note"}, "", 1, 1},
	} {
		inputs, left, errs := findInputs(test.args)
		var names []string
		for _, in := range inputs {
			names = append(names, in.name)
			if in.set && len(in.files) != 2 {
				t.Errorf("%s: set of %d", test.args, len(in.files))
			}
		}
		if got := strings.Join(names, " "); got != test.want || len(left) != test.left || len(errs) != test.errs {
			t.Errorf("%s: %s, %v, %v", test.args, got, left, errs)
		}
	}
	if !slices.IsSorted((&input{set: true, files: []threadFile{{path: "x.5"}, {path: "x.6"}}}).paths()) {
		t.Error("paths are not sorted")
	}
}
