package analyze_test

import (
	"strings"
	"testing"
)

// TestWithoutAName: what a process is called when the log does not say, or cuts it.
func TestWithoutAName(t *testing.T) {
	for _, c := range []struct{ log, summary, why string }{
		{"4711 close(3) = 0\n4711 +++ killed by SIGKILL +++\n", "process 4711 was killed by SIGKILL", "process 4711 was killed"},
		{"close(3) = 0\n+++ killed by SIGKILL +++\n", "the program was killed by SIGKILL", "the program was killed"},
		{"4711 execve(\"/srv/bin/tool\", [\"/srv/b\"...], 0x7ffc00000000 /* 1 var */) = 0\n4711 +++ killed by SIGKILL +++\n", "tool was killed by SIGKILL", "tool[4711] was killed"},
	} {
		d := diagnose(t, c.log)
		if len(d.Causes) == 0 || d.Causes[0].Summary != c.summary || !strings.HasPrefix(d.Causes[0].Explanation, c.why) {
			t.Errorf("%s: %+v", c.log, d.Causes)
		}
	}
	d := diagnose(t, "1 execve(\"/srv/bin/tool\", [\"/srv/b\"..., \"--frob\"...], 0x7ffc00000000 /* 1 var */) = 0\n")
	if got := strings.Join(d.Outcome.Argv, " "); got != "/srv/bin/tool --frob..." {
		t.Errorf("arguments %q", got)
	}
}

// TestNothingFailed: of a command whose end isn't told, and that complains of nothing,
// a failed look is no cause; one that hardly ever fails is.
func TestNothingFailed(t *testing.T) {
	const looked = "1 openat(AT_FDCWD, \"/var/lib/services.db\", O_RDONLY) = -1 ENOENT (No such file or directory)\n1 openat(AT_FDCWD, \"/etc/services\", O_RDONLY) = 3\n"
	const full = "1 openat(AT_FDCWD, \"/srv/index\", O_RDONLY) = -1 EMFILE (Too many open files)\n"
	read := strings.Repeat("1 read(0, \"x\", 9) = 1\n", 5)
	for _, c := range []struct{ log, want string }{
		{shell + looked + read, ""},
		{shell + looked + read + "1 write(2, \"tool: cannot open /var/lib/services.db\\n\", 39) = 39\n", "/var/lib/services.db"},
		{shell + full + read, "/srv/index"},
	} {
		got := ""
		if d := diagnose(t, c.log); len(d.Causes) > 0 {
			got = text(d.Causes[0].Path)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.log, got, c.want)
		}
	}
}

// TestOwnLock: a lock that the process took away itself kept nobody out.
func TestOwnLock(t *testing.T) {
	const end = "1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"
	for call, want := range map[string]int{
		`1 unlink("/srv/run/job.lock") = 0`: 0,
		`1 newfstatat(AT_FDCWD, "/srv/run/job.lock", {st_mode=S_IFREG|0644, st_size=0, ...}, 0) = 0`: 1,
	} {
		if d := diagnose(t, shell+call+"\n"+end); len(d.Causes) != want {
			t.Errorf("%s: %+v", call, d.Causes)
		}
	}
}
