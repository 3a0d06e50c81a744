package tracer

import (
	"bufio"
	"io"
	"os"
	"regexp"
)

// Where auditd(8) runs, what a security module denies goes to its log instead of the
// kernel's. Root may read it.

const auditLogFile = "/var/log/audit/audit.log" // log_file of auditd.conf(5)

// auditLog is that log from where it was when it was opened; nil when it can't be read.
type auditLog struct{ file *os.File }

func openAuditLog(name string) auditLog {
	f, err := os.Open(name)
	if err != nil {
		return auditLog{}
	}
	if _, err := f.Seek(0, io.SeekEnd); err != nil {
		f.Close()
		return auditLog{}
	}
	return auditLog{f}
}

func (l auditLog) close() {
	if l.file != nil {
		l.file.Close()
	}
}

// maxAudit is how much of the log is read.
const maxAudit = 4 << 20

// refusal is how the log tells that something was denied, or ended a process:
// "type=AVC msg=audit(1364481363.243:24287): avc:  denied  { read } for  pid=3538 …".
var refusal = regexp.MustCompile(`^type=(AVC|USER_AVC|SECCOMP|ANOM_ABEND|APPARMOR_DENIED) .*\bpid=\d+`)

// lines gives what was written since and tells of a refusal.
func (l auditLog) lines() (list []string) {
	if l.file == nil {
		return nil
	}
	s := bufio.NewScanner(io.LimitReader(l.file, maxAudit))
	for s.Scan() && len(list) < maxKernelLines {
		if refusal.Match(s.Bytes()) {
			list = append(list, s.Text())
		}
	}
	return list
}
