package tracer

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

func TestKernelLine(t *testing.T) {
	for record, want := range map[string]string{
		"6,1,3232903666,-;segv[2312]: segfault at 8 ip 000055c7 sp 00007ffd error 6 in segv[1132,55c7+1000]\n": "segv[2312]: segfault",
		"6,1,3232903694,c;Code: 64 ff ff ff c6 05 fd\n":                                                        "",
		"3,1,1,-;Memory cgroup out of memory: Killed process 2319 (perl) total-vm:105548kB\n":                  "Memory cgroup out of memory",
		"6,1,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/t1,task=perl,pid=2319,uid=0\n":                "oom-kill:",
		"6,1,1,-;[   2319]     0  2319    26387     8746 perl\n":                                               "",
		"4,1,1,-;perl invoked oom-killer: gfp_mask=0xcc0\n":                                                    "",
		"5,1,1,-;audit: type=1400 audit(1.2:3): apparmor=\"DENIED\" operation=\"open\" pid=77 comm=\"cat\"\n":  "audit: type=1400",
		"6,1,1,-;cgroup: fork rejected by pids controller in /job\n":                                           "cgroup: fork rejected",
		"6,1,1,-;cgroup: Unknown subsys name 'x'\n":                                                            "",
		"4,1,1,-;nf_conntrack: nf_conntrack: table full, dropping packet\n":                                    "nf_conntrack",
		"5,1,1,-;nfs: server files not responding, still trying\n":                                             "nfs: server",
		"2,1,1,-;EXT4-fs error (device sda1): ext4_lookup:1: inode #2: bad\n SUBSYSTEM=block\n":                "EXT4-fs error",
		"6,1,1,-;eth0: link becomes ready\n":                                                                   "",
		"11,1,1,-;app[12]: written to /dev/kmsg by a program\n":                                                "",
		"x,1,1,-;sh[1]: a\n": "",
		"6":                  "",
		"":                   "",
	} {
		line, ok := parseKernelLine([]byte(record))
		switch ok = ok && line.matters(); {
		case ok != (want != ""), !strings.HasPrefix(line.text, want), strings.Contains(line.text, "\n"):
			t.Errorf("%q: %v, %q", record, ok, line.text)
		}
	}
}

// memoryGroup makes a control group whose processes may have 20 MB of memory.
func memoryGroup(t *testing.T) (dir string) {
	t.Helper()
	name, limit := "memory/", "memory.limit_in_bytes" // cgroup v1
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		name, limit = "", "memory.max"
	}
	dir = fmt.Sprint("/sys/fs/cgroup/", name, "stracex-test-", os.Getpid())
	err := os.Mkdir(dir, 0o755)
	if err == nil {
		t.Cleanup(func() { os.Remove(dir) })
		err = os.WriteFile(dir+"/"+limit, []byte("20M"), 0)
	}
	if err != nil {
		t.Skip("no control group can be made here:", err)
	}
	return dir
}

// Who is killed for want of memory is named in the capture.
func TestKernelLog(t *testing.T) {
	log := openKernelLog()
	if log.fd < 0 {
		t.Skip("the kernel's log can't be read here")
	}
	log.close()
	group := memoryGroup(t)
	c := trace(t, Options{Argv: []string{"sh", "-c", "echo $$ >$0/cgroup.procs; exec $1", group, program(t, "hog")}})
	if c.result.Signal != int(unix.SIGKILL) {
		t.Fatalf("%+v", c.result)
	}
	want := fmt.Sprintf("Killed process %d (hog)", c.result.PID)
	if !slices.ContainsFunc(c.notes("kernel"), func(r *stx.Record) bool { return strings.Contains(r.Note.Text, want) }) {
		t.Errorf("no note has %q: %d notes", want, len(c.notes("kernel")))
	}
}
