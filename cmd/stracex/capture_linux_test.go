package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stracex/stracex/stx"
)

// full is a file system with room for n bytes.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, &fs.PathError{Op: "write", Path: "x.stx", Err: syscall.ENOSPC}
	}
	return len(p), nil
}

// When there is no more room for the capture, the command runs to its end, its
// status is passed on, and what happened is said.
func TestNoRoomForTheCapture(t *testing.T) {
	w, err := stx.NewWriter(&full{100})
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{w: w}
	done := t.TempDir() + "/done"
	if err := c.run([]string{"sh", "-c", "touch " + done + "; exit 7"}, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(done); err != nil || c.result.ExitCode != 7 {
		t.Errorf("the command did not run to its end: %v, %+v", err, c.result)
	}
	if !errors.Is(c.lost, syscall.ENOSPC) {
		t.Errorf("lost: %v", c.lost)
	}
	var b strings.Builder
	if got := complain(&b, c.status(c.lost)); got != 7 {
		t.Errorf("status %d", got)
	}
	if !strings.Contains(b.String(), "the capture ends early") || !strings.Contains(b.String(), "TMPDIR") {
		t.Errorf("said %q", b.String())
	}
}
