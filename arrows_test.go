// Package stracex_test holds what no single package can: who may import whom.
package stracex_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/stracex/stracex"

// arrows is the table in docs/ARCHITECTURE.md: which of the module's folders a
// folder's packages may import. A folder may always import what is below it.
var arrows = map[string][]string{
	"abi":     {},
	"event":   {},
	"stx":     {},
	"tracer":  {"abi", "stx"},
	"parser":  {"abi", "event", "stx"},
	"analyze": {"abi", "event"},
	"report":  {"analyze", "event"},
	"cmd":     {"abi", "event", "stx", "tracer", "parser", "analyze", "report"},
	"bench":   {"tracer", "parser"},
}

// file is a Go file that is no test, for whatever system it is.
type file struct {
	path    string // slash-separated, from the module's root
	imports []string
}

func (f file) folder() string {
	folder, _, _ := strings.Cut(f.path, "/")
	return folder
}

func goFiles(t *testing.T) (files []file) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() {
			if name != "." && (base[0] == '.' || base[0] == '_' || base == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		f := file{path: name}
		for _, spec := range syntax.Imports {
			f.imports = append(f.imports, strings.Trim(spec.Path.Value, `"`))
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestImportArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		allowed, ok := arrows[f.folder()]
		if !ok {
			t.Errorf("%s is in a folder that the table does not have", f.path)
			continue
		}
		seen[f.folder()] = true
		for _, imported := range f.imports {
			name, ours := strings.CutPrefix(imported, module+"/")
			to, _, _ := strings.Cut(name, "/")
			if ours && to != f.folder() && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s; %s may import %v of the module", f.path, name, f.folder(), allowed)
			}
		}
	}
	for folder := range arrows {
		if !seen[folder] {
			t.Errorf("no Go file was found in %s", folder)
		}
	}
}

// A traced path is a Linux path on every machine, so path/filepath is only for
// those who open files here.
func TestLinuxPaths(t *testing.T) {
	for _, f := range goFiles(t) {
		mayOpen := slices.Contains([]string{"cmd", "tracer", "bench"}, f.folder()) ||
			strings.HasPrefix(f.path, "abi/internal/gen/")
		if !mayOpen && slices.Contains(f.imports, "path/filepath") {
			t.Errorf("%s imports path/filepath; traced paths need path", f.path)
		}
	}
}
