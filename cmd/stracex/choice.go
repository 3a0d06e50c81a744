package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/stracex/stracex/tracer"
	calls "github.com/stracex/stracex/tracer/choice"
)

// choiceFlags say how much of a command is captured, and as whom it runs.
type choiceFlags struct {
	calls    callsFlag // none: what the subcommand takes by itself
	noFilter bool
	wait     bool
	attach   pidsFlag
	size     int
	timeout  time.Duration
	maxSize  sizeFlag
	user     userFlag
	env      bool
	paths    pathsFlag
	peers    bool
	maxPeers int
}

func (c *choiceFlags) add(f *pflag.FlagSet) {
	f.VarP(&c.calls, "trace", "e", "record these calls only, in strace's `syntax`: open,close %file !%network /stat")
	f.BoolVar(&c.noFilter, "no-filter", false, "put the program under no seccomp filter: slower, but it can be left at any time")
	f.VarP(&c.attach, "attach", "p", "attach to this process too, and to what it starts: `PID`[,PID]...; it lives on")
	f.Var(&namesFlag{pids: &c.attach}, "name", "attach to all processes of this `name`, as ps -e shows it; they live on")
	f.BoolVar(&c.peers, "follow-peers", false, "attach to the processes of this machine that the program connects to; they live on")
	f.IntVar(&c.maxPeers, "max-peers", 16, "attach to no more than this `many` of them")
	c.maxSize = 4 << 30
	f.Var(&c.maxSize, "max-size", "end the capture, not the program, at this `size` of the file: 500M, 2G")
	f.VarP(&c.paths, "trace-path", "P", "record these calls only that access this `path`; may be given several times")
	c.user.euid = os.Geteuid
	f.VarP(&c.user, "user", "u", "run the program as this user, with its groups; set-user-ID programs get their privilege")
	f.BoolVar(&c.env, "env", false, "copy the values of environment variables too, not only the names: they may be secrets")
	f.IntVarP(&c.size, "string-limit", "s", 256, "copy this many `bytes` of what is read or written; more where a diagnosis needs it")
}

// options gives what the engine is to do.
func (c *choiceFlags) options(argv []string) tracer.Options {
	if !c.peers {
		c.maxPeers = 0
	}
	return tracer.Options{Argv: argv, Attach: c.attach, Calls: c.calls.set, NoFilter: c.noFilter, Wait: c.wait,
		StringLimit: c.size, Timeout: c.timeout, MaxSize: int64(c.maxSize), MaxPeers: c.maxPeers, User: c.user.user, EnvValues: c.env,
		Paths: resolved(c.paths)}
}

// needCommand is an argument check: a command, or processes to attach to.
func (c *choiceFlags) needCommand(cmd *cobra.Command, argv []string) error {
	if len(c.attach) > 0 && len(argv) == 0 {
		return nil
	}
	return needCommand(cmd, argv)
}

// resolved adds to paths what they are without links, as descriptors show them.
func resolved(paths []string) (all []string) {
	for _, p := range paths {
		all = append(all, p)
		abs, err := filepath.Abs(p)
		if err == nil {
			abs, err = filepath.EvalSymlinks(abs)
		}
		if err == nil && abs != p {
			all = append(all, abs)
		}
	}
	return all
}

// callsFlag is the value of -e. As in strace, the last one holds.
type callsFlag struct{ set *calls.Set } // nil: none was given

func (c *callsFlag) String() string {
	if c.set == nil {
		return ""
	}
	return c.set.String()
}
func (c *callsFlag) Type() string { return "syntax" }

func (c *callsFlag) Set(expr string) (err error) {
	c.set, err = calls.Parse(expr)
	return err
}

// pathsFlag are the values of -P.
type pathsFlag []string

func (p *pathsFlag) String() string { return strings.Join(*p, " ") }
func (p *pathsFlag) Type() string   { return "path" }

func (p *pathsFlag) Set(text string) error {
	if text == "" {
		return errors.New("an empty path")
	}
	*p = append(*p, text)
	return nil
}

// pidsFlag is the value of -p, as in strace: process ids with commas or blanks
// between them.
type pidsFlag []int

func (p *pidsFlag) String() string { return strings.Trim(fmt.Sprint([]int(*p)), "[]") }
func (p *pidsFlag) Type() string   { return "PID" }

func (p *pidsFlag) Set(text string) error {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }) {
		pid, err := strconv.Atoi(word)
		if err != nil || pid <= 0 {
			return errors.New("want process ids: 4711 or 4711,4712")
		}
		*p = append(*p, pid)
	}
	return nil
}

// namesFlag finds process ids by a name.
type namesFlag struct {
	pids  *pidsFlag
	names []string
}

func (n *namesFlag) String() string { return strings.Join(n.names, ",") }
func (n *namesFlag) Type() string   { return "name" }

func (n *namesFlag) Set(name string) error {
	pids := tracer.Named(name)
	if len(pids) == 0 {
		return errors.New("no process of this name is running: see ps -e")
	}
	n.names = append(n.names, name)
	*n.pids = append(*n.pids, pids...)
	return nil
}

// sizeFlag is a number of bytes, with K, M, G or T for powers of 1024.
type sizeFlag int64

func (s *sizeFlag) String() string {
	n, unit := int64(*s), ""
	for _, u := range []string{"K", "M", "G", "T"} {
		if n == 0 || n%1024 != 0 {
			break
		}
		n, unit = n/1024, u
	}
	return strconv.FormatInt(n, 10) + unit
}
func (s *sizeFlag) Type() string { return "size" }

func (s *sizeFlag) Set(text string) error {
	digits := strings.TrimRight(text, "KMGT")
	n, err := strconv.ParseInt(digits, 10, 64)
	shift := 10 * (1 + strings.Index("KMGT", text[len(digits):]))
	if text == digits {
		shift = 0
	}
	if err != nil || n <= 0 || len(text)-len(digits) > 1 || n > math.MaxInt64>>shift {
		return errors.New("want a size as 500M or 2G")
	}
	*s = sizeFlag(n << shift)
	return nil
}
