package analyze

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestTraces holds traces, cut to what shows their shape, to the cause that must be found.
func TestTraces(t *testing.T) {
	files, err := filepath.Glob("testdata/shapes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(ar.Files); i += 2 {
			t.Run(filepath.Base(file)+" "+ar.Files[i].Name, func(t *testing.T) {
				if got, points := cause(t, ar.Files[i].Data); got != strings.TrimSpace(string(ar.Files[i+1].Data)) {
					t.Errorf("found %q, %v", got, points)
				}
			})
		}
	}
}
