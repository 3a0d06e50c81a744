package tracer

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

func TestFirstRecords(t *testing.T) {
	dir := t.TempDir()
	c := trace(t, Options{Argv: []string{"true", "with", ""}, Dir: dir, Tool: "test 1"})
	var kinds []stx.Kind
	for _, r := range c.records[:7] {
		kinds = append(kinds, r.Kind)
	}
	want := []stx.Kind{stx.KindBegin, stx.KindStart, stx.KindProcess, stx.KindEnter, stx.KindExec, stx.KindExit, stx.KindProcess}
	if !slices.Equal(kinds, want) {
		t.Fatalf("kinds %v, want %v", kinds, want)
	}
	begin := c.records[0].Begin
	if begin.PID != c.result.PID || begin.Cwd != dir || begin.Tool != "test 1" || begin.Engine != "ptrace" ||
		begin.Arch != uint32(native) || begin.StringLimit != 256 || !slices.Equal(begin.Argv, []string{"true", "with", ""}) {
		t.Errorf("begin %+v", begin)
	}
	execve := c.calls()[0]
	if execve.name != "execve" || filepath.Base(execve.text(0)) != "true" || !filepath.IsAbs(execve.text(0)) {
		t.Errorf("first call: %s(%q)", execve.name, execve.text(0))
	}
	start, exec := c.records[2].Process, c.records[6].Process
	if start.At != "start" || start.Exe != "" || start.Cwd != dir || !slices.Equal(start.Argv, begin.Argv) {
		t.Errorf("at start: %+v", start)
	}
	if exec.At != "exec" || filepath.Base(exec.Exe) != "true" || exec.Cwd != dir || exec.UID != start.UID || exec.CapEff != start.CapEff {
		t.Errorf("at exec: %+v", exec)
	}
	if end := c.of(stx.KindEnd); len(end) != 1 || *end[0].End != (stx.End{}) {
		t.Errorf("end %+v", end)
	}
	if f := c.of(stx.KindFinish)[0].Finish; f.Reason != "exited" || len(f.Left) != 0 {
		t.Errorf("finish %+v", f)
	}
}

// What is said of the command's start is what the command finds.
func TestStartSnapshot(t *testing.T) {
	c := trace(t, Options{Argv: []string{"sh", "-c", "cat /proc/$$/limits; for fd in /proc/$$/fd/*; do readlink $fd; done"}})
	start := c.records[2].Process
	if want := parseLimits([]byte(c.stdout)); len(want) != 16 || !slices.Equal(start.Limits, want) {
		t.Errorf("limits %v, the command has %v", start.Limits, want)
	}
	for _, fd := range start.FDs {
		if !strings.Contains(c.stdout, "\n"+fd.Target+"\n") {
			t.Errorf("descriptor %+v is not in\n%s", fd, c.stdout)
		}
	}
	if len(start.FDs) < 3 {
		t.Errorf("descriptors %v", start.FDs)
	}
}

func TestFailedExecve(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return name
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		prog  string
		errno unix.Errno
		exit  int
		// the walk's end, and the interpreter that was found
		last  string
		fails unix.Errno
		text  []string
	}{
		{"missing", filepath.Join(dir, "missing"), unix.ENOENT, 127, filepath.Join(dir, "missing"), unix.ENOENT, nil},
		{"relative", "./missing", unix.ENOENT, 127, filepath.Join(dir, "missing"), unix.ENOENT, nil},
		{"dangling", "./dangling", unix.ENOENT, 127, filepath.Join(dir, "nowhere"), unix.ENOENT, nil},
		{"directory", dir, unix.EACCES, 126, dir, 0, nil},
		{"mode", file("mode", "#!/bin/sh\n", 0o644), unix.EACCES, 126, filepath.Join(dir, "mode"), 0, nil},
		{"noexec", file("noexec", "nothing\n", 0o755), unix.ENOEXEC, 126, filepath.Join(dir, "noexec"), 0, nil},
		{"below a file", file("plain", "x", 0o755) + "/prog", unix.ENOTDIR, 126, filepath.Join(dir, "plain/prog"), unix.ENOTDIR, nil},
		{"interpreter", file("script", "#! /nonexistent/bin/python3 -u\n", 0o755), unix.ENOENT, 127,
			"/nonexistent", unix.ENOENT, []string{"interpreter /nonexistent/bin/python3 of " + filepath.Join(dir, "script")}},
		{"dos", file("dos", "#!/bin/sh\r\n", 0o755), unix.ENOENT, 127,
			"", unix.ENOENT, []string{"interpreter /bin/sh\r of " + filepath.Join(dir, "dos")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := trace(t, Options{Argv: []string{test.prog, "x"}, Dir: dir})
			calls := c.calls()
			if len(calls) != 1 || !calls[0].failedAs(test.errno) || calls[0].text(0) != test.prog {
				t.Fatalf("calls %+v", calls[0])
			}
			if c.result.ExitCode != test.exit || c.result.Signal != 0 {
				t.Errorf("result %+v, want exit status %d", c.result, test.exit)
			}
			if len(calls[0].evidence) != 1 {
				t.Fatalf("evidence %v", calls[0].evidence)
			}
			ev := calls[0].evidence[0]
			last := ev.Walk[len(ev.Walk)-1]
			// /bin may be a link, the interpreter's walk ends behind it
			if test.last != "" && last.Path != test.last || last.Errno != int32(test.fails) {
				t.Errorf("walk ends with %+v", last)
			}
			if test.text != nil && !slices.Equal(ev.Text, test.text) {
				t.Errorf("text %q, want %q", ev.Text, test.text)
			}
			if test.text != nil && (len(ev.Head) == 0 || ev.Head[0] != '#') {
				t.Errorf("head %q", ev.Head)
			}
			if c.stderr != "" || c.stdout != "" {
				t.Errorf("output %q %q", c.stdout, c.stderr)
			}
		})
	}
}

func TestMissingELFInterpreter(t *testing.T) {
	needTool(t, "gcc")
	prog := filepath.Join(t.TempDir(), "prog")
	data, err := os.ReadFile(program(t, "many"))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(data, '/') // the first string of a program is its interpreter
	copy(data[at:], "/xib")
	if err := os.WriteFile(prog, data, 0o755); err != nil {
		t.Fatal(err)
	}
	c := trace(t, Options{Argv: []string{prog}})
	if c.result.ExitCode != 127 {
		t.Fatalf("result %+v", c.result)
	}
	ev := c.calls()[0].evidence[0]
	if last := ev.Walk[len(ev.Walk)-1]; len(ev.Text) != 1 || last.Path != "/xib64" && last.Path != "/xib" || last.Errno != int32(unix.ENOENT) {
		t.Errorf("evidence %+v", ev)
	}
}

func TestNoSuchProgram(t *testing.T) {
	var nf *NotFoundError
	for _, argv0 := range []string{"no-such-program-anywhere", ""} {
		c := traceUnchecked(t, t.Context(), Options{Argv: []string{argv0}})
		if !errors.As(c.err, &nf) || nf.Name != argv0 || len(c.records) != 0 {
			t.Errorf("%q: error %v, %d records", argv0, c.err, len(c.records))
		}
	}
	if c := traceUnchecked(t, t.Context(), Options{}); c.err == nil {
		t.Error("no error without a command")
	}
	c := traceUnchecked(t, t.Context(), Options{Argv: []string{"true"}, Dir: "/nonexistent/dir"})
	if !errors.Is(c.err, os.ErrNotExist) {
		t.Errorf("error %v", c.err)
	}
}

func TestFindProgram(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []struct {
		name string
		mode os.FileMode
	}{{"a/tool", 0o644}, {"b/tool", 0o755}, {"a/data", 0o644}, {"a/dir/tool", 0o755}, {"here", 0o755}, {"rel/r", 0o755}} {
		name := filepath.Join(dir, f.name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, nil, f.mode)); err != nil {
			t.Fatal(err)
		}
	}
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, test := range []struct{ name, path, want string }{
		{"tool", a + ":" + b, b + "/tool"},         // what can't be executed is passed over
		{"data", b + ":" + a, a + "/data"},         // but better than nothing
		{"dir", a, ""},                             // a directory is no program
		{"here", a, ""},                            //
		{"here", a + ":", "./here"},                // an empty element is the working directory
		{"here", ".:" + a, "./here"},               //
		{"r", "rel", "rel/r"},                      //
		{"a/x", a, "a/x"},                          // a slash: no search
		{"tool", "/nonexistent:" + a, a + "/tool"}, //
	} {
		got, err := findProgram(test.name, dir, []string{"HOME=/", "PATH=" + test.path})
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s in %s: %q, %v; want %q", test.name, test.path, got, err, test.want)
		}
	}
}

// TestNoSignalOfOurOwn: nothing that the engine's side of the start does may
// reach the command as a signal.
func TestNoSignalOfOurOwn(t *testing.T) {
	for range 60 {
		c := trace(t, Options{Argv: []string{"true"}})
		for _, r := range c.of(stx.KindSignal) {
			t.Fatalf("the command was sent signal %d", r.Signal.Signo)
		}
	}
}
