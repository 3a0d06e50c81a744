package stx

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func create1(t *testing.T, name string) {
	t.Helper()
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	err = w.Write(&Record{Kind: KindFinish, Finish: &Finish{Reason: "exited"}})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestCreate(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.stx")
	create1(t, name)
	checkFile(t, name)

	// One that is there, longer and open to all, is a new one after.
	if err := os.WriteFile(name, make([]byte, 1000), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o666); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if runtime.GOOS == "windows" { // can't remove what is open
		old.Close()
	}
	create1(t, name)
	checkFile(t, name)
	if got, err := io.ReadAll(old); runtime.GOOS != "windows" && (err != nil || len(got) != 1000) {
		t.Errorf("who had the old file open reads %d bytes of the new one (%v)", len(got), err)
	}
}

func checkFile(t *testing.T, name string) {
	t.Helper()
	fi, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && fi.Mode() != 0o600 {
		t.Errorf("mode %v, want 0600", fi.Mode())
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if recs, rd := readAll(t, f); len(recs) != 1 || rd.Truncated() {
		t.Errorf("%d records, truncated: %s", len(recs), rd.Why())
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(dir); err == nil {
		t.Error("wrote to a directory")
	}
	if _, err := Create(filepath.Join(dir, "absent", "a.stx")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in an absent directory: %v", err)
	}

	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, err := Create(link); err == nil {
		t.Error("wrote through a symbolic link")
	}
	if got, err := os.ReadFile(file); string(got) != "precious" {
		t.Errorf("the link's target is now %q, %v", got, err)
	}
}

func TestCreateDevice(t *testing.T) {
	create1(t, os.DevNull)
	if fi, err := os.Stat(os.DevNull); err != nil || fi.Mode().IsRegular() {
		t.Errorf("%s is now %v, %v", os.DevNull, fi.Mode(), err)
	}
}
