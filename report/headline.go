package report

import (
	"fmt"
	"path"
	"strings"

	"github.com/stracex/stracex/analyze"
)

// headline is the answer in one sentence.
func headline(d *analyze.Diagnosis) string {
	end := ending(&d.Outcome, subject(&d.Outcome))
	if len(d.Causes) == 0 {
		return end + noCause(d)
	}
	c := &d.Causes[0]
	what := sentence(d, c)
	switch {
	case what == "":
		return end + "."
	case c.Confidence < doubtful:
		return end + "; it is not certain why, perhaps because " + what + "."
	case c.Confidence < sure:
		return end + ", probably because " + what + "."
	}
	return end + ": " + what + "."
}

// ending says how the command ended, under the name given.
func ending(o *analyze.Outcome, name string) string {
	switch o.Status {
	case "ok":
		return name + " succeeded (exit status 0)"
	case "hung":
		return name + " did not end"
	case "failed":
		if o.Signal != nil {
			return name + " was killed by " + show(*o.Signal, maxName)
		}
		if o.ExitCode != nil {
			return fmt.Sprintf("%s failed (exit status %d)", name, *o.ExitCode)
		}
		return name + " failed"
	}
	return "The trace does not hold the end of " + name
}

// noCause is the rest of the first line when nothing explains the outcome.
func noCause(d *analyze.Diagnosis) string {
	switch d.Outcome.Status {
	case "ok":
		return "."
	case "hung":
		return ", and the trace does not show what it waited for."
	case "failed":
		return ", and no failed call explains it."
	}
	return ", and no failed call stands out."
}

// sentence is the cause's summary in a form that goes on from the ending: "it"
// is the command, every other program is named. It is "" when the ending says
// the same.
func sentence(d *analyze.Diagnosis, c *analyze.Cause) string {
	s := strings.TrimRight(show(c.Summary, maxText), ". ")
	o := &d.Outcome
	for _, name := range []string{subject(o), base(o.Program)} {
		if s == ending(o, name) {
			return ""
		}
		if rest, ok := strings.CutPrefix(s, name+" "); ok {
			return "it " + rest
		}
	}
	other := c.Program != "" && c.Program != o.Program && base(c.Program) != subject(o)
	if rest, ok := strings.CutPrefix(s, "it "); ok && other {
		return base(c.Program) + " " + rest
	}
	return s
}

// subject is the command's name as the person called it: not the file behind a
// link (dash for sh), nor the interpreter of a script.
func subject(o *analyze.Outcome) string {
	switch {
	case len(o.Argv) > 0 && o.Argv[0] != "":
		return base(o.Argv[0])
	case o.Program != "":
		return base(o.Program)
	case o.PID != 0:
		return fmt.Sprintf("process %d", o.PID)
	}
	return "the program"
}

func base(program string) string { return show(path.Base(program), maxName) }
