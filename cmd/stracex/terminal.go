package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"
)

// What goes where:
//
//   - Under why and record, stdin, stdout and stderr belong to the program.
//     stracex writes nothing to them while the program runs.
//   - The diagnosis of why goes to stderr after the program has ended, or to
//     the file of --report. Of a program that succeeded nothing is said, unless
//     -v or --format json asks for it.
//   - analyze and show write their result to stdout.
//   - How far the reading of a large trace is stands on stderr if that is a
//     terminal, and is wiped out before anything else is written; show has it
//     only where its result goes elsewhere.
//   - Errors of stracex itself go to stderr, each line with "stracex: " before
//     it. Whatever comes from a trace, a file name or a command line is escaped
//     on its way there.
//   - Colour: --color always or never decides. With auto there is colour when
//     the text goes to a terminal, NO_COLOR is unset or empty, and TERM is
//     neither unset nor "dumb".
//   - That whoever reads our output has gone away (a closed pipe) is no error.

// colorMode is the value of --color.
type colorMode string

func (m *colorMode) String() string { return string(*m) }
func (m *colorMode) Type() string   { return "when" }

func (m *colorMode) Set(s string) error {
	switch s {
	case "auto", "always", "never":
		*m = colorMode(s)
		return nil
	}
	return fmt.Errorf("want auto, always or never")
}

// use says whether text that goes to f is coloured.
func (m colorMode) use(f *os.File) bool {
	switch m {
	case "always":
		return true
	case "never":
		return false
	}
	term := os.Getenv("TERM")
	return os.Getenv("NO_COLOR") == "" && term != "" && term != "dumb" && isatty.IsTerminal(f.Fd())
}

// keepClosedPipeQuiet makes a write to a pipe without a reader an error
// (EPIPE) instead of a signal that ends us. The signal isn't ignored, since
// that the traced program would inherit.
func keepClosedPipeQuiet() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}

// written is the error of a write, nil when the reader has gone.
func written(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}
