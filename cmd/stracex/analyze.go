package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/parser"
)

const analyzeHelp = `Say why the program in a trace failed. FILE is a log of strace or a capture of
stracex; - is the standard input. strace tells most with

  strace -f -s 256 -o trace.log COMMAND

The exit status is 0 when FILE could be read, whatever is wrong with the
program in it; 2 when it could not.`

func newAnalyze() *cobra.Command {
	var show reportFlags
	cmd := &cobra.Command{
		Use:   "analyze [flags] FILE",
		Short: "say why the program in a trace failed",
		Long:  analyzeHelp,
		Example: `  stracex analyze trace.log
  ssh host cat trace.log | stracex analyze -`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			out, err := show.open(os.Stdout)
			if err != nil {
				return err
			}
			f, name, err := openTrace(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			d, err := diagnose(f, name, false)
			if err != nil {
				return err
			}
			return out.write(d)
		},
	}
	show.add(cmd.Flags())
	return cmd
}

// openTrace opens the trace that a command line names.
func openTrace(arg string) (f *os.File, name string, err error) {
	if arg == "-" {
		return os.Stdin, "standard input", nil
	}
	f, err = os.Open(arg)
	return f, arg, err
}

// diagnose reads a trace to its end and says why its command failed. hung: the
// command had not ended when the trace was.
func diagnose(r io.Reader, name string, hung bool) (*analyze.Diagnosis, error) {
	p, err := parser.New(r, name)
	if err != nil {
		return nil, err
	}
	a := analyze.New()
	for {
		e, err := p.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		a.Add(e)
	}
	if hung {
		a.SetHung()
	}
	d := a.Diagnose()
	describe(d, name, p.Stats())
	return d, nil
}

// sourceNotes are the limits of the trace that only its reader has seen.
func sourceNotes(d *analyze.Diagnosis, s parser.Stats) []analyze.Note {
	var out []analyze.Note
	if s.Skipped > 0 {
		text := fmt.Sprintf("%d lines or records were not understood", s.Skipped)
		if len(s.First) > 0 {
			text += fmt.Sprintf(", the first at line %d: %s", s.First[0].Line, s.First[0].Why)
		}
		out = append(out, analyze.Note{Code: "skipped-lines", Text: text})
	}
	told := func(n analyze.Note) bool { return n.Code == "trace-truncated" }
	if s.Truncated && !slices.ContainsFunc(d.Notes, told) {
		out = append(out, analyze.Note{Code: "trace-truncated", Text: "the trace ends in the middle: let the program end before the tracer does"})
	}
	return out
}

// describe fills in what only the caller of the analyzer knows. name is "" for
// a trace that is not kept.
func describe(d *analyze.Diagnosis, name string, s parser.Stats) {
	d.Tool = analyze.Tool{Name: "stracex", Version: version()}
	d.Source = analyze.Source{
		Kind: s.Kind, Events: s.Events, SkippedLines: s.Skipped, Truncated: s.Truncated,
	}
	if name != "" {
		d.Source.Files = []string{name}
	}
	d.Notes = append(d.Notes, sourceNotes(d, s)...)
}
