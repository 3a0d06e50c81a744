//go:build linux

// Command parse compares how fast a log is read with how fast grep goes through
// it: LC_ALL=C grep -c ENOENT, the parser (each call an event, its arguments not
// taken apart) and stracex analyze, one after the other in each round, on the
// same file, which is in the page cache.
//
//	go run ./bench/parse [-n ROUNDS] [-size MB] [-log FILE] [-analyze=false] [-targets]
//
// Out: medians (and range) of the rounds' ratios, and the peak of memory. The log
// is made on the spot: a job whose steps are real programs under strace -f -tt -T -y, again
// and again up to the size (log.go). Needs strace and grep.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/stracex/stracex/bench/install"
	"github.com/stracex/stracex/parser"
)

func main() {
	rounds := flag.Int("n", 7, "counted rounds")
	size := flag.Int("size", 1000, "the log's size in MB")
	log := flag.String("log", "", "this log, not one made on the spot")
	analyze := flag.Bool("analyze", true, "measure stracex analyze too")
	targets := flag.Bool("targets", false, "exit with 1 when a figure misses its target")
	flag.Parse()
	if os.Getenv(parseEnv) != "" {
		end(parse(*log))
		return
	}
	missed, err := compare(*rounds, *size, *log, *analyze)
	end(err)
	if missed > 0 && *targets {
		os.Exit(1)
	}
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "parse:", err)
		os.Exit(2)
	}
}

// parseEnv makes this command a child that only parses, so that its memory can be
// told.
const parseEnv = "STRACEX_BENCH_PARSE"

// parse reads a log to its end.
func parse(log string) error {
	f, err := os.Open(log)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := parser.New(f, log)
	if err != nil {
		return err
	}
	for err == nil {
		_, err = r.Read()
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	s := r.Stats()
	fmt.Printf("%d events, %d calls, %d lines not understood\n", s.Events, s.Calls, s.Skipped)
	return nil
}

// run is what one command took.
type run struct {
	wall time.Duration
	peak int64 // bytes
	out  string
}

func measure(env string, argv ...string) (run, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env)
	cmd.Stderr = os.Stderr
	start := time.Now()
	out, err := cmd.Output()
	r := run{wall: time.Since(start), out: string(out)}
	if err != nil {
		return r, fmt.Errorf("%s: %w", argv[0], err)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return r, errors.New("the system doesn't say what a child took")
	}
	r.peak = usage.Maxrss << 10
	return r, nil
}

func compare(rounds, size int, log string, analyze bool) (missed int, err error) {
	dir, err := os.MkdirTemp("", "bench-parse-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if log == "" {
		log = filepath.Join(dir, "trace.log")
		if err := makeLog(dir, log, int64(size)*1e6); err != nil {
			return 0, err
		}
	}
	info, err := os.Stat(log)
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	stracex := ""
	if analyze {
		if stracex, err = install.In(dir); err != nil {
			return 0, err
		}
	}
	var f figures
	for n := range rounds + 1 {
		grep, err := measure("LC_ALL=C", "grep", "-c", "ENOENT", log)
		if err != nil {
			return 0, err
		}
		read, err := measure(parseEnv+"=1", self, "-log", log)
		if err != nil {
			return 0, err
		}
		if n == 0 { // fills the page cache
			fmt.Printf("%d MB; %s lines with ENOENT; %s", info.Size()/1e6, grep.out[:max(len(grep.out)-1, 0)], read.out)
			continue
		}
		f.add(info.Size(), grep, read)
		if stracex == "" {
			continue
		}
		diagnosis, err := measure("", stracex, "analyze", log)
		if err != nil {
			return 0, err
		}
		f.addAnalyze(read, diagnosis)
	}
	return f.print(), nil
}
