package tracer

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// surroundings prints all that a program can tell about where it runs. A shell
// changes its own signal mask while it starts a program; the program's is the one
// that it was given.
const surroundings = `
ulimit -Sa; ulimit -Ha; umask; pwd; nice
env | sort
grep -E '^(Sig(Blk|Ign)|Groups|Cap|NoNewPrivs|Seccomp:|Cpus_allowed:|Uid|Gid)' /proc/self/status
cut -d' ' -f5-8 /proc/$$/stat
for f in /proc/$$/fd/*; do echo ${f##*/} $(readlink $f); done
cat /proc/$$/fdinfo/7 /proc/$$/oom_score_adj /proc/$$/personality
echo "$# arguments: $*"
`

func TestSurroundings(t *testing.T) {
	needTool(t, "bash")
	dir := t.TempDir()
	// What a parent may hand down; ignored signals other than these are lost
	// in Go's runtime (see the package comment).
	before := `ulimit -Sn 512; ulimit -Hn 1000; ulimit -Sc 0; umask 027; exec 7</etc/passwd 9>&-
		read -u 7 line; trap '' HUP INT TSTP TTOU; exec nice -n 3 "$@"`
	run := func(cmd *exec.Cmd) string {
		cmd.Dir = dir
		cmd.Env = append(cmd.Environ(), "LC_ALL=C", "EMPTY=", "SPACED=a b\nc", "UTF=\xff\xfe")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
		pipes := regexp.MustCompile(`(pipe|socket):\[\d+\]|/proc/\d+`)
		return string(pipes.ReplaceAll(out, []byte("$1")))
	}
	program := []string{program(t, "block"), "bash", "-c", surroundings, "argv0", "", "a b", "\xff"}
	plain := run(exec.Command("bash", append([]string{"-c", before, "before"}, program...)...))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	traced := run(exec.Command("bash", append([]string{"-c", "export " + tracerEnv + "=/dev/null;" + before, "before", self}, program...)...))
	if diff := cmp.Diff(strings.Split(plain, "\n"), strings.Split(traced, "\n")); diff != "" {
		t.Errorf("plain and traced differ:\n%s", diff)
	}
	if !strings.Contains(plain, "pos:") || regexp.MustCompile(`SigBlk:\t0*\n`).MatchString(plain) {
		t.Errorf("the program does not show what it should:\n%s", plain)
	}
}

func TestOutputAndStatusUnchanged(t *testing.T) {
	for _, tool := range []string{"bash", "python3", "perl"} {
		needTool(t, tool)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prog.c"), []byte("int main(void) { return undefined; }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{
		{"true"}, {"false"},
		{"sh", "-c", "exit 200"},
		{"sh", "-c", "kill -TERM $$"}, {"sh", "-c", "kill -SEGV $$"}, {"sh", "-c", "kill -KILL $$"}, {"sh", "-c", "kill -40 $$"},
		{"sh", "-c", "kill -TRAP $$"}, {"sh", "-c", "ulimit -c 0; kill -ABRT $$"},
		{"sh", "-c", "trap 'echo trapped; exit 3' USR1; kill -USR1 $$; echo not reached"},
		{"sh", "-c", "echo out; echo err >&2; ls /nonexistent"},
		{"bash", "-c", "set -o pipefail; seq 100000 | tac | sort -n | head -3 | cat -n; echo ${PIPESTATUS[*]}"},
		{"bash", "-c", "cat <(echo one) <(echo two); diff <(seq 5) <(seq 6)"},
		{"bash", "-c", "f() { return 9; }; f; echo $?; (exit 4) || echo $?; wait; nosuchcommand"},
		{"sh", "-c", "cat; echo $?"},
		{"python3", "-c", "import subprocess, sys; print(subprocess.run(['sh', '-c', 'echo hi; exit 3'], capture_output=True)); sys.exit('failed')"},
		{"python3", "-c", "import multiprocessing as m; print(sum(m.Pool(3).map(abs, range(-50, 50))))"},
		{"python3", "-c", "import os, signal; os.kill(os.getpid(), signal.SIGINT)"},
		{"perl", "-e", `$SIG{ALRM} = sub { print "alarm\n" }; alarm 1; sleep 5; print join(" ", map { $_ * 2 } 1..5), "\n"; die "failed\n"`},
		{"gcc", "-c", "prog.c"},
		{"tar", "-cf", "-", "prog.c", "missing"},
		{"find", ".", "-name", "*.c", "-exec", "wc", "-c", "{}", "+"},
		{"xargs", "-n1", "-P4", "sh", "-c", "exit 1"},
	} {
		t.Run(filepath.Base(argv[0]), func(t *testing.T) {
			needTool(t, argv[0])
			run := func(cmd *exec.Cmd) (string, string, int) {
				var out, err bytes.Buffer
				cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader("the input\n"), &out, &err
				_ = cmd.Run()
				code := cmd.ProcessState.ExitCode()
				if code < 0 { // by signal
					code = 128 + signalOf(cmd)
				}
				return out.String(), err.String(), code
			}
			out, err, code := run(exec.Command(argv[0], argv[1:]...))
			tout, terr, tcode := run(traced(argv...))
			if out != tout || terr != err || code != tcode {
				t.Errorf("%q\nplain:  %q %q %d\ntraced: %q %q %d", argv, out, err, code, tout, terr, tcode)
			}
		})
	}
}
