package main

import (
	"io"
	"strings"

	"github.com/stracex/stracex/parser"
)

// showText shows a log.
func showText(w io.Writer, log string, o *showFlags) error {
	p, err := parser.New(strings.NewReader(log), "log")
	if err != nil {
		return err
	}
	return show(w, p, "log", o)
}
