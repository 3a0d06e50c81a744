package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
	"github.com/stracex/stracex/report"
)

const showHelp = `Print a trace in the manner of strace, one line a call. FILE is a capture of
stracex or a log of strace; - is the standard input. The flags are strace's.

The files of strace -ff -o PREFIX are printed as one trace. Name them by their
prefix, their folder, a pattern in quotes, or one by one. Of several traces each
is printed under its name.`

// showFlags are what strace's flags of the same letters mean.
type showFlags struct {
	pids      bool // -f
	times     int  // -t, -tt, -ttt
	relative  bool // -r
	durations bool // -T
	decos     bool // -y
	strings   int  // -s
	verbose   bool // -v
	index     bool
	records   bool
	calls     callsFlag // -e
	paths     pathsFlag // -P
}

func newShow() *cobra.Command {
	var o showFlags
	cmd := &cobra.Command{
		Use:   "show [flags] FILE...",
		Short: "print a trace as strace does",
		Long:  showHelp,
		Example: `  stracex show app.stx
  stracex show -tt -T app.stx | grep ENOENT
  stracex show -P /etc/app.conf -e openat,read app.stx`,
		Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			first := true
			return eachInput(args, func(in *input, many bool) error {
				if many {
					if err := title(os.Stdout, in.name, first); err != nil {
						return written(err)
					}
					first = false
				}
				return showInput(os.Stdout, in, &o)
			})
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&o.pids, "pids", "f", false, "begin lines with the thread's id, even if there is only one")
	f.CountVarP(&o.times, "times", "t", "begin lines with the time of day; -tt with microseconds, -ttt since 1970")
	f.BoolVarP(&o.relative, "relative", "r", false, "begin lines with the time since the line before")
	f.BoolVarP(&o.durations, "durations", "T", false, "show how long calls took")
	f.BoolVarP(&o.decos, "decode-fds", "y", false, "show what descriptors point to, as far as the trace tells")
	f.IntVarP(&o.strings, "string-limit", "s", 0, "show this many bytes of strings, 0 for what there is; paths are whole")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show structures whole, and arrays, whatever their length")
	f.VarP(&o.calls, "trace", "e", "show these calls only, in strace's `syntax`: open,close %file !%network /stat")
	f.VarP(&o.paths, "trace-path", "P", "show these calls only that access this `path`; may be given several times")
	f.BoolVar(&o.index, "index", false, "begin lines with the event's number, as in a diagnosis")
	f.BoolVar(&o.records, "all-records", false, "show what is no call too: processes, evidence, notes")
	return cmd
}

// showInput prints a trace. Where that goes to a terminal it shows by itself how
// far it is.
func showInput(f *os.File, in *input, o *showFlags) error {
	t, err := in.open(reading{verbose: o.verbose, shown: !isatty.IsTerminal(f.Fd())})
	if err != nil {
		return err
	}
	defer t.close()
	return show(f, t, in.name, o)
}

// show prints the trace that p reads.
func show(w io.Writer, p parser.Reader, name string, o *showFlags) error {
	l := &lister{w: bufio.NewWriterSize(w, 64<<10), flags: o, format: o.format()}
	if o.decos || len(o.paths) > 0 {
		l.decorator = newDecorator()
	}
	if o.calls.set != nil || len(o.paths) > 0 {
		l.chooser = newChooser(o, l.decorator)
	}
	for {
		e, err := p.Read()
		if err == io.EOF {
			return l.finish(p.Stats(), name)
		}
		if err == nil {
			err = l.add(e.Keep())
		}
		if errors.Is(err, syscall.EPIPE) {
			return nil
		}
		if err != nil {
			return errors.Join(written(l.end()), err)
		}
	}
}

func (o *showFlags) format() event.Format {
	f := event.Format{Decos: o.decos, CommaAhead: commaAhead}
	switch {
	case o.relative:
		f.Times, f.Digits = event.DeltaTimes, 6
	case o.times == 1:
		f.Times = event.DayTimes
	case o.times == 2:
		f.Times, f.Digits = event.DayTimes, 6
	case o.times > 2:
		f.Times, f.Digits = event.UnixTimes, 6
	}
	if o.durations {
		f.Durations = 6
	}
	if o.pids {
		f.PID = event.BarePID
	}
	return f
}

// lookahead is how many events are held back to see whether there is a second
// thread, which makes lines begin with thread ids. Should it come later, the
// ids begin there.
const lookahead = 4096

// lister prints events.
type lister struct {
	w      *bufio.Writer
	flags  *showFlags
	format event.Format
	held   []*event.Event // nil once it is known how lines begin
	open   bool           // held back no longer
	tid    int            // the first thread
	line   []byte

	chooser   *chooser   // nil without -e and -P
	decorator *decorator // nil without -y and -P
}

func (l *lister) add(e *event.Event) error {
	chosen := l.chooser == nil || l.chooser.chooses(e)
	if l.decorator != nil {
		e = l.decorator.event(e)
	}
	if !chosen || !l.wanted(e) {
		return nil
	}
	if l.chooser == nil {
		return l.put(e)
	}
	for _, e := range l.chooser.join(e) {
		if err := l.put(e); err != nil {
			return err
		}
	}
	return nil
}

// put prints an event, or holds it back.
func (l *lister) put(e *event.Event) error {
	if e.TID != 0 && l.tid == 0 {
		l.tid = e.TID
	}
	if e.TID != l.tid && e.TID != 0 {
		l.format.PID, l.open = event.BarePID, true
	}
	if l.open || l.format.PID != event.NoPID {
		return errors.Join(l.release(), l.print(e))
	}
	l.held = append(l.held, e)
	l.open = len(l.held) == lookahead
	return nil
}

// wanted leaves out what strace has no line for.
func (l *lister) wanted(e *event.Event) bool {
	switch e.Kind {
	case event.Started, event.Snapshot, event.Evidence:
		return l.flags.records
	case event.Comment: // a log's own line, or a note of the capture
		return l.flags.records || e.Line > 0
	}
	return true
}

// release prints what was held back.
func (l *lister) release() error {
	for _, e := range l.held {
		if err := l.print(e); err != nil {
			return err
		}
	}
	l.held = nil
	return nil
}

// finish prints what is left, and says when that is not all.
func (l *lister) finish(s parser.Stats, name string) error {
	if err := l.end(); err != nil {
		return written(err)
	}
	if s.Truncated {
		fmt.Fprintf(os.Stderr, "stracex: %s ends early; what is shown is what there is\n", report.Escape(name))
	}
	return nil
}

func (l *lister) end() error {
	var err error
	if l.chooser != nil && l.chooser.half != nil {
		err = l.put(l.chooser.half)
	}
	return errors.Join(err, l.release(), l.w.Flush())
}

// commaAhead: strace has the comma in a call's first half when an argument
// follows that only the return tells.
func commaAhead(name string, n int) bool {
	desc := abi.Lookup(name)
	return desc != nil && name != "clone" && n < len(desc.Args) && desc.Args[n].Dir&abi.InOut == abi.Out
}

func (l *lister) print(e *event.Event) error {
	l.line = l.line[:0]
	if l.flags.index {
		l.line = append(strconv.AppendInt(append(l.line, '#'), int64(e.Index), 10), ' ')
	}
	l.line = append(event.Append(l.line, shorten(e, l.flags.strings, l.flags.verbose), l.format), '\n')
	l.format.Before = e.Time
	_, err := l.w.Write(l.line)
	return err
}
