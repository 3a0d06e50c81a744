//go:build linux

// Command transparent shows whether programs behave under stracex as without it:
// it runs test suites of real programs natively, natively once more, under
// stracex record and under stracex why, and compares the result of each test.
//
//	go run ./bench/transparent [-source sed,grep] [-go os,net,…] [-dir DIR] [-stracex FILE]
//
// In: names of Debian source packages whose tests are automake's, which it gets
// with apt-get source and builds in a directory of its own (the machine's own
// configuration and package lists stay); and names of packages of Go's standard
// library. Needs apt, dpkg-dev, gcc and make for the former, Go for both.
//
// Out: a line for each test whose result differs from both native runs, and a
// line of totals for each suite and way to run it. Tests whose native runs differ
// from each other say nothing: they are named and left out. Tests that can't pass
// under any tracer are in known, with the reason; they are named too. The exit
// status is 1 when any other test differs, 2 when a suite could not be run.
//
// Start reading at main; the suites are in suites.go, the comparison in compare.go.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/stracex/stracex/bench/install"
)

func main() {
	sources := flag.String("source", "sed,grep", "Debian source packages")
	packages := flag.String("go", "os,os/exec,syscall,os/signal,net", "packages of Go's standard library")
	dir := flag.String("dir", "", "work here, and leave there what the suites printed")
	binary := flag.String("stracex", "", "the stracex to run; built from this tree by itself")
	flag.Parse()
	var suites []suite
	for _, name := range names(*sources) {
		suites = append(suites, sourceSuite(name))
	}
	for _, name := range names(*packages) {
		suites = append(suites, goSuite(name))
	}
	different, err := compareAll(suites, *dir, *binary)
	if err != nil {
		fmt.Fprintln(os.Stderr, "transparent:", err)
		os.Exit(2)
	}
	if different > 0 {
		os.Exit(1)
	}
}

func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// compareAll runs the suites in all ways, and counts the tests that differ.
func compareAll(suites []suite, dir, binary string) (different int, err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "bench-transparent-"); err != nil {
			return 0, err
		}
		defer os.RemoveAll(dir)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return 0, err
	}
	if binary == "" {
		if binary, err = install.In(dir); err != nil {
			return 0, err
		}
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return 0, err
	}
	for _, s := range suites {
		n, err := s.compare(dir, binary)
		if err != nil {
			return different, fmt.Errorf("%s: %w", s.name, err)
		}
		different += n
	}
	return different, nil
}

// way is one way to run a suite: what stands before its command.
type way struct {
	name   string
	tracer []string
}

// ways gives the ways to run a suite. The first two are what the others are
// compared with.
func ways(dir, stracex string) []way {
	return []way{
		{"native", nil},
		{"again", nil},
		{"record", []string{stracex, "record", "-o", filepath.Join(dir, "suite.stx"), "--"}},
		{"why", []string{stracex, "why", "-q", "--"}},
	}
}

// compare runs a suite in all ways, prints what differs and how many tests do.
func (s suite) compare(dir, stracex string) (different int, err error) {
	work := filepath.Join(dir, filepath.Base(s.name))
	if err := os.MkdirAll(work, 0o755); err != nil {
		return 0, err
	}
	if err := s.prepare(&s, work); err != nil {
		return 0, err
	}
	var native [2]results
	for i, w := range ways(work, stracex) {
		begin := time.Now()
		got, err := s.run(w, filepath.Join(work, w.name+".out"))
		if err != nil {
			return different, fmt.Errorf("%s: %w", w.name, err)
		}
		took := time.Since(begin).Round(time.Second)
		if i < len(native) {
			native[i] = got
			fmt.Printf("%-10s %-7s %5d tests: %v, %v\n", s.name, w.name, len(got), got.tally(), took)
			continue
		}
		c := compare(s.name, native, got)
		fmt.Print(c.text)
		fmt.Printf("%-10s %-7s %5d same, %d different, %d known to differ, %d differ natively, %v\n",
			s.name, w.name, c.same, c.different, c.known, c.unsteady, took)
		different += c.different
	}
	return different, nil
}

// run runs a suite in one way, keeps in a file what it prints, and reads its results.
func (s suite) run(w way, file string) (results, error) {
	argv := append(append([]string(nil), w.tracer...), s.argv...)
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	got := s.read(text)
	if len(got) == 0 {
		return nil, fmt.Errorf("%s: no test's result in %s: %v", strings.Join(argv, " "), file, cmd.ProcessState)
	}
	return got, nil
}
