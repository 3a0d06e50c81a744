//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// programs are what is traced, one line of a shell each, run in an empty folder.
// What a machine doesn't have fails there, which is traced as well.
var programs = []string{
	"ls -lR /usr/share/doc > list; sort list | uniq -c | tail -1; grep -c a list",
	"find /usr/include -name '*.h' -size +100k",
	"i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done",
	"python3 -c 'import json, threading, urllib.request, ssl, asyncio, email, sqlite3'",
	"perl -MPOSIX -MData::Dumper -e 1",
	"printf '#include <stdio.h>\\n#include <math.h>\\nint main(){puts(\"x\");return 0;}\\n' > x.c; gcc -o x x.c -lm && ./x",
	"git init -q r; cd r; date > f; git add f; git status",
	"tar cf all.tar list; gzip all.tar; tar tzf all.tar.gz",
	"bash -c 'cat < /etc/passwd | while read l; do echo $l; done | wc -l'",
	"go version; go env",
	"cat /etc/app/config.json; man no-such-page; ssh -V; curl -s http://localhost:1/",
}

// makeLog writes a log of at least size bytes: a job whose steps are the programs again and
// again, and that fails with the last. The steps are what strace wrote; the lines of the
// shell that runs them are made, since the ids of processes are the same each time.
func makeLog(dir, name string, size int64) error {
	var round bytes.Buffer
	var last step
	for i, p := range programs {
		s, err := trace(dir, i, p)
		if err != nil {
			return fmt.Errorf("tracing %s: %w", p, err)
		}
		s.write(&round)
		last = s
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%d %s execve(\"/bin/sh\", [\"sh\", \"job\"], 0x7ffd1c2e8a10 /* 30 vars */) = 0 <0.000312>\n", job, last.from); err != nil {
		return err
	}
	for n := int64(0); n < size; n += int64(round.Len()) {
		if _, err := f.Write(round.Bytes()); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(f, "%d %s exit_group(%d) = ?\n%[1]d %[2]s +++ exited with %[3]d +++\n", job, last.to, last.status); err != nil {
		return err
	}
	return f.Close()
}

// job is the id of the shell that runs the steps.
const job = 99

// step is a program's trace.
type step struct {
	text     []byte
	pid      int
	from, to string // times of its first and last line
	status   int
}

// trace runs a program of a shell.
func trace(dir string, i int, program string) (s step, err error) {
	name := fmt.Sprintf("%s/%d.log", dir, i)
	cmd := exec.Command("strace", "-f", "-tt", "-T", "-y", "-o", name, "sh", "-c", program)
	cmd.Dir = dir
	_ = cmd.Run() // some fail, and shall
	if s.text, err = os.ReadFile(name); err != nil {
		return s, err
	}
	if s.status = cmd.ProcessState.ExitCode(); s.status < 0 {
		return s, errors.New("it was killed")
	}
	lines := bytes.Split(bytes.TrimSpace(s.text), []byte("\n"))
	if _, err := fmt.Sscan(string(lines[0]), &s.pid, &s.from); err != nil {
		return s, err
	}
	_, err = fmt.Sscan(string(lines[len(lines)-1]), new(int), &s.to)
	return s, err
}

// write puts the step between the lines in which the job starts it and waits for it.
func (s step) write(w *bytes.Buffer) {
	fmt.Fprintf(w, "%d %s clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f1d5e5c1a10) = %d <0.000101>\n", job, s.from, s.pid)
	fmt.Fprintf(w, "%d %s wait4(-1,  <unfinished ...>\n", job, s.from)
	w.Write(s.text)
	fmt.Fprintf(w, "%d %s <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == %d}], 0, NULL) = %d <0.300217>\n", job, s.to, s.status, s.pid)
	fmt.Fprintf(w, "%d %s --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=%d, si_uid=0, si_status=%d, si_utime=0, si_stime=0} ---\n", job, s.to, s.pid, s.status)
}
