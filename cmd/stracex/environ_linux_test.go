package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stracex/stracex/stx"
)

// Of environments a capture has the names, with --env the values too.
func TestEnvironment(t *testing.T) {
	t.Setenv("STRACEX_TEST_TOKEN", "open sesame")
	for _, c := range []struct {
		args   []string
		values bool
	}{
		{[]string{"record", "-o"}, false},
		{[]string{"record", "--env", "-o"}, true},
		{[]string{"why", "-o"}, false},
		{[]string{"why", "--env", "-o"}, true},
	} {
		file := filepath.Join(t.TempDir(), "a.stx")
		if status := run(append(c.args, file, "true")); status != 0 {
			t.Fatalf("%v: status %d", c.args, status)
		}
		memory := memoryOf(t, file)
		if !bytes.Contains(memory, []byte("STRACEX_TEST_TOKEN=")) || bytes.Contains(memory, []byte("sesame")) != c.values {
			t.Errorf("%v: wrong variables", c.args)
		}
	}
}

// memoryOf gives all memory that a capture holds.
func memoryOf(t *testing.T, name string) (all []byte) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := stx.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		var mem []stx.Mem
		if rec.Enter != nil {
			mem = rec.Enter.Mem
		}
		for _, m := range mem {
			all = append(all, m.Data...)
		}
	}
}
