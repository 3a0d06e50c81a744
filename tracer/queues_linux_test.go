package tracer

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Who answers over a message queue is attached to, whether it waits there already or
// has only the queue open.
func TestPeerQueue(t *testing.T) {
	queue := program(t, "queue")
	for kind, name := range map[string]string{"sysv": fmt.Sprint(os.Getpid()), "posix": fmt.Sprint("/stracex-test-", os.Getpid())} {
		t.Run(kind, func(t *testing.T) {
			t.Cleanup(func() { removeQueue(kind, name) })
			s := servingBy(t, t.TempDir(), queue, "serve", kind, name)
			c := follow(t, Options{Argv: []string{queue, "ask", kind, name, "hello over " + kind}})
			if !slices.Contains(c.attachedTo(), s.pid) {
				t.Errorf("attached to %d, not to %d", c.attachedTo(), s.pid)
			}
			sent := 0
			for _, tc := range c.calls() {
				if tc.name != "msgsnd" && tc.name != "mq_timedsend" {
					continue
				}
				if m := memAt(tc.enter.Mem, tc.enter.Args[1]); strings.HasSuffix(string(m.Data), "hello over "+kind) {
					sent++
				}
			}
			if sent != 2 {
				t.Errorf("the text was sent %d times", sent)
			}
			undisturbed(t, s.pid)
			works(t, t.TempDir(), []string{queue, "ask", kind, name, "once more"})
		})
	}
}

func removeQueue(kind, name string) {
	if kind == "posix" {
		for _, n := range []string{name, name + "-r"} {
			p, _ := unix.BytePtrFromString(strings.TrimPrefix(n, "/"))
			unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(p)), 0, 0)
		}
		return
	}
	var key int
	fmt.Sscan(name, &key)
	if id, _, err := unix.Syscall(unix.SYS_MSGGET, uintptr(key), 0, 0); err == 0 {
		const ipcRMID = 0
		unix.Syscall(unix.SYS_MSGCTL, id, ipcRMID, 0)
	}
}

func TestQueueUsers(t *testing.T) {
	table := []byte(`       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime
     22290          4   600           0          0  8893  8909     0     0     0     0 1795895790 1795895790 1795895789
     22291         45   600           0          0     0     0     0     0     0     0          0          0 1795895789
`)
	for id, want := range map[int][]int{4: {8893, 8909}, 45: nil, 5: nil} {
		if got := queueUsers(table, id); !slices.Equal(got, want) {
			t.Errorf("queue %d: %d, want %d", id, got, want)
		}
	}
}
