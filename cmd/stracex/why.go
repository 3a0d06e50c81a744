package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/stracex/stracex/tracer"
	calls "github.com/stracex/stracex/tracer/choice"
)

const whyHelp = `Run COMMAND, and when it has failed say why. What it prints, reads and returns
is what it does without stracex; the diagnosis goes to stderr once it has ended.
Processes that it leaves behind (a daemon) live on.

The exit status is that of COMMAND, 128+N when signal N killed it; 127 when
there is no such program; 125 when stracex itself failed.`

func newWhy() *cobra.Command {
	var show reportFlags
	var keep string
	var choice choiceFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "why [flags] [--] COMMAND [ARGUMENT]...",
		Short: "run a program, and say why it failed",
		Long:  whyHelp,
		Example: `  stracex why ./app --port 80
  stracex why --timeout 10s -o app.stx ./app
  stracex why --format json --report why.json make test`,
		Args: needCommand,
		RunE: func(_ *cobra.Command, argv []string) error {
			if !all && choice.calls.set == nil {
				choice.calls.set = calls.Diagnosis()
			}
			return why(choice.options(argv), keep, &show)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	show.add(f)
	f.StringVarP(&keep, "output", "o", "", "keep the capture in this `file`, for analyze and show")
	f.DurationVar(&choice.timeout, "timeout", 0, "end the program after this time, and say what it waited for")
	choice.add(f)
	f.BoolVar(&all, "all", false, "record all calls, also those that are frequent and silent")
	return cmd
}

func why(o tracer.Options, keep string, show *reportFlags) error {
	out, err := show.open(os.Stderr)
	if err != nil {
		return ours(err)
	}
	c, err := newCapture(keep)
	if err != nil {
		return ours(err)
	}
	defer c.close()
	if c.read == nil {
		return ours(&notAFileError{keep})
	}
	if err := c.run(o); err != nil {
		return ours(err)
	}
	if c.lost != nil {
		complain(os.Stderr, c.lost)
	}
	if c.succeeded() && !show.verbose && show.format == "text" && !out.own {
		return nil // nobody asks why
	}
	trace, err := c.trace()
	if err != nil {
		return c.status(err)
	}
	d, err := diagnose(trace, c.name, c.hung)
	if err != nil {
		return c.status(err)
	}
	return c.status(out.write(d))
}
