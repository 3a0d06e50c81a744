package tracer

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// What is remembered of a walk must be what another walk would see.
func TestWalkAgain(t *testing.T) {
	dir := tree(t, "one/sub/", "two/sub/", "two/sub/there", "link -> one", "dangling -> nowhere")
	e := &engine{searched: searched{}}
	at := placeOf("/proc", os.Getpid(), os.Getpid())
	nr, _ := native.CallNumber("openat")
	open := e.kind(native, nr)
	check := func(name string, kept bool) { // kept: the walk was gone anew, and is
		t.Helper()
		full := dir + "/" + name
		fresh, w := walk{place: at}, walk{place: at}
		fresh.to(full, true)
		in := searchedDir{at.root, filepath.Dir(full) + "/"}
		before := e.searched[in]
		e.walk(&w, &call{kind: open, desc: open.desc}, unix.ENOENT, full)
		if !slices.Equal(w.steps, fresh.steps) {
			t.Errorf("%s: %+v, want %+v", name, w.steps, fresh.steps)
		}
		if e.searched[in] != before != kept {
			t.Errorf("%s: kept %v", name, !kept)
		}
	}
	check("link/sub/a", true)
	check("link/sub/b", false)
	check("link/sub/../b", false)
	check("link/none/b", false)
	check("dangling", false)
	check("other", true)
	check("others", false)

	// The directory changes; then its name leads elsewhere; then it is gone.
	if err := os.WriteFile(filepath.Join(dir, "one/sub/new"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	check("link/sub/a", true)
	check("link/sub/b", false)
	if err := os.Remove(filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("two", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	check("link/sub/b", true)
	check("link/sub/there", false) // it has come meanwhile
	if err := os.RemoveAll(filepath.Join(dir, "two")); err != nil {
		t.Fatal(err)
	}
	check("link/sub/b", false)
}

func TestSearchedIsBounded(t *testing.T) {
	s := searched{}
	for i := range 3 * searchedMax {
		w := walk{steps: []stx.PathStep{{Path: "/"}, {Path: "/x"}}}
		s.keep(searchedDir{dir: strconv.Itoa(i)}, &w, dirState{})
	}
	if n := len(s); n == 0 || n > searchedMax {
		t.Errorf("%d are kept", n)
	}
	long := walk{steps: []stx.PathStep{{Path: "/" + strings.Repeat("x/", searchedRoom/2)}, {Path: "/x"}}}
	deep := searchedDir{dir: "deep"}
	if s.keep(deep, &long, dirState{}); s[deep] != nil {
		t.Error("a long walk is kept")
	}
}

// With whose rights something failed is right also after they have changed, and
// where the filter lets most calls pass.
func TestEvidenceAfterSetuid(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("becoming another user needs root")
	}
	needTool(t, "perl")
	for _, calls := range []string{"all", "openat"} {
		_, _, recs, err := apartTrace(t, Options{Calls: mustParse(calls), Argv: []string{"perl", "-e",
			`open F, "/none/1"; $) = "3 3"; open F, "/none/2"; $> = 2; open F, "/none/3"; $> = 0; open F, "/none/4"`}},
			filepath.Join(t.TempDir(), "a.stx"))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][2]uint32{"/none/1": {0, 0}, "/none/2": {0, 3}, "/none/3": {2, 3}, "/none/4": {0, 3}}
		for _, r := range recs {
			ev := r.Evidence
			if r.Kind != stx.KindEvidence || want[ev.Path] == [2]uint32{} && ev.Path != "/none/1" {
				continue
			}
			if got := [2]uint32{ev.UID, ev.GID}; got != want[ev.Path] || (ev.Caps != 0) != (ev.UID == 0) {
				t.Errorf("%s, calls %q: %v with %x, want %v", ev.Path, calls, got, ev.Caps, want[ev.Path])
			}
			delete(want, ev.Path)
		}
		if len(want) > 0 {
			t.Errorf("no evidence for %v", want)
		}
	}
}
