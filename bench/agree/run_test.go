package agree

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// runner runs a program under both tracers, in the same folder with the same
// environment and without address randomisation.
type runner struct {
	t       *testing.T
	stracex string
	program program
}

// trace is what one tracer saw.
type trace struct {
	calls map[string][]call // by thread: its label says how it came to be
}

func (r runner) capture() trace {
	file := filepath.Join(r.t.TempDir(), "trace.stx")
	r.run(r.stracex, "record", "-o", file, "--")
	return r.read(file)
}

func (r runner) strace() trace {
	file := filepath.Join(r.t.TempDir(), "trace.log")
	r.run("strace", "-f", "-s", "256", "-o", file)
	return r.read(file)
}

// run runs the program under a tracer, in a folder made anew: paths and what
// lies there are the same each time.
func (r runner) run(tracer ...string) {
	r.t.Helper()
	dir := filepath.Join(os.TempDir(), "stracex-agree-"+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		r.t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8", "TZ=UTC"}
	if r.program.setup != "" {
		setup := exec.Command("sh", "-e", "-c", r.program.setup)
		setup.Dir, setup.Env = dir, env
		if out, err := setup.CombinedOutput(); err != nil {
			r.t.Fatalf("setup: %v\n%s", err, out)
		}
	}
	output, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer output.Close()
	argv := append(append([]string{"-R"}, tracer...), r.program.argv...)
	cmd := exec.Command("setarch", argv...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, output, output
	if err := cmd.Run(); cmd.ProcessState == nil {
		r.t.Fatal(err)
	}
}

// read reads a trace and sorts its calls by thread.
func (r runner) read(file string) trace {
	r.t.Helper()
	f, err := os.Open(file)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	p, err := parser.New(f, file)
	if err != nil {
		r.t.Fatal(err)
	}
	var events []*event.Event
	for {
		e, err := p.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			r.t.Fatal(err)
		}
		events = append(events, e.Keep())
	}
	if s := p.Stats(); s.Skipped > 0 || s.Truncated {
		r.t.Errorf("%s: %d skipped (%v), truncated: %v", file, s.Skipped, s.First, s.Truncated)
	}
	n := newNormal(events)
	tr := trace{calls: map[string][]call{}}
	for _, e := range events {
		if c, ok := n.call(e); ok {
			label := n.label(e.TID)
			tr.calls[label] = append(tr.calls[label], c)
		}
	}
	return tr
}
