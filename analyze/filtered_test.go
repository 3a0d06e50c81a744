package analyze_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestFiltered: what a log lacks is told, and what is said then isn't said for sure.
func TestFiltered(t *testing.T) {
	const (
		end     = "1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"
		ended   = "1 +++ exited with 1 +++\n"
		said    = "1 write(2, \"worker: cache not usable\\n\", 25) = 25\n"
		mapped  = "1 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f0000000000\n"
		looked  = "1 access(\"/srv/run/state\", F_OK) = -1 ENOENT (No such file or directory)\n"
		opened  = "1 openat(AT_FDCWD, \"/srv/etc/app.conf\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
		full    = "1 openat(AT_FDCWD, \"/srv/index\", O_RDONLY) = -1 EMFILE (Too many open files)\n"
		refused = "1 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0\n"
	)
	work := strings.Repeat("1 newfstatat(AT_FDCWD, \"/srv/data\", {st_mode=S_IFREG|0644, st_size=9, ...}, 0) = 0\n", 20)
	for _, c := range []struct{ name, log, want string }{
		{"a whole run", shell + mapped + work + "1 read(3, \"x\", 9) = 1\n" + opened + end, "openat /srv/etc/app.conf sure, "},
		{"strace -Z", opened + opened + ended, "openat /srv/etc/app.conf unsure, without -Z"},
		{"strace -Z, a search of which only the misses are told", looked + opened + strings.Repeat(looked, 3) + ended, "openat /srv/etc/app.conf unsure, without -Z"},
		{"strace -Z, a program sought in PATH", opened + "1 execve(\"/opt/bin/tool\", [\"tool\"], 0x7ffc00000000 /* 1 var */) = -1 ENOENT (No such file or directory)\n" + ended, "openat /srv/etc/app.conf unsure, without -Z"},
		{"strace -z", shell + mapped + work + said + ended, "none, without -z"},
		{"strace -z, with an error that a call has fetched", shell + mapped + work + refused + said + ended, "connect  sure, without -z"},
		{"no failed call in a whole run", shell + mapped + work + said + end, "newfstatat /srv/data unsure, "},
		{"strace -e trace=file", shell + work + opened + ended, "openat /srv/etc/app.conf unsure, without -e"},
		{"strace -e trace=file,write, and only a look", shell + work + looked + said + ended, "access /srv/run/state unsure, without -e"},
		{"the same, and a file that may be there or not", shell + work + "1 openat(AT_FDCWD, \"/root/.toolrc\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" + said + ended, "openat /root/.toolrc unsure, without -e"},
		{"the same, and a call that hardly ever fails", shell + work + full + said + ended, "openat /srv/index sure, "},
		{"strace -P", "1 close(3) = 0\n" + ended, "none, without -e and -P"},
	} {
		d := diagnose(t, c.log)
		got := "none"
		if len(d.Causes) > 0 {
			first := &d.Causes[0]
			sure := "unsure"
			if first.Confidence >= 0.5 {
				sure = "sure"
			}
			got = fmt.Sprintf("%s %s %s", first.Syscall, text(first.Path), sure)
		}
		got += ", "
		for _, n := range d.Notes {
			if n.Code == "filtered" {
				got += n.Text[strings.Index(n.Text, "without"):]
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
