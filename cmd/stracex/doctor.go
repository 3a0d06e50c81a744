package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/stracex/stracex/report"
	"github.com/stracex/stracex/tracer"
)

const doctorHelp = `Say whether stracex why and stracex record work here and, where they don't, who
forbids it and what to do about it. A small program is really traced; the rest
says what was found: ok, warn (it works, but something is amiss), fail.

With --format json: {"works": true, "checks": [{"name": "kernel", "level": "ok",
"text": "...", "remedy": "..."}, ...]}; remedy is absent where there is nothing
to do.

The exit status is 0 when capturing works, 1 when it doesn't.`

func newDoctor() *cobra.Command {
	form := format("text")
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "say whether capturing works here, and what forbids it",
		Long:  doctorHelp,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			trial := tracer.Try(cmd.Context())
			return showFindings(cmd.OutOrStdout(), form, examine(tracer.Lookout{}.Look(), trial))
		},
	}
	cmd.Flags().Var(&form, "format", "text or json")
	return cmd
}

// findings is what stracex doctor says.
type findings struct {
	Works  bool    `json:"works"`
	Checks []check `json:"checks"`
}

// check is one line of it.
type check struct {
	Name   string `json:"name"`
	Level  level  `json:"level"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

type level string

const (
	levelOK   level = "ok"
	levelWarn level = "warn"
	levelFail level = "fail"
)

// showFindings writes them; the error carries the exit status.
func showFindings(w io.Writer, form format, f findings) error {
	show := f.text
	if form == "json" {
		show = f.json
	}
	if err := written(show(w)); err != nil || f.Works {
		return err
	}
	return &statusError{1, nil}
}

func (f findings) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(f)
}

func (f findings) text(w io.Writer) error {
	for _, c := range f.Checks {
		if _, err := fmt.Fprintf(w, "%-4s  %-15s  %s\n", c.Level, c.Name, report.Escape(c.Text)); err != nil {
			return err
		}
		if c.Remedy == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%23s%s\n", "do: ", report.Escape(c.Remedy)); err != nil {
			return err
		}
	}
	verdict := "stracex why works here."
	if !f.Works {
		verdict = "stracex why does not work here."
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}
