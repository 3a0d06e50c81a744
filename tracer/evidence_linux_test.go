package tracer

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// tree makes a small file tree: directories end with a slash, links have an
// arrow.
func tree(t *testing.T, entries ...string) string {
	t.Helper()
	// Not TempDir itself: its path may have links in it.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, target, link := strings.Cut(e, " -> ")
		full := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(full), 0o755)
		switch {
		case err != nil:
		case link:
			err = os.Symlink(target, full)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(full, 0o755)
		default:
			err = os.WriteFile(full, []byte("content"), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWalk(t *testing.T) {
	dir := tree(t, "a/b/file", "a/up -> ../a/b", "a/abs -> /nonexistent/x", "a/loop -> loop2", "a/loop2 -> loop",
		"a/dangling -> b/none", "a/deep -> up/../b/file")
	self := place{tid: os.Getpid(), pid: os.Getpid(), proc: "/proc/self"}
	for _, test := range []struct {
		path   string
		follow bool
		want   []string // steps below dir, with their errno
		end    string
	}{
		{"a/b/file", true, []string{"a", "a/b", "a/b/file"}, "a/b/file"},
		{"a/b/file/x", true, []string{"a", "a/b", "a/b/file", "a/b/file/x ENOTDIR"}, ""},
		{"a/none/x", true, []string{"a", "a/none ENOENT"}, ""},
		{"a/./b/../../a//b/", true, []string{"a", "a/b"}, "a/b"},
		{"a/up/file", true, []string{"a", "a/up", "a/b", "a/b/file"}, "a/b/file"},
		{"a/up", false, []string{"a", "a/up"}, "a/up"},
		{"a/deep", true, []string{"a", "a/deep", "a/up", "a/b", "a/b/file"}, "a/b/file"},
		{"a/dangling", true, []string{"a", "a/dangling", "a/b", "a/b/none ENOENT"}, ""},
		{"a/dangling", false, []string{"a", "a/dangling"}, "a/dangling"},
		{"a/loop", true, []string{"a", "a/loop", "a/loop2", "a/loop ELOOP"}, ""},
		{"a/abs", true, []string{"a", "a/abs", "/nonexistent ENOENT"}, ""},
		{"../../../../../../../../nonexistent", true, []string{"/nonexistent ENOENT"}, ""},
		{"a/" + strings.Repeat("n", 300), true, []string{"a", "a/" + strings.Repeat("n", 300) + " ENAMETOOLONG"}, ""},
	} {
		w := walk{place: self}
		w.to(dir+"/"+test.path, test.follow)
		var got []string
		for _, s := range w.steps {
			text, below := strings.CutPrefix(s.Path, dir+"/")
			if s.Errno != 0 {
				text += " " + unix.ErrnoName(unix.Errno(s.Errno))
			}
			if below || s.Errno != 0 {
				got = append(got, text)
			}
			if (s.Mode == 0) != (s.Errno != 0) {
				t.Errorf("%s: step %+v", test.path, s)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: steps %q, want %q", test.path, got, test.want)
		}
		end := test.end
		if end != "" {
			end = dir + "/" + end
		}
		if w.end != end {
			t.Errorf("%s: end %q, want %q", test.path, w.end, end)
		}
	}
}

func TestWalkOfProcSelf(t *testing.T) {
	other := os.Getppid()
	w := walk{place: place{tid: other, pid: other, proc: "/proc/self"}}
	w.to("/proc/self/nothing", true)
	last := w.steps[len(w.steps)-1]
	if want := fmt.Sprintf("/proc/%d/nothing", other); last.Path != want || last.Errno != int32(unix.ENOENT) {
		t.Errorf("last step %+v, want %s", last, want)
	}
}

func TestPlaceInside(t *testing.T) {
	for _, test := range []struct{ root, path, want string }{
		{"/", "/a/b", "/a/b"}, {"", "/a/b", "/a/b"}, {"/a", "/a/b", "/b"}, {"/a", "/a", "/"}, {"/a", "/ab", "/ab"},
	} {
		if got := (place{root: test.root}).inside(test.path); got != test.want {
			t.Errorf("%s inside %s: %s, want %s", test.path, test.root, got, test.want)
		}
	}
}

// evidenceOf runs a command and gives the evidence for the path, which must be
// one.
func evidenceOf(t *testing.T, c *capture, path string) *stx.Evidence {
	t.Helper()
	var found []*stx.Evidence
	for _, r := range c.of(stx.KindEvidence) {
		if r.Evidence.Path == path {
			found = append(found, r.Evidence)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d records of evidence for %s", len(found), path)
	}
	return found[0]
}

func TestEvidence(t *testing.T) {
	dir := tree(t, "etc/", "etc/file", "link -> etc/gone", "sub/")
	c := trace(t, Options{Dir: dir, Argv: []string{"sh", "-c", `
		cat etc/config.json; cat etc/config.json # the second time by another process
		[ -e etc/none ] || [ -e etc/none ]       # the same one: once
		cat link
		cd sub; cat ../etc/file/x
		cat ""
		mkdir ../etc; mkdir /proc/x
		true`}})
	var config int
	for _, r := range c.of(stx.KindEvidence) {
		if r.Evidence.Path == dir+"/etc/config.json" {
			config++
			last := r.Evidence.Walk[len(r.Evidence.Walk)-1]
			if before := r.Evidence.Walk[len(r.Evidence.Walk)-2]; last.Errno != int32(unix.ENOENT) ||
				before.Path != dir+"/etc" || before.Mode&unix.S_IFMT != unix.S_IFDIR || r.Evidence.Walk[0].Path != "/" {
				t.Errorf("walk %+v", r.Evidence.Walk)
			}
			if r.Evidence.UID != uint32(os.Getuid()) || r.Evidence.GID != uint32(os.Getgid()) {
				t.Errorf("credentials %+v", r.Evidence)
			}
		}
	}
	if config != 2 {
		t.Errorf("%d records for config.json", config)
	}
	evidenceOf(t, c, dir+"/etc/none")
	link := evidenceOf(t, c, dir+"/link").Walk
	if end, at := link[len(link)-1], link[len(link)-3]; end.Path != dir+"/etc/gone" || at.Link != "etc/gone" {
		t.Errorf("walk %+v", link)
	}
	below := evidenceOf(t, c, dir+"/etc/file/x").Walk
	if end := below[len(below)-1]; end.Errno != int32(unix.ENOTDIR) {
		t.Errorf("walk %+v", below)
	}
	if empty := evidenceOf(t, c, dir+"/sub"); len(empty.Text) != 1 || len(empty.Walk) != 0 {
		t.Errorf("evidence for the empty path: %+v", empty)
	}
	exists := evidenceOf(t, c, dir+"/etc").Walk
	if end := exists[len(exists)-1]; end.Errno != 0 || end.Path != dir+"/etc" {
		t.Errorf("walk %+v", exists)
	}
}

// A tracee that has gone to another root sees other paths than the tracer.
func TestEvidenceInChroot(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("chroot needs root")
	}
	needTool(t, "perl")
	dir := tree(t, "jail/etc/", "jail/abs -> /etc/none", "etc/none")
	c := trace(t, Options{Dir: dir, Argv: []string{"perl", "-e",
		`chroot "jail"; chdir "/etc"; open F, "here"; open F, "/abs"; open F, "../../../etc/x"`}})
	for path, want := range map[string]string{"/etc/here": "/etc/here", "/abs": "/etc/none", "/etc/x": "/etc/x"} {
		walk := evidenceOf(t, c, path).Walk
		if end := walk[len(walk)-1]; end.Path != want || end.Errno != int32(unix.ENOENT) {
			t.Errorf("%s: walk %+v", path, walk)
		}
	}
}

func TestEvidenceForSockets(t *testing.T) {
	c := trace(t, Options{Argv: []string{program(t, "messages")}})
	walk := evidenceOf(t, c, "/nonexistent/socket").Walk
	if end := walk[len(walk)-1]; end.Path != "/nonexistent" || end.Errno != int32(unix.ENOENT) {
		t.Errorf("walk %+v", walk)
	}

	c = trace(t, Options{Argv: []string{program(t, "hold")}})
	if c.result.ExitCode != 0 {
		t.Fatalf("result %+v", c.result)
	}
	want := fmt.Sprintf("127.0.0.1:%s is held by hold[%d]", strings.TrimSpace(c.stdout), c.result.PID)
	if ev := c.of(stx.KindEvidence); len(ev) == 0 || !slices.Equal(ev[len(ev)-1].Evidence.Text, []string{want}) {
		t.Errorf("evidence %v, want %s", ev, want)
	}
}

func TestParseSocketLine(t *testing.T) {
	for _, test := range []struct {
		line  string
		addr  string
		inode uint64
	}{
		{"   0: 0100007F:BA2F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 73846 1 0 100", "127.0.0.1:47663", 73846},
		{"   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 22 1", "[::1]:22", 22},
		{"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", "", 0},
		{"   0: 0100007F:BA2F 00000000:0000 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0", "", 0},
		{"   0: xx:yy 0 0 0 0 0 0 0 1", "", 0},
		{"", "", 0},
	} {
		s, ok := parseSocketLine(test.line)
		if ok != (test.addr != "") || ok && (s.local != netip.MustParseAddrPort(test.addr) || s.inode != test.inode) {
			t.Errorf("%q: %+v %v", test.line, s, ok)
		}
	}
}

// A path that a variable is set to is told by the variable's name.
func TestVariableOfPath(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("APP_CONF", dir+"/etc//app.conf")
	t.Setenv("APP_PATH", dir+"/a:"+dir+"/b")
	t.Setenv("APP_DATA", dir+"/data/")
	c := trace(t, Options{Argv: []string{"sh", "-c", `cat "$0/etc/app.conf" "$0/a" "$0/b" "$0/data/x/y" "$0/data/bin/z"; OTHER="$0/other" cat "$0/other"; cat "$0/other"`, dir}})
	found := map[string][]string{}
	for _, r := range c.of(stx.KindEvidence) {
		for _, text := range r.Evidence.Text {
			if strings.HasPrefix(text, "the variable ") {
				found[filepath.Base(r.Evidence.Path)] = append(found[filepath.Base(r.Evidence.Path)], text)
			}
		}
	}
	want := map[string][]string{"app.conf": {"the variable APP_CONF is set to it"}, "other": {"the variable OTHER is set to it"},
		"y": {"the variable APP_DATA is set to " + dir + "/data, where it lies"}}
	delete(found, "cat") // in PATH, wherever that leads here
	if !reflect.DeepEqual(found, want) {
		t.Errorf("%v, want %v", found, want)
	}
}

func TestParseSetPaths(t *testing.T) {
	got := parseSetPaths([]byte("A=/srv/a/\x00HOME=/root\x00LIST=/a:/b\x00URL=http://x\x00WORD=x\x00B=etc/b\x00=/c\x00C"))
	if want := (setPaths{"/srv/a": "A", "etc/b": "B"}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A variable that is set to a folder above is told of a path that was given whole.
func TestTellVariable(t *testing.T) {
	set := setPaths{"/srv/app": "APP_HOME", "etc/b": "B"}
	for _, test := range [][3]string{
		{"/srv/app/conf/x", "/srv/app/conf/x", "the variable APP_HOME is set to /srv/app, where it lies"},
		{"/srv/app/conf/x", "conf/x", ""},
		{"/srv/app", "/srv/app/", "the variable APP_HOME is set to it"},
		{"/srv/etc/b", "etc/b", "the variable B is set to it"},
		{"/srv/app/bin/x", "/srv/app/bin/x", ""},
	} {
		if got := set.tell(test[0], test[1]); got != test[2] {
			t.Errorf("%s given as %s: %q", test[0], test[1], got)
		}
	}
}
