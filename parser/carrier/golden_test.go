package carrier

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden undoes whole logs as they come from CI systems, container engines and
// people: NAME.in becomes NAME.out, line for line.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.in")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			in, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := plain(t, string(in))
			golden := strings.TrimSuffix(path, ".in") + ".out"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, string(want), got)
			if countLines(got) != countLines(string(in)) {
				t.Errorf("%d lines of %d", countLines(got), countLines(string(in)))
			}
		})
	}
}
