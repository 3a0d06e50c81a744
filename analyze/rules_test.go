package analyze

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// named are all rules that have a name, each with a function that takes it out and
// gives one that puts it back.
func named() map[string]func() func() {
	out := map[string]func() func(){}
	for i := range rules {
		out[rules[i].name] = without(&rules[i].apply, func(*facts, *candidate) (float64, string) { return 0, "" })
	}
	for i := range linkRules {
		out[linkRules[i].name] = without(&linkRules[i].apply, func(*facts, *link) float64 { return 0 })
	}
	for i := range leads {
		out[leads[i].name] = without(&leads[i].follow, func(*facts, *suspect) []*suspect { return nil })
	}
	for i := range finders {
		out[finders[i].name] = without(&finders[i].find, func(*facts, *suspect) []*candidate { return nil })
	}
	return out
}

func without[F any](at *F, nothing F) func() func() {
	return func() func() {
		was := *at
		*at = nothing
		return func() { *at = was }
	}
}

// slug is a rule's name as the name of a file.
func slug(rule string) string {
	return strings.NewReplacer(" ", "-", "'", "").Replace(rule)
}

// eachEvent reads a log.
func eachEvent(t *testing.T, log []byte, add func(*event.Event)) {
	t.Helper()
	r, err := parser.New(bytes.NewReader(log), "trace.log")
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		add(e)
	}
}

// first reads a log and gives the first cause, nil when there is none.
func first(t *testing.T, log []byte) *Cause {
	t.Helper()
	a := New()
	eachEvent(t, log, a.Add)
	if d := a.Diagnose(); len(d.Causes) > 0 {
		return &d.Causes[0]
	}
	return nil
}

// cause gives the first cause in a line: kind, call, errno, what; and its points.
func cause(t *testing.T, log []byte) (string, []Points) {
	t.Helper()
	c := first(t, log)
	if c == nil {
		return "nothing", nil
	}
	words := []string{}
	for _, s := range []*string{&c.Kind, &c.Syscall, c.Errno, c.Path, c.Address, c.Signal} {
		if s != nil && *s != "" {
			words = append(words, *s)
		}
	}
	return strings.Join(words, " "), c.Points
}

// TestRules holds each rule to real traces, cut to what shows its shape, each with the
// cause that must be found. "for" are those that the rule decides: taken out, it leaves
// another answer. "against" are those where it must hold back.
func TestRules(t *testing.T) {
	all := named()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(slug(name), func(t *testing.T) {
			ar, err := txtar.ParseFile("testdata/rules/" + slug(name) + ".txtar")
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]int{}
			for i := 0; i+1 < len(ar.Files); i += 2 {
				trace, want := ar.Files[i], strings.TrimSpace(string(ar.Files[i+1].Data))
				got, points := cause(t, trace.Data)
				if got != want {
					t.Errorf("%s: found %q, want %q", trace.Name, got, want)
				}
				side, _, _ := strings.Cut(trace.Name, ":")
				seen[side]++
				switch side {
				case "for":
					putBack := all[name]()
					if got, _ := cause(t, trace.Data); got == want {
						t.Errorf("%s: without the rule the same is found", trace.Name)
					}
					putBack()
				case "against":
					if slices.ContainsFunc(points, func(p Points) bool { return p.Rule == name }) {
						t.Errorf("%s: the rule has given points: %v", trace.Name, points)
					}
				}
			}
			if seen["for"] == 0 || seen["against"] == 0 || seen["for"]+seen["against"] != len(ar.Files)/2 {
				t.Errorf("traces for it and against it are wanted, not %v", seen)
			}
		})
	}
}

// TestRulesAreDocumented: docs/rules.md has a row for each rule, and no other.
func TestRulesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if row, ok := strings.CutPrefix(line, "| **"); ok {
			name, _, _ := strings.Cut(row, "**")
			if rows[name] {
				t.Errorf("two rows for %q", name)
			}
			rows[name] = true
		}
	}
	all := named()
	for name := range all {
		if !rows[name] {
			t.Errorf("no row for %q", name)
		}
		delete(rows, name)
	}
	if len(rows) > 0 {
		t.Error(fmt.Sprint("rows for no rule: ", slices.Sorted(maps.Keys(rows))))
	}
	files, err := os.ReadDir("testdata/rules")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(all) {
		t.Errorf("%d files for %d rules", len(files), len(all))
	}
}
