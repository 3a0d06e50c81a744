//go:build linux

// Command capture compares what it costs to capture a program: natively, under
// strace -f -o FILE, under stracex record and under stracex why, one after the
// other in each round, so that a machine whose speed drifts does so for all; and
// under a tracer in C that records nothing (testdata/bare.c), which shows how
// much of it the machine's ptrace alone takes: for all calls, and for those that
// why chooses.
//
//	go run ./bench/capture [-n ROUNDS] [-load NAME,…] [-stracex FILE] [-targets]
//
// Out: for each load the medians (and range) of the rounds' ratios. Needs strace
// and gcc; a load whose own program is missing is left out, and that is said. Start
// reading at main; the loads are in loads.go, the figures in figures.go.
package main

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/stracex/stracex/bench/install"
	"github.com/stracex/stracex/tracer/choice"
)

func main() {
	rounds := flag.Int("n", 7, "counted rounds")
	only := flag.String("load", "", "these loads only")
	binary := flag.String("stracex", "", "the stracex to measure; built from this tree by itself")
	targets := flag.Bool("targets", false, "exit with 1 when a figure misses its target")
	flag.Parse()
	missed, err := compare(*rounds, *only, *binary)
	if err != nil {
		fmt.Fprintln(os.Stderr, "capture:", err)
		os.Exit(2)
	}
	if missed > 0 && *targets {
		os.Exit(1)
	}
}

func compare(rounds int, only, stracex string) (missed int, err error) {
	dir, err := os.MkdirTemp("", "bench-capture-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if _, err := exec.LookPath("strace"); err != nil {
		return 0, err
	}
	if stracex == "" {
		if stracex, err = install.In(dir); err != nil {
			return 0, err
		}
	}
	for _, l := range loads {
		if only != "" && !strings.Contains(","+only+",", ","+l.name+",") {
			continue
		}
		ways, err := l.ways(dir, stracex)
		if err != nil {
			fmt.Printf("%-8s left out: %v\n", l.name, err)
			continue
		}
		var all []round
		for n := range rounds + 1 {
			r, err := l.round(ways, n)
			if err != nil {
				return missed, fmt.Errorf("%s: %w", l.name, err)
			}
			if n > 0 { // the first one warms up
				all = append(all, r)
			}
		}
		missed += show(l.name, all)
	}
	return missed, nil
}

//go:embed testdata/bare.c
var bareSource string

// way is one way to run a load.
type way struct {
	name string
	argv []string
	file string // what it writes
}

// ways gives the commands for a load; the order is that of round's fields.
func (l *load) ways(dir, stracex string) ([]way, error) {
	argv, err := l.prepare(dir)
	if err != nil {
		return nil, err
	}
	tracer, err := build(dir, "bare", bareSource)
	if err != nil {
		return nil, err
	}
	filter := filepath.Join(dir, "filter")
	if err := writeFilter(filter); err != nil {
		return nil, err
	}
	log, stx := filepath.Join(dir, "log"), filepath.Join(dir, "stx")
	under := func(tracer ...string) []string { return append(tracer, argv...) }
	return []way{
		{"native", argv, ""},
		{"strace", under("strace", "-f", "-o", log), log},
		{"record", under(stracex, "record", "-o", stx, "--"), stx},
		{"why", under(stracex, "why", "-q", "-o", stx, "--"), stx},
		{"bare", under(tracer), ""},
		{"barewhy", under(tracer, "-f", filter), ""},
	}, nil
}

// writeFilter writes why's seccomp program, as the kernel takes it.
func writeFilter(file string) error {
	code, err := choice.Diagnosis().Program(choice.Native)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, in := range code {
		_ = binary.Write(&b, binary.NativeEndian, in) // never fails
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

// round runs all ways once, each time beginning with another.
func (l *load) round(ways []way, n int) (r round, err error) {
	for i := range ways {
		k := (n + i) % len(ways)
		if r[k], err = l.run(ways[k]); err != nil {
			return r, fmt.Errorf("%s: %w", ways[k].name, err)
		}
	}
	return r, nil
}

// run runs one command and sees what it costs.
func (l *load) run(w way) (cost, error) {
	if l.before != nil {
		if err := l.before(); err != nil {
			return cost{}, err
		}
	}
	cmd := exec.Command(w.argv[0], w.argv[1:]...)
	cmd.Env = append(os.Environ(), l.env...)
	cmd.Dir = l.dir
	begin := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(begin).Seconds()}
	if err != nil {
		return c, fmt.Errorf("%s: %w", strings.Join(w.argv, " "), err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage) // wait4's: of it and what it has waited for
	c.cpu = seconds(usage.Utime) + seconds(usage.Stime)
	if info, err := os.Stat(w.file); err == nil {
		c.size = float64(info.Size())
	}
	return c, nil
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
