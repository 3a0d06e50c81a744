package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/report"
)

// reportFlags say how and where a diagnosis is shown.
type reportFlags struct {
	format  format
	file    string
	color   colorMode
	verbose bool
	quiet   bool
}

// format is the value of --format.
type format string

func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "form" }

func (f *format) Set(s string) error {
	if s != "text" && s != "json" {
		return fmt.Errorf("want text or json")
	}
	*f = format(s)
	return nil
}

func (r *reportFlags) add(f *pflag.FlagSet) {
	r.format, r.color = "text", "auto"
	f.Var(&r.format, "format", "text, or json (docs/diagnosis.md)")
	f.StringVar(&r.file, "report", "", "write the diagnosis to this `file`")
	f.Var(&r.color, "color", "auto, always or never")
	f.BoolVarP(&r.verbose, "verbose", "v", false, "add the reasons, the way through the trace, other candidates")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "show no diagnosis but in the file of --report")
}

// output is where the diagnosis goes, or several of them.
type output struct {
	flags *reportFlags
	f     *os.File
	own   bool // the file of --report
	many  bool // of several traces, each with its name
	begun bool
}

// open makes the report's file, so that a bad name is known before the program
// runs. Without one the diagnosis goes to std.
func (r *reportFlags) open(std *os.File) (*output, error) {
	if r.file == "" {
		return &output{flags: r, f: std}, nil
	}
	// It may quote what the program read and wrote: for the owner only.
	f, err := os.OpenFile(r.file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &output{flags: r, f: f, own: true}, nil
}

// write shows the only diagnosis and closes the report's file.
func (o *output) write(d *analyze.Diagnosis) error {
	err := o.add("", d)
	if e := o.close(); err == nil {
		err = e
	}
	return err
}

// add shows the diagnosis of the trace with this name.
func (o *output) add(name string, d *analyze.Diagnosis) error {
	if o.flags.quiet && !o.own {
		return nil
	}
	if o.many && o.flags.format == "text" {
		if err := title(o.f, name, !o.begun); err != nil {
			return written(err)
		}
		o.begun = true
	}
	return written(o.render(o.f, d))
}

// close closes the report's file.
func (o *output) close() error {
	if !o.own {
		return nil
	}
	return o.f.Close()
}

// title stands over what is said of one of several traces, as with tail(1).
func title(w io.Writer, name string, first bool) error {
	before := "\n"
	if first {
		before = ""
	}
	_, err := fmt.Fprintf(w, "%s==> %s <==\n", before, report.Escape(name))
	return err
}

func (o *output) render(w io.Writer, d *analyze.Diagnosis) error {
	switch {
	case o.flags.format == "json" && o.many:
		return report.JSONLine(w, d)
	case o.flags.format == "json":
		return report.JSON(w, d)
	}
	return report.Text(w, d, report.Options{
		Color:   o.flags.color.use(o.f),
		Verbose: o.flags.verbose,
		Width:   min(report.DefaultWidth, terminalWidth(o.f)),
	})
}
