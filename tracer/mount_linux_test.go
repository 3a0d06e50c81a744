package tracer

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

func TestFuseOwner(t *testing.T) {
	const mounts = `26 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw
45 26 0:41 / /mnt/far rw,nosuid,nodev - fuse.sshfs host:/ rw,user_id=1000,group_id=1000
46 26 0:42 / /mnt/all\040of\040us rw - fuse.sshfs host:/ rw,user_id=1000,group_id=1000,allow_other
47 26 0:43 / /mnt/my\040own rw master:3 - fuse F rw,user_id=0,group_id=0
48 26 0:44 / /mnt/hidden rw - fuse F rw,user_id=7,group_id=0
49 26 0:45 / /mnt/hidden rw - tmpfs tmpfs rw
50 26 0:46 / /mnt/cut
`
	for name, want := range map[string]string{
		"/mnt/far": "1000", "/mnt/my own": "0", "/mnt/all of us": "", "/mnt/hidden": "", "/": "", "/mnt": "", "/mnt/cut": "", "/mnt/far/a": "",
	} {
		uid, ok := fuseOwner([]byte(mounts), name)
		if uid != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", name, uid, ok)
		}
	}
}

// mute mounts a FUSE file system whose server, a child, never answers.
const mute = `import ctypes, os, socket, sys, time
fuse = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = "fd=%d,rootmode=40000,user_id=%s,group_id=0" % (fuse, sys.argv[2])
if libc.mount(b"mute", sys.argv[1].encode(), b"fuse", 0, options.encode()):
    sys.exit(os.strerror(ctypes.get_errno()))
print("mounted", flush=True)
time.sleep(60)
`

// muteMount mounts it for a user, in a folder of the test's.
func muteMount(t *testing.T, uid string) string {
	t.Helper()
	needTool(t, "python3")
	dir := filepath.Join(t.TempDir(), "far")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	server := exec.Command("python3", "-c", mute, dir, uid)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	server.Stderr = &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 16)
	n, _ := out.Read(line)
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		_ = unix.Unmount(dir, unix.MNT_DETACH)
	})
	if n == 0 {
		_ = server.Process.Kill()
		_ = server.Wait()
		t.Skip("no file system can be mounted here: ", said.String())
	}
	return dir
}

// A file system that does not answer holds up who uses it; who serves it is named.
func TestMuteFileSystem(t *testing.T) {
	dir := muteMount(t, "0")
	cmd := exec.Command("cat", filepath.Join(dir, "file"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	got := ""
	for range 300 {
		if got = kernelHolds(cmd.Process.Pid); got != "" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !strings.HasPrefix(got, "the file system waits in ") || !strings.Contains(got, " for its server python3[") {
		t.Errorf("%q", got)
	}
}

// What a FUSE file system refuses is its owner's to allow, even to root.
func TestForeignMount(t *testing.T) {
	dir := muteMount(t, "65534")
	at := placeOf("/proc", os.Getpid(), os.Getpid())
	steps := []stx.PathStep{{Path: "/"}, {Path: dir, Errno: int32(unix.EACCES)}}
	got := strings.Join(mountFindings(at, steps, &call{kind: &kind{}}, unix.EACCES), "; ")
	if got != "a FUSE file system is mounted on "+dir+", which is for uid 65534 alone" {
		t.Errorf("%q", got)
	}
	if got := mountFindings(at, steps[:1], &call{kind: &kind{}}, unix.EACCES); len(got) != 0 {
		t.Errorf("of the root: %q", got)
	}
}
