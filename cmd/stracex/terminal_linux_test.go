package main

import (
	"os"
	"testing"
)

func TestColour(t *testing.T) {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		mode          colorMode
		f             *os.File
		noColor, term string
		want          bool
	}{
		{"auto", tty, "", "xterm", true},
		{"auto", tty, "1", "xterm", false},
		{"auto", tty, "", "dumb", false},
		{"auto", tty, "", "", false},
		{"auto", file, "", "xterm", false},
		{"always", file, "1", "dumb", true},
		{"never", tty, "", "xterm", false},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		if got := c.mode.use(c.f); got != c.want {
			t.Errorf("--color %s, terminal %v, NO_COLOR=%q, TERM=%q: %v", c.mode, c.f == tty, c.noColor, c.term, got)
		}
	}
}
