package analyze

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// What a mount refuses is not the modes' doing.
func TestRefusedThere(t *testing.T) {
	for _, test := range []struct{ text, why, next string }{
		{"a FUSE file system is mounted on /mnt/my own, which is for uid 1000 alone", "On /mnt/my own a FUSE file system", "run cat as uid 1000; or mount it with -o allow_other"},
		{"a FUSE file system is mounted on /mnt/far, which is for uid 0 alone", "only uid 0 may use", "mount it with -o allow_other"},
		{"the file system of /mnt/far is NFS, whose server decides", "its file system is NFS, whose server refuses it", "NFS takes root for nobody"},
		{"the file system of /mnt/far is FUSE, whose server decides", "its file system is FUSE", "findmnt -T /mnt/far/a"},
		{"the file system of /srv is mounted read-only", "", ""},
	} {
		x := &failure{failureKey: failureKey{program: "/bin/cat"}, seen: &event.Seen{Text: []string{test.text}}}
		why, next, ok := refusedThere(x, "cat (uid 0)", "/mnt/far/a")
		if advice := strings.Join(next, "; "); ok != (test.why != "") || !strings.Contains(why, test.why) || !strings.Contains(advice, test.next) ||
			strings.Contains(advice, "uid 0") || strings.Contains(test.text, "FUSE") && strings.Contains(advice, "NFS") {
			t.Errorf("%s: %q, %q", test.text, why, next)
		}
	}
}

// Advice about a path below a changed root says where that is outside.
func TestBelow(t *testing.T) {
	for advice, want := range map[string]string{
		"mkdir -p /etc/app, or correct the path": "mkdir -p /jail/etc/app, or correct the path",
		"create /etc/app/x":                      "create /jail/etc/app/x",
		"look at /proc/self/uid_map":             "look at /proc/self/uid_map",
	} {
		if got := below("/jail/", "/etc/app/x", advice); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A file that the evidence shows is not created.
func TestOpenOfWhatIsThere(t *testing.T) {
	x := &failure{failureKey: failureKey{name: "open", path: "/srv/x"}}
	x.step.Event = event.KeepWhole(&event.Event{Call: event.NewCall("open", event.Value{Kind: event.String, Str: "/srv/x"}, event.Value{Kind: event.Symbol, Str: "O_WRONLY|O_CREAT"})})
	if got := doing(x, "/srv/x"); got != "create /srv/x" {
		t.Error(got)
	}
	x.seen = &event.Seen{Path: "/srv/x", Walk: []event.PathStep{{Path: "/srv", Type: "dir"}, {Path: "/srv/x", Type: "file"}}}
	if got := doing(x, "/srv/x"); got != "open /srv/x for writing" {
		t.Error(got)
	}
}
