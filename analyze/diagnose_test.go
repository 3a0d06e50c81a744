package analyze_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/parser"
)

var update = flag.Bool("update", false, "write the golden parts of testdata/*.txtar anew")

// diagnose reads a log and gives its diagnosis.
func diagnose(t *testing.T, log string) *analyze.Diagnosis {
	t.Helper()
	r, err := parser.New(strings.NewReader(log), "trace.log")
	if err != nil {
		t.Fatal(err)
	}
	a := analyze.New()
	for {
		e, err := r.Read()
		if err == io.EOF {
			return a.Diagnose()
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Add(e)
	}
}

// TestDiagnose holds the diagnoses of real failures: each file of testdata has
// a log, without the calls that say nothing, and what is found in it.
func TestDiagnose(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := render(diagnose(t, string(ar.Files[0].Data)))
			if *update {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// render writes what matters of a diagnosis, a line each.
func render(d *analyze.Diagnosis) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s\n", d.Outcome.Status, d.Outcome.Program)
	if d.Message != nil {
		fmt.Fprintf(&b, "message on %s: %s\n", d.Message.Stream, d.Message.Text)
	}
	for i, c := range d.Causes {
		if i == 2 {
			break
		}
		fmt.Fprintf(&b, "\n%s: %s %s %s %s%s", c.Kind, c.Syscall, text(c.Errno), c.Program, text(c.Path), text(c.Address))
		if c.Count > 1 {
			fmt.Fprintf(&b, " ×%d", c.Count)
		}
		fmt.Fprintf(&b, "\n\t%s\n\t%s\n", c.Summary, c.Explanation)
		for _, r := range c.Reasons {
			fmt.Fprintf(&b, "\t- %s\n", r)
		}
	}
	if len(d.Trail) > 0 {
		b.WriteString("\ntrail\n")
	}
	for _, s := range d.Trail {
		fmt.Fprintf(&b, "\t%s (line %d): %s\n", s.Role, s.Event.Line, s.Text)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "note %s: %s\n", n.Code, n.Text)
	}
	return b.String()
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
