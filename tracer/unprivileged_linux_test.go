package tracer

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

const nobody = 65534

// readCapture reads a capture file.
func readCapture(t *testing.T, name string) *capture {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := stx.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var c capture
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return &c
		}
		if err != nil {
			t.Fatal(err)
		}
		c.records = append(c.records, rec)
	}
}

// A tracer without any privilege: what it can't see is missing, no more.
func TestUnprivileged(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("becoming somebody else needs root; the other tests run without privilege then")
	}
	dir, err := os.MkdirTemp("", "stracex-tracer-test") // not TempDir: nobody must get into it
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	copied := func(file string, mode os.FileMode) string {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, filepath.Base(file))
		if err := errors.Join(os.WriteFile(name, data, mode), os.Chmod(name, mode)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	id, err := exec.LookPath("id")
	if err != nil {
		t.Fatal(err)
	}
	self, id = copied(self, 0o755), copied(id, 0o755|os.ModeSetuid)
	secret := filepath.Join(dir, "secret")
	if err := errors.Join(os.Mkdir(secret, 0o700), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "sh", "-c", id+" -u; cat secret/file; kill -9 $$")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), tracerEnv+"="+filepath.Join(dir, "capture.stx"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 128+9 || !strings.Contains(string(out), "secret/file: Permission denied") {
		t.Fatalf("exit status %d, output %s", code, out)
	}
	c := readCapture(t, filepath.Join(dir, "capture.stx"))
	notes := c.of(stx.KindNote)
	if len(notes) != 1 || notes[0].Note.Code != "setid" || !strings.HasPrefix(notes[0].Note.Text, id+" ") {
		t.Errorf("notes %v", notes)
	}
	ev := evidenceOf(t, c, filepath.Join(secret, "file"))
	end, before := ev.Walk[len(ev.Walk)-1], ev.Walk[len(ev.Walk)-2]
	if end.Errno != int32(unix.EACCES) || before.Path != secret || before.Mode != unix.S_IFDIR|0o700 || before.UID != 0 ||
		ev.UID != nobody || ev.GID != nobody || ev.Caps != 0 {
		t.Errorf("evidence %+v", ev)
	}
	if p := c.of(stx.KindProcess)[0].Process; p.UID != [4]uint32{nobody, nobody, nobody, nobody} || p.CapEff != 0 || len(p.FDs) < 3 {
		t.Errorf("snapshot %+v", p)
	}
}
