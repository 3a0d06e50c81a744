package main

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/stracex/stracex/tracer"
)

var update = flag.Bool("update", false, "write the golden files")

// trials are ways in which tracer.Try may end.
var trials = map[string]error{
	"ok":       nil,
	"EPERM":    &tracer.PermissionError{Err: syscall.EPERM},
	"EACCES":   &tracer.PermissionError{Err: syscall.EACCES},
	"filtered": &tracer.FilteredError{Call: "ptrace", Err: syscall.EPERM},
	"absent":   &tracer.FilteredError{Call: "ptrace", Err: syscall.ENOSYS},
	"kernel":   &tracer.KernelError{Needs: "PTRACE_GET_SYSCALL_INFO (Linux 5.3)", Err: syscall.EIO},
	"no proc":  errors.New("starting the command needs /proc: stat /proc/self/exe: no such file or directory"),
}

// Each file of testdata/doctor is a machine: its files, its variables (env),
// how the trial went (trial), bytes free (room), and what doctor says (want).
func TestDoctor(t *testing.T) {
	files, err := filepath.Glob("testdata/doctor/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no machines: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			m := unpack(t, archive)
			var said strings.Builder
			f := examine(m.lookout.Look(), m.trial)
			err = showFindings(&said, "text", f)
			status, _ := errors.AsType[*statusError](err)
			if (status == nil) != f.Works || status != nil && status.status != 1 {
				t.Errorf("works is %v, error %v", f.Works, err)
			}
			got := strings.ReplaceAll(said.String(), "linux/"+runtime.GOARCH, "linux/amd64")
			if *update {
				setFile(archive, "want", got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(m.want, got); diff != "" && !*update {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// machine is what a test's file describes.
type machine struct {
	lookout tracer.Lookout
	trial   error
	want    string
}

func unpack(t *testing.T, archive *txtar.Archive) machine {
	t.Helper()
	dir := t.TempDir()
	m := machine{}
	env := map[string]string{"TMPDIR": "/tmp"}
	free := uint64(20 << 30)
	for _, f := range archive.Files {
		text := strings.TrimSpace(string(f.Data))
		switch f.Name {
		case "env":
			for line := range strings.Lines(text) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
				env[key] = value
			}
		case "trial":
			err, ok := trials[text]
			if !ok {
				t.Fatalf("no such trial: %q", text)
			}
			m.trial = err
		case "room":
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			free = n
		case "want":
			m.want = string(f.Data)
		default:
			name := filepath.Join(dir, f.Name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, f.Data, 0o666)); err != nil {
				t.Fatal(err)
			}
		}
	}
	m.lookout = tracer.Lookout{
		Root:   dir,
		Getenv: func(key string) string { return env[key] },
		Room:   func(string) (uint64, error) { return free, nil },
	}
	return m
}

func setFile(archive *txtar.Archive, name, data string) {
	for i, f := range archive.Files {
		if f.Name == name {
			archive.Files[i].Data = []byte(data)
			return
		}
	}
	archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(data)})
}
