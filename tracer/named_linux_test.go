package tracer

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

func TestNamed(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "a-script-of-a-long-name.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho\nread x\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "stracex-test-link")
	cat, err := exec.LookPath("cat")
	if err == nil {
		err = os.Symlink(cat, link)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, argv := range map[string][]string{
		filepath.Base(script): {script},
		filepath.Base(link):   {link, "-", "/dev/null"},
		"stracex-test-argv0":  {"bash", "-c", "echo; exec -a stracex-test-argv0 cat"},
	} {
		cmd := exec.Command(argv[0], argv[1:]...)
		in, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is not found by its name "+name, func() bool {
			return slices.Equal(Named(name), []int{cmd.Process.Pid})
		})
		in.Close()
		cmd.Wait()
		if pids := Named(name); len(pids) > 0 {
			t.Errorf("%s is found when it has ended: %d", name, pids)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(Named(filepath.Base(self)), os.Getpid()) {
		t.Error("it finds itself")
	}
}
