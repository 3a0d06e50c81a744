package analyze_test

import (
	"fmt"
	"strings"
	"testing"
)

// A trace that lacks a program's start says so, where it may be what is missing.
func TestBeganLate(t *testing.T) {
	const (
		start  = "7 execve(\"/srv/app\", [\"app\"], 0x7ffe3874b1d0 /* 5 vars */) = 0\n"
		said   = "7 write(2, \"app: no licence\\n\", 16) = 16\n"
		reason = "7 openat(AT_FDCWD, \"/etc/app/licence\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
		failed = "7 exit_group(4) = ?\n7 +++ exited with 4 +++\n"
	)
	work := strings.Repeat("7 newfstatat(AT_FDCWD, \"/etc/passwd\", {st_mode=S_IFREG|0644, st_size=1000, ...}, 0) = 0\n", 20)
	for _, test := range []struct {
		name, log string
		want      bool
	}{
		{"attached", work + said + failed, true},
		{"from the start", start + work + said + failed, false},
		{"a child", "6 execve(\"/bin/sh\", [\"sh\"], 0x7ffe3874b1d0 /* 5 vars */) = 0\n6 clone(child_stack=NULL, flags=SIGCHLD) = 7\n" + work + said + failed + "6 +++ exited with 4 +++\n", false},
		{"the reason is in it", work + strings.Replace(reason, "/etc/app/licence", "licence", 1) + said + failed, false},
		{"all went well", work + "7 exit_group(0) = ?\n7 +++ exited with 0 +++\n", false},
		{"a few lines", said + failed, false},
	} {
		d := diagnose(t, test.log)
		if got := strings.Contains(fmt.Sprint(d.Notes), "began-late"); got != test.want {
			t.Errorf("%s: notes %v, causes %+v", test.name, d.Notes, d.Causes)
		}
	}
}
