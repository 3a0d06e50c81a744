package analyze_test

import "testing"

// TestBetween: what lies between a failure and the words about it.
func TestBetween(t *testing.T) {
	const run = "1 execve(\"/srv/bin/app\", [\"app\"], 0x7ffe /* 5 vars */) = 0\n"
	const end = "1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"
	for _, c := range []struct {
		name, log, call, path string
	}{
		{"a line that was begun before", run + "1 openat(AT_FDCWD, \"/srv/extra\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
			"1 write(1, \"Binding to port 80... \", 22) = 22\n1 newfstatat(AT_FDCWD, \"/srv/tls.pem\", 0x7ffe, 0) = -1 EACCES (Permission denied)\n1 write(1, \"[ no certificate ]\\n\", 19) = 19\n" + end, "newfstatat", "/srv/tls.pem"},
		{"a target that a child was to make", run + "1 stat(\"binary\", 0x7ffe) = -1 ENOENT (No such file or directory)\n1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n" +
			"2 execve(\"/srv/bin/pack\", [\"pack\"], 0x7ffe /* 5 vars */) = 0\n2 openat(AT_FDCWD, \"/srv/man.1\", O_RDONLY) = -1 ENOENT (No such file or directory)\n2 exit_group(25) = ?\n2 +++ exited with 25 +++\n" +
			"1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 25}], 0, NULL) = 2\n1 write(2, \"*** [rules:3: binary] Error 25\\n\", 31) = 31\n" + end, "openat", "/srv/man.1"},
		{"a process at the other end of a pair", run + "1 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n2 dup2(4, 0) = 0\n2 dup2(4, 1) = 1\n2 close(4) = 0\n2 clone(child_stack=NULL, flags=SIGCHLD) = 3\n2 exit_group(0) = ?\n2 +++ exited with 0 +++\n" +
			"1 wait4(2, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2\n1 close(4) = 0\n3 execve(\"/usr/bin/ssh\", [\"ssh\"], 0x7ffe /* 5 vars */) = 0\n3 openat(AT_FDCWD, \"/srv/key\", O_RDONLY) = -1 EACCES (Permission denied)\n3 exit_group(255) = ?\n3 +++ exited with 255 +++\n" +
			"1 read(3, 0x7ffe, 9) = -1 ECONNRESET (Connection reset by peer)\n1 write(2, \"read: Connection reset by peer\\n\", 31) = 31\n" + end, "openat", "/srv/key"},
		{"a list that names what is missing", run + "1 openat(AT_FDCWD, \"/srv/list\", O_RDONLY) = 3\n1 read(3, \"a.txt\\nb.txt\\n\", 99) = 12\n1 read(3, \"\", 99) = 0\n1 close(3) = 0\n1 chdir(\"/srv\") = 0\n1 openat(AT_FDCWD, \"b.txt\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
			"1 write(2, \"app: list is not usable\\n\", 24) = 24\n" + end, "openat", "/srv/b.txt"},
		{"a child that complained and ended well", run + "1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n2 execve(\"/usr/bin/render\", [\"render\"], 0x7ffe /* 5 vars */) = 0\n2 openat(AT_FDCWD, \"/srv/vat.xml\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
			"2 write(2, \"failed to load /srv/vat.xml\\n\", 28) = 28\n2 exit_group(0) = ?\n2 +++ exited with 0 +++\n1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2\n1 write(2, \"rejected: no total\\n\", 19) = 19\n" + end, "openat", "/srv/vat.xml"},
		{"the C library's own", run + "1 access(\"/etc/ld.so.nohwcap\", F_OK) = -1 ENOENT (No such file or directory)\n" + end, "", ""},
	} {
		d := diagnose(t, c.log)
		call, path := "", ""
		if len(d.Causes) > 0 {
			call = d.Causes[0].Syscall
			if d.Causes[0].Path != nil {
				path = *d.Causes[0].Path
			}
		}
		if call != c.call || path != c.path {
			t.Errorf("%s: %s %s, want %s %s", c.name, call, path, c.call, c.path)
		}
	}
}
