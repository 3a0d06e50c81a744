package analyze

import (
	"strings"
	"testing"
)

// messageOf is the message of a program that makes these calls, and then ends.
func messageOf(t *testing.T, calls string) string {
	t.Helper()
	log := "7 execve(\"/srv/bin/app\", [\"app\"], 0x7ffe /* 5 vars */) = 0\n" + calls + "7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"
	f := newFacts()
	eachEvent(t, []byte(log), f.add)
	f.settle()
	if a := anchorOf(f.history(f.state.Root)); a.line != nil {
		return a.line.text
	}
	return ""
}

// wrote is a write of a line to a descriptor.
func wrote(fd, text string) string {
	return "7 write(" + fd + ", \"" + strings.ReplaceAll(text, `"`, `\"`) + "\\n\", 999) = 999\n"
}

func TestMessage(t *testing.T) {
	many := strings.Repeat("7 close(9) = -1 EBADF (Bad file descriptor)\n", 160)
	const null = "7 openat(AT_FDCWD, \"/dev/null\", O_WRONLY|O_CREAT, 0644) = 3\n"
	for _, test := range []struct{ name, calls, want string }{
		{"the first of a cluster", wrote("2", "fatal: cannot open it") + wrote("2", "fatal: giving up"), "fatal: cannot open it"},
		{"a later one, far away", wrote("2", "fatal: cannot open it") + many + wrote("2", "fatal: giving up"), "fatal: giving up"},
		{"an errno's text counts", wrote("1", "cannot open it: No such file or directory") + many + wrote("1", "1 failed"), "cannot open it: No such file or directory"},
		{"stderr before stdout", wrote("2", "fatal: cannot open it") + many + wrote("1", "1 failed"), "fatal: cannot open it"},
		{"a log before stdout", "7 openat(AT_FDCWD, \"/srv/app.log\", O_WRONLY|O_APPEND) = 3\n" + wrote("3", "cannot bind") + many + wrote("1", "1 failed"), "cannot bind"},
		{"a lack on stdout is none", wrote("1", "no news"), ""},
		{"text in a file is work", "7 openat(AT_FDCWD, \"/srv/out.txt\", O_WRONLY) = 3\n" + wrote("3", "error: none") + wrote("2", "not ready"), "not ready"},
		{"but not in one that is appended to", "7 openat(AT_FDCWD, \"/srv/out.txt\", O_WRONLY|O_APPEND) = 3\n" + wrote("3", "error: none"), "error: none"},
		{"much work after it", "7 openat(AT_FDCWD, \"/srv/out.txt\", O_WRONLY) = 3\n" + wrote("2", "fatal: cannot open it") + strings.Repeat(wrote("3", "error: none"), 3*maxLines), "fatal: cannot open it"},
		{"much output after it", wrote("2", "fatal: cannot open it") + strings.Repeat(wrote("1", "on we go"), 3*maxLines), "fatal: cannot open it"},
		{"on stdout, before a dump", wrote("1", "fatal: cannot open it") + null + strings.Repeat(wrote("3", "in_errors"), 3*maxLines), "fatal: cannot open it"},
		{"many of them", strings.Repeat(wrote("2", "fatal: cannot open it"), 3*maxLines) + many + wrote("2", "fatal: giving up"), "fatal: giving up"},
		{"words thrown away", null + wrote("3", "error: none"), "error: none"},
		{"a dump is none", null + strings.Repeat(wrote("3", "in_errors"), 20), ""},
		{"much that a shell had thrown away", null + "7 dup2(3, 1) = 1\n" + strings.Repeat(wrote("1", "error: none"), 20), "error: none"},
		{"a folder's name is no failure", wrote("2", "fatal: cannot open it") + many + wrote("1", "wrote /srv/failed/error.txt"), "fatal: cannot open it"},
		{"words of milder lines count less", wrote("2", "warning: cannot use the cache") + wrote("2", "cannot open it"), "cannot open it"},
		{"of the program before", wrote("2", "fatal: cannot go there") + "7 execve(\"/srv/bin/other\", [\"other\"], 0x7ffe /* 5 vars */) = 0\n", ""},
		{"any last words", wrote("2", "usage: app FILE"), "usage: app FILE"},
		{"not those of long ago", wrote("2", "hello") + many, ""},
		{"nor an empty line", wrote("2", ""), ""},
		{"below a traceback", wrote("2", "Traceback (most recent call last):") + wrote("2", "  File \"run.py\", line 1") + wrote("2", "    raise Lost(\"cannot open it\")") + wrote("2", "Lost: cannot open it"), "Lost: cannot open it"},
		{"of the first exception", wrote("2", "Traceback (most recent call last):") + wrote("2", "  File \"run.py\", line 1") + wrote("2", "KeyError: 'x'") + wrote("2", "During handling of the above exception, another exception occurred:") + wrote("2", "Traceback (most recent call last):") + wrote("2", "  File \"run.py\", line 3") + wrote("2", "RuntimeError: no rates"), "KeyError: 'x'"},
		{"words for another program", "7 socket(AF_UNIX, SOCK_STREAM, 0) = 3\n" + wrote("3", strings.Repeat("an error in the data ", 30)), ""},
		{"an answer for a person", "7 socket(AF_UNIX, SOCK_STREAM, 0) = 3\n" + wrote("3", "500 delivery failed"), "500 delivery failed"},
		{"a page is none", "7 socket(AF_INET, SOCK_STREAM, 0) = 3\n" + wrote("3", "HTTP/1.1 500 Internal Server Error"), ""},
	} {
		if got := messageOf(t, test.calls); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// What the line itself does not give is taken from what follows it.
func TestErrnoOfMessage(t *testing.T) {
	calls := "7 openat(AT_FDCWD, \"/srv/a.conf\", O_RDONLY) = -1 ENOENT (No such file or directory)\n7 openat(AT_FDCWD, \"/srv/b.conf\", O_RDONLY) = -1 EACCES (Permission denied)\n"
	for more, want := range map[string]string{
		"No such file or directory": "syscall openat ENOENT /srv/a.conf",
		"see the manual":            "syscall openat EACCES /srv/b.conf",
	} {
		got, _ := cause(t, []byte("7 execve(\"/srv/bin/app\", [\"app\"], 0x7ffe /* 5 vars */) = 0\n"+calls+wrote("2", "app: fatal")+wrote("2", more)+"7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"))
		if got != want {
			t.Errorf("%s: %s, want %s", more, got, want)
		}
	}
}

// A message that only refers to others is none; the one before it is.
func TestReferredTo(t *testing.T) {
	said := func(lines ...string) string {
		var calls strings.Builder
		for _, l := range lines {
			calls.WriteString(wrote("2", l))
		}
		return messageOf(t, calls.String())
	}
	const warn, refers, more = "[warn] the folder hs is not owned by this user", "[err] Reading config failed--see warnings above.", "[warn] Failed to parse the options. See logs for details."
	for want, got := range map[string]string{
		warn:                    said(warn, refers),
		warn + " (2)":           said(warn+" (2)", more, refers),
		"error: see the manual": said("starting", "error: see the manual"),
		refers:                  said(refers),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
