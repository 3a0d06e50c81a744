package analyze_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/parser"
)

// FuzzDiagnose: no log can make the analyzer panic, and what it says of files
// never holds the replay's own marks.
func FuzzDiagnose(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(txtar.Parse(data).Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		r, err := parser.New(strings.NewReader(string(log)), "fuzz.log")
		if err != nil {
			return
		}
		a := analyze.New()
		for {
			e, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				return
			}
			a.Add(e)
		}
		d := a.Diagnose()
		if len(d.Causes) > 5 {
			t.Fatalf("%d causes", len(d.Causes))
		}
		if d.Outcome.Status == "ok" && len(d.Causes) > 0 {
			t.Fatal("a cause for a run that succeeded")
		}
		for _, c := range d.Causes {
			if c.Confidence < 0 || c.Confidence > 1 {
				t.Fatalf("confidence %v", c.Confidence)
			}
			if c.Path != nil && !strings.HasPrefix(*c.Path, "/") && utf8.ValidString(*c.Path) && c.Kind == "syscall" && c.PathGiven != nil && *c.Path != *c.PathGiven {
				t.Fatalf("path %q is not absolute", *c.Path)
			}
		}
	})
}
