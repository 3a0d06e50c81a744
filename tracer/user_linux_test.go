package tracer

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// openDir makes a directory that everybody gets into, which TempDir's are not.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "stracex-tracer-test")
	if err == nil {
		t.Cleanup(func() { os.RemoveAll(dir) })
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// copyProgram copies a program with its mode and owner.
func copyProgram(t *testing.T, from, to string, mode os.FileMode, uid, gid int) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		// chown takes the set-user-ID bit away
		err = errors.Join(os.WriteFile(to, data, 0o755), os.Chown(to, uid, gid), os.Chmod(to, mode))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// needRoot: only root becomes others.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("becoming somebody else needs root")
	}
}

// As another user, the command is that user; a set-user-ID program that it runs
// gets what it would without a tracer, with a filter and without one.
func TestUser(t *testing.T) {
	needRoot(t)
	dir := openDir(t)
	id := program(t, "identity")
	plain, setuid, setgid := filepath.Join(dir, "plain"), filepath.Join(dir, "setuid"), filepath.Join(dir, "setgid")
	copyProgram(t, id, plain, 0o755, 0, 0)
	copyProgram(t, id, setuid, 0o755|os.ModeSetuid, 1, 1)
	copyProgram(t, id, setgid, 0o755|os.ModeSetgid, 0, 2)
	for _, calls := range []*choice.Set{nil, choice.Diagnosis()} {
		c := trace(t, Options{
			Argv:  []string{"sh", "-c", plain + " && " + setuid + " && exec " + setgid},
			User:  &User{UID: nobody, GID: nobody, Groups: []uint32{7, 8, nobody}},
			Calls: calls, Dir: dir,
		})
		want := `uid 65534 65534 65534 gid 65534 65534 65534 groups 7 8 65534
uid 65534 1 1 gid 65534 65534 65534 groups 7 8 65534
uid 65534 65534 65534 gid 65534 2 2 groups 7 8 65534
`
		if c.stdout != want || c.result.ExitCode != 0 || c.result.Filtered != (calls != nil) {
			t.Errorf("result %+v\n%s%s", c.result, c.stdout, c.stderr)
		}
		if notes := c.of(stx.KindNote); len(notes) != 0 {
			t.Errorf("notes %+v", notes[0].Note)
		}
		start := c.of(stx.KindProcess)[0].Process
		if start.UID[0] != nobody || start.GID[3] != nobody || !slices.Equal(start.Groups, []uint32{7, 8, nobody}) || start.CapEff != 0 || start.NoNewPrivs {
			t.Errorf("at start: %+v", start)
		}
	}
}

// The command has no more rights than its user, nor has the look at a failure.
func TestUserIsDenied(t *testing.T) {
	needRoot(t)
	dir := openDir(t)
	secret := filepath.Join(dir, "secret")
	if err := os.Mkdir(secret, 0o700); err != nil {
		t.Fatal(err)
	}
	c := trace(t, Options{Argv: []string{"cat", filepath.Join(secret, "file")}, User: &User{UID: nobody, GID: nobody}})
	if c.result.ExitCode != 1 || !strings.Contains(c.stderr, "Permission denied") {
		t.Errorf("%+v %s", c.result, c.stderr)
	}
	ev := evidenceOf(t, c, filepath.Join(secret, "file"))
	if ev.UID != nobody || ev.GID != nobody || len(ev.Groups) != 0 || ev.Caps != 0 {
		t.Errorf("evidence %+v", ev)
	}
}

// A user that can't be become is an error, and nothing runs.
func TestUserImpossible(t *testing.T) {
	needRoot(t)
	for _, apart := range []bool{false, true} {
		o := Options{Argv: []string{"touch", filepath.Join(t.TempDir(), "ran")}, User: &User{UID: ^uint32(0), GID: nobody}}
		var result Result
		var err error
		if apart {
			result, _, _, err = apartTrace(t, o, filepath.Join(t.TempDir(), "a.stx"))
		} else {
			c := traceUnchecked(t, t.Context(), o)
			result, err = c.result, c.err
		}
		if err == nil || !strings.Contains(err.Error(), "these ids are no user's: 4294967295 65534") || result.PID != 0 {
			t.Errorf("%+v, %v", result, err)
		}
		if _, err := os.Stat(o.Argv[1]); err == nil {
			t.Error("the command ran")
		}
	}
}

// Root without CAP_SYS_ADMIN, as in a container, could have a filter only at the
// price of no_new_privs.
func TestNoFilterForHalfOfRoot(t *testing.T) {
	needRoot(t)
	needTool(t, "setpriv")
	file := filepath.Join(t.TempDir(), "a.stx")
	cmd := exec.Command("setpriv", "--bounding-set=-sys_admin", "/proc/self/exe", "sed", "-n", "/^NoNewPrivs/p;/^Seccomp:/p", "/proc/self/status")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Args[2] = self
	cmd.Env = append(os.Environ(), tracerEnv+"="+file, callsEnv+"=openat")
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "NoNewPrivs:\t0\nSeccomp:\t0\n" {
		t.Errorf("%v %s", err, out)
	}
}

func TestParseUser(t *testing.T) {
	for _, u := range []*User{{UID: 0, GID: 0}, {UID: nobody, GID: 7, Groups: []uint32{1, 7}}} {
		got, err := parseUser(u.text())
		if err != nil || fmt.Sprint(*got) != fmt.Sprint(*u) {
			t.Errorf("%q: %+v, %v", u.text(), got, err)
		}
	}
	for _, bad := range []string{"1", "1 2 x", "-1 2", "4294967296 1", "4294967295 1", "1 2 4294967295"} {
		if u, err := parseUser(bad); err == nil {
			t.Errorf("%q: %+v", bad, u)
		}
	}
	if err := become(""); err != nil || unix.Getuid() != os.Getuid() {
		t.Error(err)
	}
}
