// Command stracex says why a program failed, from the system calls that it
// made.
//
// There is one file for each subcommand: why.go, analyze.go, record.go,
// show.go, doctor.go, version.go. They hold flags and exit statuses only; the
// work is done by the packages tracer, parser, analyze and report. Which traces
// the arguments of analyze and show name is found in inputs.go. What goes to
// stdout, stderr and the terminal is said in terminal.go, what an error tells
// the person to do in errors.go, what doctor's findings do in
// doctor_remedies.go.
package main

import (
	"os"

	"github.com/stracex/stracex/tracer"
)

func main() {
	tracer.Init()
	os.Exit(run(os.Args[1:]))
}
