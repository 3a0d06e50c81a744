package tracer

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stracex/stracex/stx"
)

func TestKernelFunctions(t *testing.T) {
	const stack = "[<0>] percpu_rwsem_wait+0x15f/0x1d0\n[<0>] mnt_want_write+0x96/0xc0\n[<0>] path_openat+0x4cf/0x12f0\n[<0>] do_filp_open+0x106/0x1c0\n"
	for text, want := range map[string][]string{stack: {"percpu_rwsem_wait", "mnt_want_write", "path_openat"}, "": nil, "[<0>] \n": nil, "x": nil} {
		if got := kernelFunctions([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Who waits for a file system that is frozen is known to, and the tracer isn't held up.
func TestFrozenFileSystem(t *testing.T) {
	needTool(t, "mkfs.ext4")
	dir := t.TempDir()
	image, at := filepath.Join(dir, "image"), filepath.Join(dir, "at")
	if err := os.WriteFile(image, make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(at, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{{"mkfs.ext4", "-q", image}, {"mount", "-o", "loop", image, at}, {"fsfreeze", "-f", at}} {
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			t.Skipf("%q: %v %s", argv, err, out) // no loop devices, or not root
		}
		if argv[0] == "mount" {
			t.Cleanup(func() { exec.Command("umount", at).Run() })
		}
	}
	thaw := func() { exec.Command("fsfreeze", "-u", at).Run() }
	time.AfterFunc(3*time.Second, thaw) // else it can't be killed
	t.Cleanup(thaw)
	c := traceUnchecked(t, t.Context(), Options{Argv: []string{"touch", filepath.Join(at, "file")}, Timeout: time.Second, Kill: true})
	held := func(r *stx.Record) bool {
		return strings.HasPrefix(strings.Join(r.Evidence.Text, ""), "the kernel does not let it be interrupted in ")
	}
	if !slices.ContainsFunc(c.of(stx.KindEvidence), held) {
		t.Errorf("%+v, %v: it does not say where the kernel holds it", c.result, c.err)
	}
}
