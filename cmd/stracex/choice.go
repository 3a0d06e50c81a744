package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/stracex/stracex/tracer"
	calls "github.com/stracex/stracex/tracer/choice"
)

// choiceFlags say how much of a command is captured.
type choiceFlags struct {
	calls    *calls.Set // nil: what the subcommand takes by itself
	noFilter bool
	wait     bool
	size     int
	timeout  time.Duration
}

func (c *choiceFlags) add(f *pflag.FlagSet) {
	f.VarP((*callsFlag)(c), "trace", "e", "record these calls only, in strace's `syntax`: open,close %file !%network /stat")
	f.BoolVar(&c.noFilter, "no-filter", false, "put the program under no seccomp filter: slower, but it can be left at any time")
	f.IntVarP(&c.size, "string-limit", "s", 256, "copy this many `bytes` of what is read or written; more where a diagnosis needs it")
}

// options gives what the engine is to do.
func (c *choiceFlags) options(argv []string) tracer.Options {
	return tracer.Options{Argv: argv, Calls: c.calls, NoFilter: c.noFilter, Wait: c.wait,
		StringLimit: c.size, Timeout: c.timeout}
}

// callsFlag is the value of -e. As in strace, the last one holds.
type callsFlag choiceFlags

func (c *callsFlag) String() string {
	if c.calls == nil {
		return ""
	}
	return c.calls.String()
}
func (c *callsFlag) Type() string { return "syntax" }

func (c *callsFlag) Set(expr string) (err error) {
	c.calls, err = calls.Parse(expr)
	return err
}
