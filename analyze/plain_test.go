package analyze_test

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
)

// TestNamesOf32BitMachines: what a call is called there makes no difference. Of a failed
// call the answer has the log's own name.
func TestNamesOf32BitMachines(t *testing.T) {
	const begin = "1 execve(\"/bin/tool\", [\"tool\"], [/* 1 var */]) = 0\n1 mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) = 0xb7700000\n1 read(3, \"x\", 9) = 1\n"
	const end = "1 exit_group(1) = ?\n"
	for log, want := range map[string]string{
		"1 mmap2(NULL, 900000000, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = -1 ENOMEM (Cannot allocate memory)\n1 write(2, \"tool: no cache\\n\", 15) = 15\n" + end:                                                         "failed mmap2",
		"1 open(\"/root/.toolrc\", O_RDONLY) = -1 ENOENT (No such file or directory)\n1 fcntl64(4, F_SETLK, {l_type=F_WRLCK}) = -1 EAGAIN (Resource temporarily unavailable)\n1 write(2, \"tool: database is locked\\n\", 25) = 25\n" + end: "failed fcntl64",
		"1 fcntl64(4</srv/lock>, F_SETLKW, {l_type=F_WRLCK} <unfinished ...>\n":                  "hung fcntl it waits for the lock on /srv/lock",
		"1 ppoll_time64([{fd=3, events=POLLIN}], 1, NULL, NULL, 8 <unfinished ...>\n":            "hung ppoll it waits",
		"1 clock_nanosleep_time64(CLOCK_REALTIME, 0, {tv_sec=9, tv_nsec=0},  <unfinished ...>\n": "hung clock_nanosleep it waits for a time",
	} {
		read := diagnose
		if !strings.HasSuffix(log, end) {
			read = func(t *testing.T, log string) *analyze.Diagnosis { return hungAfter(t, log) }
		}
		d := read(t, begin+log)
		got := d.Outcome.Status
		if len(d.Causes) > 0 {
			got += " " + d.Causes[0].Syscall + " " + strings.Replace(d.Causes[0].Summary, "tool ", "it ", 1)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", log, got, want)
		}
	}
}
