package tracer

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// needTools skips a test without one of these programs.
func needTools(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		needTool(t, name)
	}
}

// inNamespace is a command that puts itself into namespaces or another root, and
// fails there to open a path that is only half there.
type inNamespace struct {
	name string
	argv []string
	// path is that path as the command sees it; its directory exists for the
	// command alone.
	path string
	pids bool // it has a pid namespace of its own
}

// Its own shell says where it is, makes the directory, and fails in it.
const inside = `echo $$ $(id -u); mkdir -p $0 && cat $0/missing; exit 3`

func namespaceCommands(dir string) []inNamespace {
	only := filepath.Join(dir, "only")
	sh := []string{"sh", "-c", inside, only}
	mounted := []string{"sh", "-c", "mount -t tmpfs tmpfs " + dir + " && " + inside, only}
	join := func(first string, rest ...string) []string { return append(strings.Fields(first), rest...) }
	return []inNamespace{
		{"user and mounts", join("unshare -U -r -m", mounted...), only, false},
		{"pids", join("unshare -p -f -m --mount-proc", mounted...), only, true},
		{"mounts", join("unshare -m", mounted...), only, false},
		{"another root", join("unshare -m sh -c", `mount --bind /usr $0/usr && exec chroot $0 /bin/sh -c "$1" /etc/only`, dir+"/root", inside), "/etc/only", false},
		{"bwrap", join("bwrap --unshare-all --die-with-parent --uid 7 --ro-bind / / --dev /dev --proc /proc --tmpfs "+dir, sh...), only, true},
	}
}

// In namespaces of their own processes behave as without a tracer; they are
// followed by the thread ids that the tracer knows them by, and a failure is
// looked into from where they are.
func TestNamespaces(t *testing.T) {
	needRoot(t)
	needTools(t, "unshare", "chroot", "bwrap")
	dir := openDir(t)
	makeRoot(t, filepath.Join(dir, "root"))
	for _, n := range namespaceCommands(dir) {
		t.Run(n.name, func(t *testing.T) {
			plain := exec.Command(n.argv[0], n.argv[1:]...)
			var stdout, stderr bytes.Buffer
			plain.Stdout, plain.Stderr = &stdout, &stderr
			_ = plain.Run()
			if code := plain.ProcessState.ExitCode(); code != 3 || !strings.Contains(stderr.String(), n.path+"/missing: No such file") {
				t.Fatalf("it does not work here: status %d, %s", code, &stderr)
			}
			for _, calls := range []*choice.Set{nil, choice.Diagnosis()} {
				c := trace(t, Options{Argv: n.argv, Calls: calls})
				n.check(t, c, stdout.String(), stderr.String())
			}
		})
	}
}

func (n *inNamespace) check(t *testing.T, c *capture, stdout, stderr string) {
	t.Helper()
	// The shell's own id is another one each time, unless it counts from 1.
	_, uid, _ := strings.Cut(stdout, " ")
	id, gotUID, _ := strings.Cut(c.stdout, " ")
	if gotUID != uid || c.stderr != stderr || c.result.ExitCode != 3 || len(c.result.Left) > 0 {
		t.Errorf("%+v\n%s%s, without a tracer\n%s%s", c.result, c.stdout, c.stderr, stdout, stderr)
	}
	if n.pids && c.stdout != stdout || !n.pids && id == "1" {
		t.Errorf("the shell is process %s", id)
	}
	if len(c.notes("stuck"))+len(c.notes("options")) > 0 {
		t.Errorf("notes %+v", c.of(stx.KindNote))
	}
	last := &tracedCall{}
	for _, tc := range c.named("openat") {
		if tc.failedAs(unix.ENOENT) && tc.text(1) == n.path+"/missing" {
			last = tc
		}
	}
	if len(last.evidence) != 1 {
		t.Fatalf("the failure by %d has %d evidence", last.tid, len(last.evidence))
	}
	walk := last.evidence[0].Walk
	end, before := walk[len(walk)-1], walk[len(walk)-2]
	if end.Path != n.path+"/missing" || end.Errno != int32(unix.ENOENT) || before.Path != n.path || before.Mode&unix.S_IFMT != unix.S_IFDIR {
		t.Errorf("walk %+v", walk)
	}
	if _, err := os.Lstat(n.path); err == nil {
		t.Errorf("%s exists outside too", n.path)
	}
	ended := 0
	for _, r := range c.of(stx.KindEnd) {
		if r.End.Code == 3 {
			ended++
		}
	}
	if ended < 1 {
		t.Error("no end with status 3")
	}
}

// makeRoot makes an empty root directory, in which others can be mounted.
func makeRoot(t *testing.T, root string) {
	t.Helper()
	for _, name := range []string{"etc", "usr"} {
		if err := os.MkdirAll(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bin", "lib", "lib64"} {
		if err := os.Symlink("usr/"+name, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
}
