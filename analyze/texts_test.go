package analyze

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// What the advice says of a path that is not there, by what was wanted.
func TestMissingStep(t *testing.T) {
	for _, test := range []struct {
		missing, obj string
		makes        bool
		want         string
	}{
		{"/srv/run", "/srv/run/app/app.pid", true, "mkdir -p /srv/run/app,"},
		{"/srv/run/app.pid", "/srv/run/app.pid", true, "create /srv/run/app.pid,"},
		{"/srv/app.ini", "/srv/app.ini", false, "create /srv/app.ini,"},
		{"/srv/redis.so", "/srv/redis.so", false, "install what brings /srv/redis.so,"},
	} {
		_, next, ok := missingStep([]PathStep{{Path: "/srv"}, {Path: test.missing, Errno: "ENOENT"}}, test.obj, test.makes)
		if !ok || !strings.HasPrefix(next[0], test.want) {
			t.Errorf("%s: %q, want %q", test.obj, next, test.want)
		}
	}
}

func TestLetters(t *testing.T) {
	for _, test := range []struct {
		kind string
		bits uint32
		want string
	}{{"file", 4, "r"}, {"file", 6, "rw"}, {"dir", 4, "rx"}, {"dir", 6, "rwx"}, {"file", 1, "x"}} {
		if got := letters(event.PathStep{Type: test.kind}, test.bits); got != test.want {
			t.Errorf("%s %d: %q, want %q", test.kind, test.bits, got, test.want)
		}
	}
}

func TestInOtherFolder(t *testing.T) {
	const text = "cp: cannot stat 'assets/admin.css': No such file or directory"
	if !inOtherFolder(text, "admin.css", []string{"/srv/out/admin.css", "out/admin.css"}) || inOtherFolder(text, "admin.css", []string{"/srv/assets/admin.css"}) ||
		inOtherFolder("admin.css is missing, see assets/admin.css", "admin.css", []string{"/srv/out/admin.css"}) {
		t.Error("a name in another folder is not told apart")
	}
}
