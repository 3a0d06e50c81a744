//go:build linux

package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// load is a program to capture.
type load struct {
	name string
	// prepare makes what the load needs in a directory, and gives its command.
	prepare func(dir string) ([]string, error)
	before  func() error // each run, not measured
	env     []string
	dir     string
}

var loads = []*load{
	{name: "dd", prepare: command("dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=20000", "status=none")},
	{name: "find", prepare: command("find", "/usr/include", "-newer", "/etc/passwd", "-size", "+100M")},
	{name: "true", prepare: command("sh", "-c", "i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done")},
	goLoad(),
	{name: "gcc", prepare: compile},
	{name: "silent", prepare: silent},
}

func command(argv ...string) func(string) ([]string, error) {
	return func(string) ([]string, error) {
		file, err := exec.LookPath(argv[0])
		return append([]string{file}, argv[1:]...), err
	}
}

// goLoad vets a module of many small packages, in parallel; what vet has found
// out is forgotten before each run, what the compiler has made is not.
func goLoad() *load {
	l := &load{name: "go"}
	l.prepare = func(dir string) ([]string, error) {
		l.dir = filepath.Join(dir, "module")
		for i := range 24 {
			src := fmt.Sprintf("package p%d\n\nimport \"fmt\"\n\nfunc F() string { return fmt.Sprint(%d) }\n", i, i)
			if err := write(filepath.Join(l.dir, fmt.Sprint("p", i), "p.go"), src); err != nil {
				return nil, err
			}
		}
		if err := write(filepath.Join(l.dir, "go.mod"), "module bench\n\ngo 1.24\n"); err != nil {
			return nil, err
		}
		cache := filepath.Join(dir, "cache")
		l.env = []string{"GOCACHE=" + cache, "GOFLAGS=-mod=mod", "GOWORK=off"}
		warm := exec.Command("go", "vet", "./p0")
		warm.Dir, warm.Env = l.dir, append(os.Environ(), l.env...)
		if out, err := warm.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, out)
		}
		return command("go", "vet", "./...")(dir)
	}
	n := 0
	l.before = func() error { // another text is another thing to vet
		n++
		for i := range 24 {
			src := fmt.Sprintf("package p%d\n\nimport \"fmt\"\n\nfunc F() string { return fmt.Sprint(%d, %d) }\n", i, i, n)
			if err := write(filepath.Join(l.dir, fmt.Sprint("p", i), "p.go"), src); err != nil {
				return err
			}
		}
		return nil
	}
	return l
}

// compile is gcc over many headers and functions.
func compile(dir string) ([]string, error) {
	var b strings.Builder
	for _, h := range []string{"stdio", "stdlib", "string", "math", "unistd", "sys/socket", "sys/stat", "netdb", "pthread", "signal", "time", "termios"} {
		fmt.Fprintf(&b, "#include <%s.h>\n", h)
	}
	for i := range 250 {
		fmt.Fprintf(&b, "int f%d(int n, char *s) { for (int i = 0; i < n; i++) s[i] += snprintf(s, n, \"%%d\", i * %d) ? i : n / (i + 1); return strlen(s); }\n", i, i)
	}
	src := filepath.Join(dir, "many.c")
	if err := write(src, b.String()); err != nil {
		return nil, err
	}
	return command("gcc", "-O2", "-c", "-o", filepath.Join(dir, "many.o"), src)(dir)
}

//go:embed testdata/silent.c
var silentSource string

// silent makes calls that no diagnosis rests on.
func silent(dir string) ([]string, error) {
	bin, err := build(dir, "silent", silentSource)
	return []string{bin}, err
}

// build compiles a C program.
func build(dir, name, source string) (string, error) {
	bin := filepath.Join(dir, name)
	if err := write(bin+".c", source); err != nil {
		return "", err
	}
	if out, err := exec.Command("gcc", "-O2", "-w", "-o", bin, bin+".c").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return bin, nil
}

func write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o600)
}
