package analyze_test

import "testing"

// TestEndsOfLogs: logs that hold no end of the command, or not its beginning.
func TestEndsOfLogs(t *testing.T) {
	const begin = "execve(\"/bin/tool\", [\"tool\"], 0x7ffc00000000 /* 1 var */) = 0\n"
	const segv = "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x118} ---\n"
	for _, c := range []struct {
		name, log             string
		status, call, summary string
	}{
		{"the last line is the failed call", "socket(AF_INET, SOCK_STREAM, 0) = 3\nbind(3, {sa_family=AF_INET, sin_port=htons(21), sin_addr=inet_addr(\"0.0.0.0\")}, 16) = -1 EADDRINUSE (Address already in use)\n",
			"unknown", "bind", ""},
		{"the last line is a crash", begin + "brk(NULL) = 0x1000\n" + segv, "failed", "", "tool was killed by SIGSEGV"},
		{"a crash that is handled", begin + segv + "write(1, \"x\", 1) = 1\n", "unknown", "", ""},
		{"other threads crash", "[pid 10] brk(NULL) = 0x1000\n[pid 11] +++ killed by SIGSEGV +++\n[pid 12] +++ killed by SIGSEGV +++\n", "failed", "", "process 11 was killed by SIGSEGV"},
		{"let go in a call", begin + "read(3,  <detached ...>\n", "hung", "read", "tool waits for something to read from descriptor 3"},
		{"let go, with a message inside", "strace: Process 12 attached\nread(5, ^Cstrace: Process 12 detached\n <detached ...>\n", "hung", "read", ""},
		{"attached to, and nothing more", "Process 7935 attached - interrupt to quit\nfutex(0xb5341bf8, FUTEX_WAIT, 7939, NULL\n", "unknown", "futex", ""},
		{"let go by an old strace", "Process 7935 attached - interrupt to quit\nflock(13, LOCK_EX\nProcess 7935 detached\n", "hung", "flock", ""},
		{"broken off, as attached to", "Process 22164 attached - interrupt to quit\nfcntl(13, F_SETLKW, {type=F_RDLCK, whence=SEEK_SET, start=0, len=0}) = ? ERESTARTSYS (To be restarted)\n", "unknown", "fcntl", ""},
		{"cut in the middle of its work", begin + "read(3, \"x\", 9) = 1\n", "unknown", "", ""},
		{"one of two still works", "1 read(3,  <unfinished ...>\n2 close(3) = 0\n", "unknown", "", ""},
	} {
		d := diagnose(t, c.log)
		call, summary := "", ""
		if len(d.Causes) > 0 {
			call, summary = d.Causes[0].Syscall, d.Causes[0].Summary
		}
		if d.Outcome.Status != c.status || call != c.call || c.summary != "" && summary != c.summary {
			t.Errorf("%s: %s, %q, %q; want %s, %q, %q", c.name, d.Outcome.Status, call, summary, c.status, c.call, c.summary)
		}
	}
}

// TestHeadless: the end of a log, without its first line. The command is the process that
// the others turn out to be children of, or the last to end.
func TestHeadless(t *testing.T) {
	const child = "11 openat(AT_FDCWD, \"/srv/db\", O_RDWR) = -1 ENOENT (No such file or directory)\n11 write(2, \"cannot open the database\\n\", 25) = 25\n11 exit_group(7) = ?\n11 +++ exited with 7 +++\n"
	const told = "10 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=11, si_uid=0, si_status=7} ---\n"
	const end = "10 exit_group(3) = ?\n10 +++ exited with 3 +++\n"
	for _, c := range []struct {
		name, log string
		code      int
		path      string
	}{
		{"told by a signal", child + told + end, 3, "/srv/db"},
		{"told by wait", child + "10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 11\n" + end, 3, "/srv/db"},
		{"not told", "11 +++ exited with 0 +++\n" + end, 3, ""},
		{"searched for one process", "10 clone(child_stack=NULL, flags=SIGCHLD) = 11\n" + child + told, 7, "/srv/db"},
		{"a notice before the call of which it tells", "clone(child_stack=NULL, flags=SIGCHLDstrace: Process 11 attached\n <unfinished ...>\n[pid 11] openat(AT_FDCWD, \"/srv/db\", O_RDWR) = -1 ENOENT (No such file or directory)\n" +
			"[pid 11] write(2, \"cannot open the database\\n\", 25) = 25\n[pid 11] +++ exited with 7 +++\n<... clone resumed>) = 11\nwait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 11\nexit_group(3) = ?\n+++ exited with 3 +++\n", 3, "/srv/db"},
	} {
		d := diagnose(t, c.log)
		path := ""
		if len(d.Causes) > 0 && d.Causes[0].Path != nil {
			path = *d.Causes[0].Path
		}
		if d.Outcome.ExitCode == nil || *d.Outcome.ExitCode != c.code || path != c.path {
			t.Errorf("%s: %+v, %q; want status %d, %q", c.name, d.Outcome, path, c.code, c.path)
		}
	}
}
