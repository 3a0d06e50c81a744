package tracer

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// What the kernel's log says while a capture is made is noted: who was killed for want
// of memory, what a security module has denied, which disk fails. It may be read by
// root, and where sysctl kernel.dmesg_restrict is 0, by others
// (Documentation/ABI/testing/dev-kmsg).

// kernelLog reads /dev/kmsg from where it was when it was opened.
type kernelLog struct{ fd int }

func openKernelLog() kernelLog {
	fd, err := unix.Open("/dev/kmsg", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return kernelLog{-1}
	}
	if _, err := unix.Seek(fd, 0, unix.SEEK_END); err != nil {
		unix.Close(fd)
		return kernelLog{-1}
	}
	return kernelLog{fd}
}

func (l kernelLog) close() {
	if l.fd >= 0 {
		unix.Close(l.fd)
	}
}

const (
	maxKernelLines = 100   // that are noted
	maxKernelReads = 10000 // the log may grow faster than it is read
)

// lines gives what was written since and matters.
func (l kernelLog) lines() (list []string) {
	buf := make([]byte, 8192) // of one line at most: CONSOLE_EXT_LOG_MAX
	for range maxKernelReads {
		n, err := unix.Read(l.fd, buf)
		if err == unix.EPIPE { // older lines were overwritten
			continue
		}
		if err != nil || len(list) == maxKernelLines {
			break
		}
		if line, ok := parseKernelLine(buf[:n]); ok && line.matters() {
			list = append(list, line.text)
		}
	}
	return list
}

// kernelLine is a line of the kernel's log.
type kernelLine struct {
	level int // 0 an emergency … 7 for debugging (syslog(2))
	text  string
}

// parseKernelLine reads "6,339,5140900,-;text\n KEY=value\n". What programs have
// written there is left out: its facility is not 0.
func parseKernelLine(record []byte) (l kernelLine, ok bool) {
	head, rest, ok := bytes.Cut(record, []byte(";"))
	priority, _, _ := bytes.Cut(head, []byte(","))
	text, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(priority))
	return kernelLine{level: n, text: strings.TrimSpace(string(text))}, ok && err == nil && n>>3 == 0
}

// process is how the kernel names one: "sh[12]: segfault at …", "Killed process 12
// (sh)", "… pid=12 comm="sh"".
var process = regexp.MustCompile(`^[^ ]+\[\d+\]|\bprocess \d+|\bpid=\d+`)

// shortage is how it says that it has no more of something, or waits for a server.
var shortage = regexp.MustCompile(`^cgroup: .*rejected|\btable (full|overflow)|\bnot responding\b`)

// matters: it names a process, is an error or worse, or tells of a shortage.
func (l *kernelLine) matters() bool {
	const isError = 3 // KERN_ERR (linux/kern_levels.h)
	return l.level <= isError || process.MatchString(l.text) || shortage.MatchString(l.text)
}

// tellKernelLog notes what the kernel's log says, and the audit log.
func (e *engine) tellKernelLog() {
	for _, line := range append(e.kernelLog.lines(), e.auditLog.lines()...) {
		e.note(0, "kernel", line)
	}
}
