package main

import (
	"errors"

	"github.com/spf13/cobra"
)

const recordHelp = `Run COMMAND and keep the system calls of it and its descendants in FILE, for
stracex analyze and stracex show, here or on another machine. FILE holds what
the programs read and wrote, passwords too: it is made for its owner only. Of
environment variables it holds the names, the values only with --env.

The exit status is that of COMMAND, 128+N when signal N killed it; 127 when
there is no such program; 125 when stracex itself failed.`

func newRecord() *cobra.Command {
	var file string
	var choice choiceFlags
	cmd := &cobra.Command{
		Use:   "record -o FILE [-p PID]... [--] [COMMAND [ARGUMENT]...]",
		Short: "run a program and keep its system calls",
		Long:  recordHelp,
		Example: `  stracex record -o app.stx ./app --port 80
  stracex record -o app.stx -p 4711 --timeout 10s`,
		Args: choice.needCommand,
		RunE: func(cmd *cobra.Command, argv []string) error {
			if file == "" {
				return usage(cmd, errors.New("say with -o where the capture goes"))
			}
			return record(argv, file, &choice)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.StringVarP(&file, "output", "o", "", "the capture's `file`")
	choice.add(f)
	f.DurationVar(&choice.timeout, "timeout", 0, "end the capture after this time, and COMMAND with it")
	f.BoolVar(&choice.wait, "wait", false, "follow what COMMAND leaves behind to its end")
	return cmd
}

func record(argv []string, file string, choice *choiceFlags) error {
	c, err := newCapture(file)
	if err != nil {
		return ours(err)
	}
	defer c.close()
	if err := c.run(choice.options(argv)); err != nil {
		return ours(err)
	}
	return c.status(c.lost)
}
