package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/report"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestText(t *testing.T) {
	for name, d := range diagnoses() {
		for _, o := range []report.Options{{}, {Verbose: true}} {
			file := name + ".txt"
			if o.Verbose {
				file = name + ".v.txt"
			}
			t.Run(file, func(t *testing.T) {
				var b bytes.Buffer
				if err := report.Text(&b, d, o); err != nil {
					t.Fatal(err)
				}
				golden(t, file, b.Bytes())
			})
		}
	}
}

func TestColour(t *testing.T) {
	var b bytes.Buffer
	if err := report.Text(&b, diagnoses()["config-missing"], report.Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	golden(t, "colour.txt", b.Bytes())
	if !strings.Contains(b.String(), "\x1b[31mENOENT\x1b[") {
		t.Error("the errno is not red")
	}
}

func TestJSON(t *testing.T) {
	for _, name := range []string{"config-missing", "no-cause", "hostile"} {
		d := diagnoses()[name]
		before := *d
		var b bytes.Buffer
		if err := report.JSON(&b, d); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", b.Bytes())
		if diff := cmp.Diff(&before, d); diff != "" {
			t.Errorf("JSON changed the diagnosis: %s", diff)
		}
	}
}

// What JSON writes reads back as what was given, but for bytes that are not
// UTF-8.
func TestJSONRoundTrip(t *testing.T) {
	d := diagnoses()["config-missing"]
	d.Message.Text = "a\x00\x1b[31m\u202e\u2028\u0085\U000e0041<&>\"\\"
	var b bytes.Buffer
	if err := report.JSON(&b, d); err != nil {
		t.Fatal(err)
	}
	var back analyze.Diagnosis
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if back.Message.Text != d.Message.Text {
		t.Errorf("message came back as %q", back.Message.Text)
	}
	shown(t, b.String())
}

func TestNarrow(t *testing.T) {
	for _, width := range []int{1, 40, 60, 100, 200} {
		for name, d := range diagnoses() {
			var b bytes.Buffer
			if err := report.Text(&b, d, report.Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			for _, l := range strings.Split(b.String(), "\n") {
				// Only a word that is longer than the room may go over.
				text := strings.TrimSpace(l)
				if len([]rune(l)) > max(width, 40) && strings.Contains(text[min(len(text), 11):], " ") && len(strings.Fields(l)) > 2 {
					t.Errorf("%s at %d: too wide: %q", name, width, l)
				}
			}
		}
	}
}

// TestNameless: a log may not say which process and program a further cause is of.
func TestNameless(t *testing.T) {
	further := func(program string, pid int) string {
		cause := analyze.Cause{Kind: "syscall", Syscall: "access", Errno: ptr("ENOENT"), Summary: "it could not find /x", Confidence: 0.3, Program: program, PID: pid}
		d := &analyze.Diagnosis{Outcome: failed("/bin/a", 1), Causes: []analyze.Cause{cause, cause}}
		var b strings.Builder
		if err := report.Text(&b, d, report.Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got := further("", 0); !strings.Contains(got, "/x (30%)") {
		t.Error(got)
	}
	if got := further("/bin/a", 7); !strings.Contains(got, "/x (a[7], 30%)") {
		t.Error(got)
	}
}
