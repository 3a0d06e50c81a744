package tracer

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTry(t *testing.T) {
	if err := Try(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTryFiltered(t *testing.T) {
	if os.Getenv(denyEnv) == "" {
		runDenied(t, "TestTryFiltered", unix.SYS_PTRACE)
		return
	}
	var filtered *FilteredError
	if err := Try(t.Context()); !errors.As(err, &filtered) || filtered.Call != "ptrace" || !errors.Is(err, unix.EPERM) {
		t.Errorf("error %v", err)
	}
	s := Lookout{}.Look()
	if s.Seccomp != 2 || !s.NoNewPrivs || s.Proc != nil {
		t.Errorf("surroundings %+v", s)
	}
}

// What is said of this process agrees with what the rest of the engine knows.
func TestLookHere(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := Lookout{}.Look()
	self, err := readStatus("/proc", os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if s.Proc != nil || s.Kernel != kernelRelease() || s.Yama != yamaScope("/proc") || s.CapEff != self.hasPtraceCap() ||
		s.Seccomp != self.seccomp {
		t.Errorf("surroundings %+v", s)
	}
	if s.TempDir != dir || s.TempErr != nil || s.TempFree == 0 {
		t.Errorf("room in %s: %d, %v", s.TempDir, s.TempFree, s.TempErr)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "absent"))
	if s := (Lookout{}).Look(); !errors.Is(s.TempErr, os.ErrNotExist) {
		t.Errorf("room in no directory: %v", s.TempErr)
	}
}

func TestLookWithoutProc(t *testing.T) {
	s := Lookout{Root: t.TempDir(), Getenv: func(string) string { return "" }}.Look()
	if s.Proc == nil || s.Seccomp != -1 || s.Yama != -1 || s.Kernel != "" || s.Container != "" {
		t.Errorf("surroundings %+v", s)
	}
}

func TestContainer(t *testing.T) {
	type files map[string]string
	for _, c := range []struct {
		files files
		env   map[string]string
		want  string
	}{
		{nil, nil, ""},
		{files{".dockerenv": ""}, nil, "docker"},
		{files{"run/.containerenv": "engine=\"podman-4.3.1\"\n"}, map[string]string{"container": "podman"}, "podman"},
		{files{".dockerenv": ""}, map[string]string{"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "kubernetes"},
		{files{"proc/self/cgroup": "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-5f.scope\n"}, nil, "kubernetes"},
		{files{"proc/self/cgroup": "1:name=systemd:/docker/5f00\n"}, nil, "docker"},
		{files{"proc/self/cgroup": "0::/machine.slice/libpod-5f00.scope\n"}, nil, "podman"},
		{files{"proc/self/cgroup": "0::/user.slice\n"}, nil, ""},
		{nil, map[string]string{"container": "systemd-nspawn"}, "systemd-nspawn"},
	} {
		root := t.TempDir()
		for name, text := range c.files {
			name = filepath.Join(root, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		kind, sign := Lookout{Root: root, Getenv: func(key string) string { return c.env[key] }}.container()
		if kind != c.want || (sign == "") != (kind == "") {
			t.Errorf("%v %v: %q by %q", c.files, c.env, kind, sign)
		}
	}
}
