package main

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stracex/stracex/tracer"
)

// When there is no more room for the capture, the command runs to its end, its
// status is passed on, and what happened is said.
func TestNoRoomForTheCapture(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{file: full}
	defer c.close()
	done := t.TempDir() + "/done"
	if err := c.run(tracer.Options{Argv: []string{"sh", "-c", "touch " + done + "; exit 7"}}); err != nil {
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
