package report_test

import (
	"strings"

	"github.com/stracex/stracex/analyze"
)

func ptr[T any](v T) *T { return &v }

func failed(program string, status int) analyze.Outcome {
	return analyze.Outcome{Status: "failed", PID: 4711, Program: program, ExitCode: &status}
}

func ref(index, line, pid int, text string) *analyze.Ref {
	return &analyze.Ref{Index: index, File: "trace.log", Line: line, PID: pid, Text: text}
}

// diagnoses are one of each kind.
func diagnoses() map[string]*analyze.Diagnosis {
	all := map[string]*analyze.Diagnosis{
		"config-missing": configMissing(),
		"spool-denied":   spoolDenied(),
		"search":         search(),
		"signal":         killed(),
		"child":          child(),
		"data":           data(),
		"hang":           hang(),
		"uncertain":      uncertain(),
		"long-message":   longMessage(),
		"hostile":        hostile(),
		"ok":             {Outcome: analyze.Outcome{Status: "ok", Program: "/bin/cat", ExitCode: ptr(0)}},
		"no-cause": {
			Outcome: failed("/usr/bin/false", 1),
			Source:  analyze.Source{Kind: "capture", Files: []string{"f.stx"}, Events: 31},
		},
		"no-cause-message": {
			Outcome: failed("/usr/bin/node", 1),
			Message: &analyze.Message{Text: "Error: bad token", Stream: "stderr", Complete: false},
			Notes:   []analyze.Note{{Code: "strings-truncated", Text: "strings in this trace are cut at 32 bytes: record again with -s 256"}},
		},
		"unknown": {
			Outcome: analyze.Outcome{Status: "unknown", PID: 12},
			Source: analyze.Source{Kind: "strace", Files: []string{"trace.log"}, Events: 99, SkippedLines: 3, Truncated: true, Skipped: []analyze.Skipped{
				{File: "trace.log", Line: 7, Text: "close(3 = 0", Why: "the arguments do not end"},
				{File: "app.stx", Text: "read", Why: "too many calls are unfinished at a time"},
			}},
			Notes: []analyze.Note{{Code: "trace-truncated", Text: "the trace ends in the middle of a line"}},
		},
		"hang-unknown": {Outcome: analyze.Outcome{Status: "hung", Argv: []string{"./server", "-d"}}},
	}
	for _, d := range all {
		d.Schema = analyze.Schema
		d.Tool = analyze.Tool{Name: "stracex", Version: "v0.1.0"}
	}
	return all
}

func configMissing() *analyze.Diagnosis {
	const text = `openat(AT_FDCWD, "/etc/foo/config.json", O_RDONLY) = -1 ENOENT (No such file or directory)`
	return &analyze.Diagnosis{
		Outcome: failed("/usr/local/bin/foo", 1),
		Source:  analyze.Source{Kind: "strace", Files: []string{"trace.log"}, Events: 40},
		Message: &analyze.Message{Text: "Error opening configuration file: No such file or directory",
			Complete: true, Stream: "stderr", PID: 4711, Event: ref(30, 31, 4711, `write(3, "Error"..., 60) = 60`)},
		Causes: []analyze.Cause{{
			Kind: "syscall", Confidence: 0.97, Syscall: "openat", Errno: ptr("ENOENT"),
			Error: "No such file or directory", PID: 4711, Program: "/usr/local/bin/foo",
			Path: ptr("/etc/foo/config.json"), PathGiven: ptr("/etc/foo/config.json"), Count: 1,
			Event: ref(23, 24, 4711, text), CallsBefore: 7,
			Reasons:     []string{"the message was written 7 calls later by the same process", "the message says ENOENT's words"},
			Manual:      "openat(2)",
			Points:      []analyze.Points{{Rule: "path in the message", Points: 7}, {Rule: "errno in the message", Points: 2.5}, {Rule: "start-up probe", Points: -4}},
			Summary:     "it could not open /etc/foo/config.json: no such file",
			Explanation: "/etc exists; /etc/foo does not.",
			Advice:      []string{"create it, or find out which path this build expects: strings /usr/local/bin/foo | grep config.json"},
			Evidence: &analyze.Evidence{PathWalk: []analyze.PathStep{
				{Path: "/", Type: "dir", Mode: "0755", UID: ptr(uint32(0)), GID: ptr(uint32(0))},
				{Path: "/etc", Type: "dir", Mode: "0755", UID: ptr(uint32(0)), GID: ptr(uint32(0))},
				{Path: "/etc/foo", Errno: "ENOENT"},
			}, UID: ptr(uint32(1000)), GID: ptr(uint32(1000)), Groups: []uint32{4, 27}, Caps: "0"},
		}},
		Trail: []analyze.Step{
			{Role: "message", Event: ref(30, 31, 4711, `write(3, "Error opening configuration file"..., 60) = 60`), Text: "the message goes to descriptor 3"},
			{Role: "fd-origin", Event: ref(24, 25, 4711, `dup(2)                                  = 3`), Text: "descriptor 3 is a copy of stderr"},
			{Role: "failing-call", Event: ref(23, 24, 4711, text), Text: "the last call that failed before it"},
		},
		Notes: []analyze.Note{{Code: "strings-truncated", Text: "strings are cut at 32 bytes: record again with -s 256"}},
	}
}

func spoolDenied() *analyze.Diagnosis {
	const p = "/var/spool/cron/tmp/spool.21470.1573692319.854640"
	return &analyze.Diagnosis{
		Outcome: failed("/usr/bin/bcrontab", 111),
		Message: &analyze.Message{Text: "bcrontab: Fatal: Could not create temporary file", Complete: true, Stream: "stderr"},
		Causes: []analyze.Cause{{
			Kind: "syscall", Confidence: 0.9, Syscall: "openat", Errno: ptr("EACCES"), PID: 21470,
			Program: "/usr/sbin/bcron-spool", Path: ptr(p), Cwd: ptr("/var/spool/cron"), Count: 3,
			Event:       &analyze.Ref{Index: 812, PID: 21470, Text: `openat(AT_FDCWD, "tmp/spool.21470.1573692319.854640", O_RDWR|O_CREAT|O_EXCL, 0600) = -1 EACCES (Permission denied)`},
			CallsBefore: -1,
			Summary:     "it could not create " + p + ": permission denied",
			Explanation: "bcron-spool runs as cron (uid 998) and may not create files in /var/spool/cron/tmp, which is root:root, mode 0755.",
			Advice:      []string{"chown cron /var/spool/cron/tmp", "or run bcron-spool as a user that may write there"},
			Evidence: &analyze.Evidence{PathWalk: []analyze.PathStep{
				{Path: "/tmp", Type: "dir", Mode: "1777", UID: ptr(uint32(0)), GID: ptr(uint32(0))},
				{Path: "/var/spool/cron", Type: "symlink", Mode: "0777", UID: ptr(uint32(998)), GID: ptr(uint32(42)), Link: "/srv/cron"},
				{Path: "/odd", Type: "file", Mode: "6640"},
				{Path: "/odder", Mode: "x"},
			}, FDOrigin: "descriptor 3 is the socket connected to /var/run/bcron-spool",
				Findings: []string{"/var/run/bcron-spool is listened to by unixserver[20629]"}},
		}},
	}
}

func search() *analyze.Diagnosis {
	c := analyze.Cause{
		Kind: "search", Confidence: 0.8, Syscall: "openat", Errno: ptr("ENOENT"), PID: 9, Program: "/opt/app/bin/app",
		Path: ptr("/usr/lib/libfoo.so.1"), Count: 7, CallsBefore: 1,
		Event:       ref(7, 8, 9, `openat(AT_FDCWD, "/usr/lib/libfoo.so.1", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory) <0.000014>`),
		Summary:     "it found the shared library libfoo.so.1 nowhere",
		Explanation: "7 places were tried, in the order that the loader has.",
		Advice:      []string{"install the package that has it: apt-file search libfoo.so.1"},
	}
	for _, dir := range strings.Fields("/opt/app/lib /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu /lib /usr/lib /usr/local/lib /lib64") {
		c.Candidates = append(c.Candidates, dir+"/libfoo.so.1")
	}
	return &analyze.Diagnosis{
		Outcome: failed("/opt/app/bin/app", 127),
		Message: &analyze.Message{Text: "app: error while loading shared libraries: libfoo.so.1", Complete: true, Stream: "stderr"},
		Causes:  []analyze.Cause{c},
	}
}

func killed() *analyze.Diagnosis {
	return &analyze.Diagnosis{
		Outcome: analyze.Outcome{Status: "failed", PID: 4711, Program: "/srv/bin/calc-2.1", Argv: []string{"bin/calc"}, Signal: ptr("SIGSEGV")},
		Causes: []analyze.Cause{{
			Kind: "signal", Confidence: 0.9, Signal: ptr("SIGSEGV"), PID: 4711, Program: "/srv/bin/calc-2.1", Count: 1, CallsBefore: -1,
			Event:       &analyze.Ref{Index: 50, PID: 4711, Text: "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---"},
			Summary:     "calc-2.1 was killed by SIGSEGV",
			Explanation: "calc-2.1[4711] was killed by SIGSEGV (it used memory that it may not use). It used a null pointer.",
		}},
	}
}

func child() *analyze.Diagnosis {
	return &analyze.Diagnosis{
		Outcome: failed("/usr/bin/make", 2),
		Message: &analyze.Message{Text: "make: *** [Makefile:2: all] Error 111", Complete: true, Stream: "file"},
		Causes: []analyze.Cause{{
			Kind: "child", Confidence: 0.6, PID: 21200, Count: 1, CallsBefore: 12,
			Summary:     "its child process 21200 exited with status 111, and is not in this trace",
			Explanation: "The trace was made without -f.",
			Advice:      []string{"strace -f -o trace.log make"},
		}},
	}
}

func data() *analyze.Diagnosis {
	return &analyze.Diagnosis{
		Outcome: failed("/usr/bin/jq", 2),
		Message: &analyze.Message{Text: "\x1b[01m\x1b[Kjq:\x1b[m error: unexpected end\n\tof input\n", Complete: true, Stream: "pipe"},
		Causes: []analyze.Cause{{
			Kind: "data", Confidence: 0.45, Syscall: "read", FD: ptr(3), PID: 7, Program: "jq", Path: ptr("/srv/empty.json"), Count: 1, CallsBefore: 0,
			Event:   ref(5, 0, 7, `read(3, "", 4096)              = 0`),
			Summary: "/srv/empty.json is empty.",
		}},
	}
}

func hang() *analyze.Diagnosis {
	return &analyze.Diagnosis{
		Outcome: analyze.Outcome{Status: "hung", PID: 3, Program: "/usr/bin/flock", Argv: []string{"flock", "/srv/db.lock"}},
		Causes: []analyze.Cause{{
			Kind: "hang", Confidence: 0.9, Syscall: "flock", PID: 3, Program: "/usr/bin/flock", Path: ptr("/srv/db.lock"), Count: 1, CallsBefore: -1,
			Event:   ref(31, 0, 3, `flock(3</srv/db.lock>, LOCK_EX <unfinished ...>) = ?`),
			Summary: "flock waits for the lock on /srv/db.lock",
			Advice:  []string{"find its holder: fuser -v /srv/db.lock"},
		}},
	}
}

func uncertain() *analyze.Diagnosis {
	one := analyze.Cause{
		Kind: "syscall", Confidence: 0.2, Syscall: "connect", Errno: ptr("ECONNREFUSED"), PID: 5, Program: "app",
		Address: ptr("127.0.0.1:5432"), Count: 4, CallsBefore: 90,
		Summary: "nothing listens on 127.0.0.1:5432",
	}
	two := one
	two.Confidence, two.Summary, two.Address, two.Syscall, two.Errno, two.Path = 0.15, "it could not open /etc/app.d: permission denied", nil, "openat", ptr("EACCES"), ptr("/etc/app.d")
	return &analyze.Diagnosis{
		Outcome: failed("app", 70),
		Message: &analyze.Message{Text: "startup failed", Complete: true, Stream: "syslog"},
		Causes:  []analyze.Cause{one, two, two, two},
		Notes:   []analyze.Note{{Text: "one"}, {Text: "two"}, {Text: "three"}, {Text: "four"}},
	}
}

func longMessage() *analyze.Diagnosis {
	d := configMissing()
	d.Message.Text = strings.Repeat("Traceback line\n", 20) + "IOError: " + strings.Repeat("a long message that goes on ", 8)
	d.Causes[0].Summary = "it could not open /" + strings.Repeat("deep/", 300) + "file: no such file"
	return d
}

// hostile has in each field what a terminal must not get.
func hostile() *analyze.Diagnosis {
	const bad = "x\x1b]0;owned\x07\x1b[2J\u202eevil\u2066\r\n\x00\x9b31m\xff\u2028\u0085\u00a0\U000e0041"
	d := &analyze.Diagnosis{
		Outcome: failed("/tmp/"+bad, 1),
		Source:  analyze.Source{Kind: "strace", Files: []string{bad}, SkippedLines: 1, Skipped: []analyze.Skipped{{File: bad, Line: 1, Text: bad, Why: bad}}},
		Message: &analyze.Message{Text: bad + "\n" + bad, Stream: "stderr", Program: bad, Event: ref(1, 1, 1, bad)},
		Trail:   []analyze.Step{{Role: bad, Text: bad}, {Role: bad, Text: bad, Event: ref(1, 1, 1, bad)}},
		Notes:   []analyze.Note{{Code: bad, Text: bad}},
	}
	c := analyze.Cause{
		Kind: "syscall", Confidence: 0.3, Syscall: bad, Errno: ptr(bad), Error: bad, PID: 1, Program: bad,
		Path: ptr(bad), Address: ptr(bad), Signal: ptr(bad), Candidates: []string{bad, bad},
		Reasons: []string{bad}, Manual: bad, Points: []analyze.Points{{Rule: bad, Points: 1}}, Summary: bad, Explanation: bad, Advice: []string{bad},
		Evidence: &analyze.Evidence{
			PathWalk: []analyze.PathStep{{Path: bad, Type: bad, Mode: bad, Link: bad}, {Path: bad, Errno: bad}},
			Caps:     bad, FDOrigin: bad, Findings: []string{bad},
		},
	}
	withEvent := c
	withEvent.Event = ref(1, 1, 1, bad)
	d.Causes = []analyze.Cause{withEvent, c}
	return d
}
