package analyze_test

import (
	"strings"
	"testing"
)

// TestCutMessage: messages that strace cuts at 32 bytes, as it does when it isn't told
// otherwise.
func TestCutMessage(t *testing.T) {
	const (
		end   = "1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"
		stat  = "1 newfstatat(AT_FDCWD, \"%s\", {st_mode=S_IFREG|0644, st_size=9, ...}, 0) = 0\n"
		none  = "1 newfstatat(AT_FDCWD, \"%s\", 0x7ffc00000000, 0) = -1 ENOENT (No such file or directory)\n"
		open  = "1 openat(AT_FDCWD, \"%s\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
		deny  = "1 openat(AT_FDCWD, \"%s\", O_RDONLY) = -1 EACCES (Permission denied)\n"
		abort = "1 tgkill(1, 1, SIGABRT) = 0\n1 --- SIGABRT {si_signo=SIGABRT, si_code=SI_TKILL, si_pid=1, si_uid=0} ---\n1 +++ killed by SIGABRT +++\n"
	)
	of := func(call, path string) string { return strings.Replace(call, "%s", path, 1) }
	says := func(text string) string { return "1 write(2, \"" + text + "\"..., 99) = 99\n" }
	work := strings.Repeat("1 close(9) = 0\n", 12)
	for _, c := range []struct{ name, log, want string }{
		{"cut in a path", of(open, "/srv/app/etc/a.conf") + of(open, "/srv/app/etc/b.conf") + work + says("tool: cannot read /srv/app/etc/a.") + end, "/srv/app/etc/a.conf sure"},
		{"cut in a path below another root", of(none, "pkg/DEBIAN/preinst") + of(none, "pkg/etc/app/app.conf") + says("deb: error: conffile '/etc/") + end, "/srv/pkg/etc/app/app.conf sure"},
		{"cut in the name of what was searched", of(stat, "/srv/lib/billing") + of(open, "/usr/share/gems/billing/tax.rb") + of(open, "/srv/lib/billing/tax.rb") + says("cannot load such file -- billing") + end, "/srv/lib/billing/tax.rb sure"},
		{"cut in the name of a file that was found", of(stat, "/srv/etc/host_key") + of(none, "/root/.toolrc") + says("Unable to load host key \\\"/srv/etc/") + end, "/srv/etc/host_key sure"},
		{"cut in a folder that holds everything", of(deny, "/tmp/x1/key") + of(none, "/tmp/x1/other") + says("tool: cannot use \\\"/tmp/") + end, "/tmp/x1/key sure"},
		{"cut in the name of the script that runs", "1 execve(\"/bin/sh\", [\"sh\", \"/srv/jobs/ni\"...], 0x7ffc00000000 /* 1 var */) = 0\n1 openat(AT_FDCWD, \"/srv/jobs/nightly\", O_RDONLY) = 3\n1 read(3, \"x\", 80) = 1\n" + of(open, "/srv/bin/tool") + says("/srv/jobs/ni") + end, "/srv/bin/tool sure"},
		{"cut in the text of an errno", of(deny, "/srv/key") + work + of(open, "/srv/extra") + says("tool: setup: permission d") + end, "/srv/key sure"},
		{"whatever failed right before", of(open, "/srv/extra") + says("tool: cannot set up the whole thing") + end, "/srv/extra sure"},
		{"too far away to say", of(open, "/srv/extra") + work + says("tool: cannot set up the whole thing") + end, "/srv/extra unsure"},
		{"the same, with the whole message", of(open, "/srv/extra") + work + "1 write(2, \"tool: cannot set up /srv/extra\\n\", 31) = 31\n" + end, "/srv/extra sure"},
		{"a warning, as it turns out", of(open, "/srv/extra") + says("tool: cannot read the optional fi") + of(deny, "/srv/queue") + end, "/srv/queue sure"},
		{"a whole warning", of(open, "/srv/extra") + "1 write(2, \"tool: cannot read /srv/extra, using defaults\\n\", 44) = 44\n" + of(deny, "/srv/queue") + end, "/srv/queue sure"},
		{"a warning, and nothing after it", of(deny, "/srv/queue") + of(open, "/srv/extra") + "1 write(2, \"tool: cannot read /srv/extra, using defaults\\n\", 44) = 44\n" + of(open, "/srv/more") + end, "/srv/extra sure"},
		{"nothing that looks like an error", of(open, "/srv/extra") + says("Invoice: this version of the tax") + strings.Repeat(work, 8) + of(stat, "/srv/out") + end, "/srv/extra sure"},
		{"gave up after words", of(open, "/srv/media") + says("  what():  filesystem error: recu") + abort, "/srv/media sure"},
		{"an assertion speaks of the program", of(none, "/srv/state") + says("index.c:42: main: Assertion `n > 0") + abort, " sure"},
	} {
		d := diagnose(t, shell+c.log)
		got := "nothing"
		if len(d.Causes) > 0 {
			got = text(d.Causes[0].Path) + " sure"
			if d.Causes[0].Confidence < 0.5 {
				got = text(d.Causes[0].Path) + " unsure"
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestModuleFound: a module's other form was there; against it, one of another name.
func TestModuleFound(t *testing.T) {
	const log = "1 openat(AT_FDCWD, \"/srv/json.lua\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
		"1 openat(AT_FDCWD, \"/srv/lib/%s.so\", O_RDONLY) = 3\n" +
		"1 openat(AT_FDCWD, \"/srv/lib/libbuf.so.3\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
		"1 write(2, \"lua: error loading module 'json' \"..., 99) = 99\n1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"
	for found, want := range map[string]string{"json": "/srv/lib/libbuf.so.3", "xml": "/srv/json.lua"} {
		d := diagnose(t, shell+strings.Replace(log, "%s", found, 1))
		if len(d.Causes) == 0 || text(d.Causes[0].Path) != want {
			t.Errorf("%s.so was found: %+v, want %s", found, d.Causes, want)
		}
	}
}

// TestServerFailedBefore: that nobody listens is a consequence, where a daemon of the
// same trace has failed before; not where it has ended well.
func TestServerFailedBefore(t *testing.T) {
	const log = shell + "1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n2 clone(child_stack=NULL, flags=SIGCHLD) = 3\n2 exit_group(0) = ?\n2 +++ exited with 0 +++\n" +
		"3 openat(AT_FDCWD, \"/srv/run/web.pid\", O_WRONLY|O_CREAT, 0644) = -1 ENOENT (No such file or directory)\n" +
		"3 write(2, \"/srv/run/web.pid\"..., 99) = 99\n3 exit_group(%s) = ?\n3 +++ exited with %s +++\n" +
		"1 socket(AF_INET, SOCK_STREAM, 0) = 3\n1 connect(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED (Connection refused)\n" +
		"1 write(2, \"get: port 8080: could not connect\\n\", 34) = 34\n1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"
	for status, want := range map[string]string{"1": "openat", "0": "connect"} {
		d := diagnose(t, strings.ReplaceAll(log, "%s", status))
		if len(d.Causes) == 0 || d.Causes[0].Syscall != want {
			t.Errorf("the daemon ended with %s: %+v, want %s", status, d.Causes, want)
		}
	}
}
