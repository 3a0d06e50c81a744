package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/parser"
	"github.com/stracex/stracex/tracer"
	calls "github.com/stracex/stracex/tracer/choice"
)

const whyHelp = `Run COMMAND, and when it has failed say why. What it prints, reads and returns
is what it does without stracex; the diagnosis goes to stderr once it has ended.
Processes that it leaves behind (a daemon) live on.

Where a server fails and COMMAND only tells so, --follow-peers looks into the
server too while COMMAND talks to it. With -p alone, say what a running process
waits for, until Ctrl-C or for a time. Processes that are attached to live on.

The exit status is that of COMMAND, 128+N when signal N killed it; 127 when
there is no such program; 125 when stracex itself failed.`

func newWhy() *cobra.Command {
	var show reportFlags
	var keep string
	var choice choiceFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "why [flags] [-p PID]... [--] [COMMAND [ARGUMENT]...]",
		Short: "run a program, and say why it failed",
		Long:  whyHelp,
		Example: `  stracex why ./app --port 80
  stracex why --timeout 10s -o app.stx ./app
  stracex why --follow-peers crontab jobs
  stracex why -p 4711 --for 5s
  stracex why --format json --report why.json make test`,
		Args: choice.needCommand,
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
	f.DurationVar(&choice.timeout, "for", 0, "with -p alone: look for this long, then say what the process waits for")
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
	if len(o.Argv) > 0 && c.succeeded() && !show.verbose && show.format == "text" && !out.own {
		return nil // nobody asks why
	}
	trace, err := c.trace()
	if err != nil {
		return c.status(err)
	}
	d, err := diagnoseCapture(trace, c)
	if err != nil {
		return c.status(err)
	}
	namePeer(d)
	return c.status(out.write(d))
}

// namePeer says who is at the other end, when the cause lies there and is not in
// the capture.
func namePeer(d *analyze.Diagnosis) {
	if len(d.Causes) == 0 {
		return
	}
	c := &d.Causes[0]
	if c.Address == nil || c.Kind != "child" && c.Kind != "data" {
		return
	}
	if who := tracer.Behind(*c.Address); len(who) > 0 {
		c.Explanation += fmt.Sprintf(" %s belongs to %s.", *c.Address, strings.Join(who[:min(len(who), 3)], ", "))
	}
}

// diagnoseCapture says why the command of a capture failed.
func diagnoseCapture(trace io.Reader, c *capture) (*analyze.Diagnosis, error) {
	p, err := parser.New(trace, c.name)
	if err != nil {
		return nil, err
	}
	var names []string
	if c.name != "" {
		names = []string{c.name}
	}
	return diagnose(p, names, c.hung)
}
