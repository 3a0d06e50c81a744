package analyze_test

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/event"
)

// killed gives the diagnosis of a process that was killed while the kernel's log said
// this.
func killed(t *testing.T, kernel ...string) *analyze.Diagnosis {
	t.Helper()
	a := analyze.New()
	for _, e := range events(t, "2319 execve(\"/usr/bin/perl\", [\"perl\"], 0x7ffc00000000 /* 1 var */) = 0\n") {
		a.Add(e)
	}
	for _, line := range kernel {
		a.Add(&event.Event{Kind: event.Comment, Code: "kernel", Text: line})
	}
	for _, e := range events(t, "2319 +++ killed by SIGKILL +++\n") {
		a.Add(e)
	}
	return a.Diagnose()
}

func TestOutOfMemory(t *testing.T) {
	const (
		group  = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/job,task_memcg=/job,task=perl,pid=2319,uid=0"
		inIt   = "Memory cgroup out of memory: Killed process 2319 (perl) total-vm:105548kB, anon-rss:30464kB, file-rss:4520kB, shmem-rss:0kB, UID:0"
		ofAll  = "Out of memory: Killed process 2319 (perl) total-vm:105548kB, anon-rss:30464kB, file-rss:4520kB"
		others = "Out of memory: Killed process 23190 (perl) total-vm:105548kB, anon-rss:30464kB"
	)
	for _, c := range []struct {
		name   string
		kernel []string
		want   string // in summary, explanation or advice
		not    string
	}{
		{"of a group", []string{group, inIt}, "the control group /job may have no more memory. It used 30464 KiB.", "kill -9"},
		{"of the machine", []string{ofAll}, "the machine has no more memory. It used 30464 KiB.", "control group"},
		{"another process", []string{others}, "by kill -9, or by the kernel", "for want of memory"},
		{"no word of memory", []string{"perl[2319]: segfault at 8"}, "by kill -9, or by the kernel", "for want of memory"},
		{"nothing", nil, "by kill -9, or by the kernel", "for want of memory"},
	} {
		d := killed(t, c.kernel...)
		if len(d.Causes) == 0 || d.Causes[0].Kind != "signal" {
			t.Fatalf("%s: %+v", c.name, d.Causes)
		}
		x := d.Causes[0]
		text := strings.Join(append([]string{x.Summary, x.Explanation}, x.Advice...), "\n")
		if !strings.Contains(text, c.want) || strings.Contains(text, c.not) {
			t.Errorf("%s: %s", c.name, text)
		}
	}
}

// Lines about other processes are none of the diagnosis's; those about the machine are.
func TestKernelNotes(t *testing.T) {
	d := killed(t, "EXT4-fs error (device sda1): ext4_lookup:1: bad", "cat[7]: segfault at 8", "audit: type=1400 pid=2319 comm=\"perl\"")
	var got []string
	for _, n := range d.Notes {
		if n.Code == "kernel" {
			got = append(got, n.Text)
		}
	}
	if len(got) != 2 || !strings.Contains(got[0], "EXT4-fs error") || !strings.Contains(got[1], "pid=2319") {
		t.Errorf("notes %q", got)
	}
}
