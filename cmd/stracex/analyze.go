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

It may be compressed, or come out of a CI system, a container's log or a mail.

The files of strace -ff -o PREFIX are one trace. Name them by their prefix, their
folder, a pattern in quotes, or one by one. Of several traces each has a report
under its name, and with --format json a line. Logs of a client and of the servers
behind it, recorded at one time on one machine, have one report with --together;
name the client's first, and record them with strace -f -yy -s 256.

The exit status is 0 when all could be read, whatever is wrong with the
programs in them; 2 when one could not.`

func newAnalyze() *cobra.Command {
	var show reportFlags
	var together, thorough bool
	cmd := &cobra.Command{
		Use:   "analyze [flags] FILE...",
		Short: "say why the program in a trace failed",
		Long:  analyzeHelp,
		Example: `  stracex analyze trace.log
  strace -ff -o ff ./app; stracex analyze ff
  ssh host cat trace.log | stracex analyze -`,
		Args: someFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			out, err := show.open(os.Stdout)
			if err != nil {
				return err
			}
			defer out.close()
			if together {
				return reportTogether(args, out)
			}
			return eachInput(args, func(in *input, many bool) error {
				out.many = many
				l := usualLarge
				if thorough {
					l = large{}
				}
				d, err := analyzeInput(in, l)
				if err != nil {
					return err
				}
				return out.add(in.name, d)
			})
		},
	}
	show.add(cmd.Flags())
	cmd.Flags().BoolVar(&together, "together", false, "the files are of one failure: that of a client first, then those of its servers")
	cmd.Flags().BoolVar(&thorough, "thorough", false, "look into all processes of a large log, also those that hardly matter")
	return cmd
}

// eachInput calls f with each trace that the arguments name; many: there are
// several. What can't be read is told, and keeps none of the others from f.
func eachInput(args []string, f func(in *input, many bool) error) error {
	inputs, left, errs := findInputs(args)
	tellLeftOut(left)
	many := len(inputs)+len(errs) > 1
	if many {
		for _, err := range errs {
			complain(os.Stderr, err)
		}
	}
	for i := range inputs {
		if err := f(&inputs[i], many); err != nil {
			errs = append(errs, err)
			if many {
				complain(os.Stderr, err)
			}
		}
	}
	if len(errs) == 0 {
		return nil
	}
	if many {
		return &statusError{statusBad, nil}
	}
	return errs[0]
}

// analyzeInput says why the command of a trace failed.
func analyzeInput(in *input, l large) (*analyze.Diagnosis, error) {
	t, err := in.open(reading{shown: true, large: l})
	if err != nil {
		return nil, err
	}
	defer t.close()
	d, err := diagnose(t, in.paths(), false)
	if err != nil {
		return nil, err
	}
	if t.choice != nil {
		d.Notes = append(d.Notes, leftOut(t.choice))
	}
	if t.merged != nil && t.merged.Commands() > 1 {
		n := severalCommands(t.merged.Commands())
		d.Notes = append(d.Notes, n)
		t.progress.end()
		warn(in.name + ": " + n.Text)
	}
	return d, nil
}

// severalCommands: strace -o writes over its own file only, and leaves those of
// an earlier run where they are.
func severalCommands(n int) analyze.Note {
	return analyze.Note{Code: "several-commands", Text: fmt.Sprintf(
		"the files are of %d commands that did not start one another, as when strace -ff was run again with the same -o: remove the older files, or name those of one run", n)}
}

// diagnose reads a trace to its end and says why its command failed. hung: the
// command had not ended when the trace was. names are its files, none for a trace
// that is not kept.
func diagnose(p parser.Reader, names []string, hung bool) (*analyze.Diagnosis, error) {
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
	describe(d, names, p.Stats())
	return d, nil
}

// sourceNotes are the limits of the trace that only its reader has seen.
func sourceNotes(d *analyze.Diagnosis, s parser.Stats) []analyze.Note {
	var out []analyze.Note
	if s.Skipped > 0 {
		text := fmt.Sprintf("%d lines or records were not understood", s.Skipped)
		if len(s.First) > 0 {
			text += ", the first " + at(s.First[0]) + ": " + s.First[0].Why
		}
		out = append(out, analyze.Note{Code: "skipped-lines", Text: text})
	}
	told := func(n analyze.Note) bool { return n.Code == "trace-truncated" }
	if s.Truncated && !slices.ContainsFunc(d.Notes, told) {
		out = append(out, analyze.Note{Code: "trace-truncated", Text: "the trace ends in the middle: let the program end before the tracer does"})
	}
	return out
}

// at says where something was skipped.
func at(s parser.Skipped) string {
	if s.Line == 0 {
		return "in " + s.File
	}
	return fmt.Sprintf("at line %d of %s", s.Line, s.File)
}

// describe fills in what only the caller of the analyzer knows.
func describe(d *analyze.Diagnosis, names []string, s parser.Stats) {
	d.Tool = analyze.Tool{Name: "stracex", Version: version()}
	d.Source = analyze.Source{
		Kind: s.Kind, Files: names, Events: s.Events, SkippedLines: s.Skipped, Truncated: s.Truncated,
	}
	for _, l := range s.First {
		d.Source.Skipped = append(d.Source.Skipped, analyze.Skipped(l))
	}
	d.Notes = append(d.Notes, sourceNotes(d, s)...)
}
