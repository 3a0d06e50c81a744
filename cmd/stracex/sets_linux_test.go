package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
)

// need skips the test without a program, or fails it with STRACEX_REQUIRE_TOOLS=1.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv("STRACEX_REQUIRE_TOOLS") == "1" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// varying differs from run to run: ids, and how other threads' calls fall between.
var varying = regexp.MustCompile(`\[[0-9]+\]|process [0-9]+|[0-9]+ calls? later`)

// answer is what a diagnosis says, without what differs from run to run; so do
// the reasons, since two processes at a pipe take turns as they like.
func answer(d *analyze.Diagnosis) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q %+v\n", d.Outcome.Status, d.Outcome.Argv, d.Source.Skipped)
	if d.Outcome.ExitCode != nil {
		fmt.Fprintf(&b, "exit status %d\n", *d.Outcome.ExitCode)
	}
	if d.Message != nil {
		fmt.Fprintf(&b, "message %q on %s\n", d.Message.Text, d.Message.Stream)
	}
	if len(d.Causes) > 0 {
		c := &d.Causes[0]
		fmt.Fprintf(&b, "cause %s %s %s, %d times, %s\n", c.Kind, c.Syscall, c.Error, c.Count, varying.ReplaceAllString(c.Summary, "N"))
	}
	return b.String()
}

// A program's files of strace -ff give the diagnosis that its log of strace -f does,
// with whatever times.
func TestSetsGiveTheSameDiagnosis(t *testing.T) {
	need(t, "strace", "python3")
	const thread = `import threading, os
def work():
  try: open("/nope/e")
  except OSError as e:
    os.write(2, (str(e) + "\n").encode())
    os._exit(7)
t = threading.Thread(target=work)
t.start()
t.join()`
	for _, command := range [][]string{
		{"sh", "-c", "ls /nope/a; exit 4"},
		{"sh", "-c", `x=$(cat /nope/b 2>&1); echo "got: $x" >&2; exit 3`},
		{"sh", "-c", "(cat /nope/c; exit 2) | grep x || exit 5"},
		{"sh", "-c", "sh -c 'kill -KILL $$'; exit 5"},
		{"python3", "-c", `import subprocess, sys; sys.exit(subprocess.call(["cat", "/nope/d"]))`}, // by vfork
		{"python3", "-c", thread},
	} {
		styles := []string{"", "-t", "-tt", "-ttt -T", "-r"}
		if command[0] == "python3" { // takes its time
			styles = []string{"", "-ttt -T"}
		}
		for _, times := range styles {
			dir := t.TempDir()
			one, set := filepath.Join(dir, "one.log"), filepath.Join(dir, "set")
			for flag, file := range map[string]string{"-f": one, "-ff": set} {
				args := append(strings.Fields(flag+" -s 256 "+times), "-o", file)
				exec.Command("strace", append(args, command...)...).Run() // it fails, that is the point
			}
			want, got := answerOf(t, one), answerOf(t, set)
			if got != want || !strings.Contains(got, "exit status") {
				t.Errorf("%s, times %q: from one log\n%sfrom a set\n%s", command, times, want, got)
			}
		}
	}
}

func answerOf(t *testing.T, name string) string {
	t.Helper()
	inputs, left, errs := findInputs([]string{name})
	if len(inputs) != 1 || len(left)+len(errs) > 0 {
		t.Fatalf("%s: %+v, %v, %v", name, inputs, left, errs)
	}
	d, err := analyzeInput(&inputs[0], large{})
	if err != nil {
		t.Fatal(err)
	}
	return answer(d)
}
