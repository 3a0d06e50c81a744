// Package agree compares what stracex captures and decodes with what strace
// prints, for real programs.
//
// In: the programs of programs_test.go, each run twice in the same place: under
// stracex record and under strace -f. Both traces are read by package parser.
// Out: for each program how many of its calls are the same in both: same name,
// same decoded arguments, same result, per process and in order. What differs
// from run to run is put on a par first (normal_test.go says what). TestText
// does the same with the text of stracex show, character by character, for the
// commands of commands_test.go, and reads that text back.
//
// Start reading at TestAgree. With -details they print each call that differs:
//
//	go test ./bench/agree -v -run Agree/tar -details
//	go test ./bench/agree -v -run Text
package agree

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var (
	details = flag.Bool("details", false, "print the calls that differ")
	keepDir = flag.String("keep", "", "leave the compared texts in this `folder`")
)

func TestAgree(t *testing.T) {
	need(t, "strace", "setarch")
	stracex := build(t)
	url := localServer(t)
	for _, p := range programs(t, url) {
		t.Run(p.name, func(t *testing.T) {
			need(t, p.needs...)
			r := runner{t: t, stracex: stracex, program: p}
			ours, theirs := r.capture(), r.strace()
			s := compare(ours, theirs)
			t.Logf("%-10s %6d calls, %6d the same (%.2f%%), %d only in stracex's, %d only in strace's, %d written differently",
				p.name, s.calls, s.same, s.percent(), s.onlyOurs, s.onlyTheirs, s.different)
			if *details {
				for _, d := range s.differing {
					t.Log(d)
				}
			}
			if s.calls < p.calls {
				t.Errorf("the traces have %d calls, a run has at least %d", s.calls, p.calls)
			}
			if s.percent() < p.percent {
				t.Errorf("%.2f%% of the calls agree, want %.2f%%; most often differ:\n%s",
					s.percent(), p.percent, strings.Join(s.often(10), "\n"))
			}
		})
	}
}

// need skips the test when a program is missing; with STRACEX_REQUIRE_TOOLS=1
// it fails.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			continue
		}
		if os.Getenv("STRACEX_REQUIRE_TOOLS") == "1" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
}

// score is the outcome for one program.
type score struct {
	calls      int // of the longer trace, thread by thread
	same       int
	onlyOurs   int
	onlyTheirs int
	different  int // the same call, written differently
	differing  []string
	kinds      map[string]int // differing calls by name
}

func (s *score) percent() float64 {
	if s.calls == 0 {
		return 0
	}
	return 100 * float64(s.same) / float64(s.calls)
}

func (s *score) differ(name, text string) {
	s.kinds[name]++
	s.differing = append(s.differing, text)
}

// often lists the names that differ most often, with an example.
func (s *score) often(n int) []string {
	var names []string
	for name := range s.kinds {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return s.kinds[b] - s.kinds[a] })
	var lines []string
	for _, name := range names[:min(n, len(names))] {
		example := ""
		for _, d := range s.differing {
			if strings.Contains(d, " "+name+"(") {
				example = d
				break
			}
		}
		lines = append(lines, fmt.Sprintf("%5d %s, such as\n%s", s.kinds[name], name, example))
	}
	return lines
}

// compare counts what agrees, thread by thread.
func compare(ours, theirs trace) *score {
	s := &score{kinds: map[string]int{}}
	labels := map[string]bool{}
	for l := range ours.calls {
		labels[l] = true
	}
	for l := range theirs.calls {
		labels[l] = true
	}
	sorted := make([]string, 0, len(labels))
	for l := range labels {
		sorted = append(sorted, l)
	}
	slices.Sort(sorted)
	for _, l := range sorted {
		a, b := ours.calls[l], theirs.calls[l]
		s.calls += max(len(a), len(b))
		s.thread(l, a, b)
	}
	return s
}

// thread compares the calls of one thread: first those that are equal are put
// side by side, then between them those of the same name.
func (s *score) thread(label string, a, b []call) {
	i, j := 0, 0
	for _, m := range align(a, b) {
		s.gap(label, a[i:m.a], b[j:m.b])
		s.same++
		i, j = m.a+1, m.b+1
	}
	s.gap(label, a[i:], b[j:])
}

// gap accounts for calls between two that agree.
func (s *score) gap(label string, a, b []call) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0].name == b[0].name:
			if sameCall(a[0], b[0]) {
				s.same++
			} else {
				s.different++
				s.differ(a[0].name, fmt.Sprintf("[%s] stracex %s\n[%s] strace  %s", label, a[0].text, label, b[0].text))
			}
			a, b = a[1:], b[1:]
		case len(b) == 0 || len(a) > 0 && index(b, a[0].name) < 0:
			s.onlyOurs++
			s.differ(a[0].name, fmt.Sprintf("[%s] only in stracex's %s", label, a[0].text))
			a = a[1:]
		default:
			s.onlyTheirs++
			s.differ(b[0].name, fmt.Sprintf("[%s] only in strace's %s", label, b[0].text))
			b = b[1:]
		}
	}
}

func index(calls []call, name string) int {
	return slices.IndexFunc(calls, func(c call) bool { return c.name == name })
}

// match is a call that is in both traces.
type match struct{ a, b int }

// align finds a longest row of equal calls, by the keys that sameCall's cut
// strings don't upset. What is too long for it is cut into windows.
func align(a, b []call) (m []match) {
	const window = 1500
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if sameCall(a[i], b[j]) {
			m = append(m, match{i, j})
			i, j = i+1, j+1
			continue
		}
		part := longest(a[i:min(i+window, len(a))], b[j:min(j+window, len(b))])
		if len(part) == 0 {
			i, j = min(i+window, len(a)), min(j+window, len(b))
			continue
		}
		// The tail of a window may belong to what comes next.
		keep := part[:max(1, len(part)*3/4)]
		for _, p := range keep {
			m = append(m, match{i + p.a, j + p.b})
		}
		last := keep[len(keep)-1]
		i, j = i+last.a+1, j+last.b+1
	}
	return m
}

// longest is the longest common subsequence.
func longest(a, b []call) (m []match) {
	width := len(b) + 1
	table := make([]int16, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].key == b[j].key && sameCall(a[i], b[j]) {
				table[i*width+j] = table[(i+1)*width+j+1] + 1
			} else {
				table[i*width+j] = max(table[(i+1)*width+j], table[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].key == b[j].key && sameCall(a[i], b[j]):
			m = append(m, match{i, j})
			i, j = i+1, j+1
		case table[(i+1)*width+j] >= table[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return m
}
