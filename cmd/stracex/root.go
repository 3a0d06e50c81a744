package main

import (
	"os"

	"github.com/spf13/cobra"
)

const rootHelp = `stracex says why a program failed on this machine. It records the system calls
that the program makes, finds the error message among them, walks back to the
call that failed, and says what that call was about.

  stracex why ./app --port 80     run a program, and say why it failed
  stracex analyze trace.log       the same from a log of strace, or a capture`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "stracex",
		Short:         "say why a program failed, from its system calls",
		Long:          rootHelp,
		Args:          cobra.ArbitraryArgs,
		RunE:          noCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(usage)
	root.Flags().SetInterspersed(false)
	root.AddCommand(newWhy(), newAnalyze(), newRecord(), newShow(), newDoctor(), newVersion())
	return root
}

func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return &commandError{args}
}

// run executes the command line and gives the exit status.
func run(args []string) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(os.Stdout)
	root.SetErr(os.Stderr)
	keepClosedPipeQuiet()
	err := root.Execute()
	return complain(os.Stderr, err)
}
