package parser

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/event"
)

// checkBorrowed says of a borrowed event that what is kept of it in little memory is all
// of it, and that what is read of its first arguments alone is what they are.
func checkBorrowed(t testing.TB, keeper *event.Keeper, e *event.Event) {
	t.Helper()
	if e.Call == nil {
		return
	}
	fd, decorated, isFD := e.Call.FirstFD()
	var dir, path [2]event.Value
	var isPath [2]bool
	for i, hasDir := range []bool{false, true} {
		dir[i], path[i], isPath[i] = e.Call.FirstPath(hasDir)
	}
	packed := keeper.Keep(e)
	want := kept(e)
	got := packed.Event()
	got.Call.Args()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("line %d, kept whole and in little memory:\n%s", e.Line, cmp.Diff(want, got, whole))
	}
	if packed.Name() != e.Call.Name || packed.None() {
		t.Errorf("line %d: %s, %v", e.Line, packed.Name(), packed.None())
	}
	first := want.Call.Arg(0)
	// What follows the number may be damaged, which FirstFD doesn't look at.
	if n, ok := first.FD(); isFD && first.Kind != event.Raw && (!ok || n != fd || first.HasDeco != decorated) {
		t.Errorf("line %d: descriptor %d, %v; the argument is %+v", e.Line, fd, decorated, first)
	}
	for i, ok := range isPath {
		if ok && (!reflect.DeepEqual(path[i], want.Call.Arg(i)) || i > 0 && !reflect.DeepEqual(dir[i], first)) {
			t.Errorf("line %d: %+v %+v; the arguments are %+v", e.Line, dir[i], path[i], want.Call.Args())
		}
	}
}

func checkAllBorrowed(t testing.TB, log []byte) (paths int) {
	t.Helper()
	r := newStrace(bytes.NewReader(log), log[:min(len(log), peekSize)], "log")
	var keeper event.Keeper
	for e, err := r.Read(); err == nil; e, err = r.Read() {
		if e.Borrowed && e.Call != nil {
			if _, _, ok := e.Call.FirstPath(true); ok {
				paths++
			}
			checkBorrowed(t, &keeper, e)
		}
	}
	return paths
}

func TestBorrowed(t *testing.T) {
	logs, _ := filepath.Glob("../testdata/strace/*.log")
	paths := 0
	for _, path := range append(logs, corpusLogs(t)...) {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		paths += checkAllBorrowed(t, log)
	}
	if paths < 100 {
		t.Errorf("only %d paths were read alone", paths)
	}
}

// What FirstPath leaves to the reader of all arguments, and what it takes.
func TestFirstPath(t *testing.T) {
	for _, test := range []struct {
		args          string
		hasDir        bool
		dir, deco, to string // "" for not plain
	}{
		{`"/etc/x", O_RDONLY`, false, "", "", "/etc/x"},
		{`"x"`, false, "", "", "x"},
		{`"a\nb", 0`, false, "", "", ""},
		{`"a\"b", 0`, false, "", "", ""},
		{`"a"..., 0`, false, "", "", ""},
		{`"a" [etc_t], 0`, false, "", "", ""},
		{`NULL, 0`, false, "", "", ""},
		{`0x7ff "a", 0`, false, "", "", ""},
		{`AT_FDCWD, "x", 0`, true, "AT_FDCWD", "", "x"},
		{`AT_FDCWD</root>, "x", 0`, true, "AT_FDCWD", "/root", "x"},
		{`AT_FDCWD</ro\ot>, "x", 0`, true, "", "", ""},
		{`AT_FDCWD</a<b>, "x", 0`, true, "", "", ""},
		{`AT_FDCWD</a>(deleted), "x", 0`, true, "", "", ""},
		{`3</srv>, "x", 0`, true, "3", "/srv", "x"},
		{`3, "x", 0`, true, "3", "", "x"},
		{`03, "x", 0`, true, "", "", ""},
		{`-1, "x", 0`, true, "", "", ""},
		{`3<socket:[7]>, "x", 0`, true, "", "", ""},
		{`3 "x", 0`, true, "", "", ""},
	} {
		r := newStrace(bytes.NewReader([]byte("7 call("+test.args+") = 0\n")), nil, "log")
		e, err := r.Read()
		if err != nil || !e.Borrowed {
			if test.to != "" {
				t.Errorf("%s: it was read closely", test.args)
			}
			continue // there is nothing to read alone
		}
		dir, path, ok := e.Call.FirstPath(test.hasDir)
		if want := test.to != ""; ok != want {
			t.Errorf("%s: %v, want %v", test.args, ok, want)
			continue
		}
		if name := string(event.AppendValue(nil, dir, event.Format{})); ok && test.hasDir && (name != test.dir || dir.Deco != test.deco) {
			t.Errorf("%s: in %s %s", test.args, name, dir.Deco)
		}
		if ok && path.Str != test.to {
			t.Errorf("%s: %s", test.args, path.Str)
		}
	}
}
