package analyze

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// The kernel's log tells what no call shows: who was killed for want of memory, what
// a security module has denied.

// kernelLine is a line of the kernel's log, written while the capture was made.
type kernelLine struct {
	pid  int // 0 when it names no process
	text string
}

const (
	maxKernelLines = 200
	maxKernelLine  = 1 << 10 // bytes of each; the kernel's own have no more
	maxKernelNotes = 3       // that are told
)

// kernelPID is how the kernel names a process: "sh[12]: segfault at …", "Killed
// process 12 (sh)", "… pid=12 comm="sh"".
var kernelPID = regexp.MustCompile(`^[^ ]+\[(\d+)\]|\bprocess (\d+)|\bpid=(\d+)`)

// kernelSays keeps a line of the kernel's log.
func (f *facts) kernelSays(e *event.Event) {
	if len(f.kernel) >= maxKernelLines {
		return
	}
	l := kernelLine{text: strings.Clone(e.Text[:min(len(e.Text), maxKernelLine)])}
	for _, number := range kernelPID.FindStringSubmatch(l.text) {
		if pid, err := strconv.Atoi(number); err == nil {
			l.pid = pid
		}
	}
	f.kernel = append(f.kernel, l)
}

// kernelNotes are the lines about the machine, and those about the process that a cause
// is of, unless the cause is told by them.
func (f *facts) kernelNotes(c *Cause) (out []Note) {
	pid := c.PID
	if text, _ := f.outOfMemory(pid); text != "" && c.Kind == "signal" {
		pid = 0
	}
	for _, l := range f.kernel {
		if (l.pid == 0 || l.pid == pid) && len(out) < maxKernelNotes {
			out = append(out, Note{"kernel", "the kernel's log says: " + l.text})
		}
	}
	return out
}

// outOfMemory is what the kernel says of a process that it has killed for want of
// memory, as "Memory cgroup out of memory: Killed process 2319 (perl) …,
// anon-rss:30464kB, …" after "oom-kill:constraint=…,oom_memcg=/job,…,pid=2319,uid=0"
// (mm/oom_kill.c); "" when it has not. group is the control group whose limit it was,
// "" for the machine's own memory.
func (f *facts) outOfMemory(pid int) (text, group string) {
	for _, l := range f.kernel {
		if l.pid != pid {
			continue
		}
		if _, rest, ok := strings.Cut(l.text, ",oom_memcg="); ok && strings.HasPrefix(l.text, "oom-kill:") {
			group, _, _ = strings.Cut(rest, ",")
		}
		if strings.Contains(l.text, "ut of memory") && strings.Contains(l.text, fmt.Sprintf("Killed process %d ", pid)) {
			text = l.text
		}
	}
	return text, group
}

// memoryUsed is how much a process had, in the words of such a line, "" if it doesn't
// say so.
func memoryUsed(text string) string {
	_, rest, _ := strings.Cut(text, " anon-rss:")
	used, _, _ := strings.Cut(rest, ",")
	return strings.Replace(used, "kB", " KiB", 1)
}

// killedForMemory says so of a process, if the kernel's log does.
func (f *facts) killedForMemory(out *Cause) bool {
	text, group := f.outOfMemory(out.PID)
	if text == "" {
		return false
	}
	name := name(f.state.Process(out.PID))
	of, do := "the machine has no more memory", "give the machine more memory, or swap, or let the program use less: free -h tells"
	if group != "" {
		of = "the control group " + group + " may have no more memory"
		do = "raise the memory limit of the control group " + group + " (of its container or unit: docker run --memory, systemd MemoryMax=), or let the program use less"
	}
	out.Summary += ", for want of memory"
	out.Explanation = fmt.Sprintf("The kernel killed %s, since %s.", name, of)
	if used := memoryUsed(text); used != "" {
		out.Explanation += fmt.Sprintf(" It used %s.", used)
	}
	out.Reasons = append(out.Reasons, "the kernel's log says: "+text)
	out.Advice = []string{do}
	return true
}
