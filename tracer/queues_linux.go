package tracer

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Message queues are met as FIFOs are: by who has the queue open, or for those of
// System V, that no process has open, by who used it last or is blocked in it.

// queueCalls are those that the engine needs to see for that.
const queueCalls = "msgsnd,msgrcv,mq_timedsend,mq_timedreceive"

// meetQueue attaches to who else uses a queue of System V (sysvipc(7)).
func (e *engine) meetQueue(t *thread, id int) {
	if e.peers.queues[id] {
		return
	}
	remember(&e.peers.queues, id, true)
	table, _ := readFile("/proc/sysvipc/msg")
	pids := queueUsers(table, id)
	for _, pid := range numbers("/proc") {
		if pid != t.pid && isInQueue(pid, id) {
			pids = append(pids, pid)
		}
	}
	e.meetAll(fmt.Sprintf("message queue %d", id), pids)
}

// queueUsers are who sent to a queue last and who received from it (proc(5),
// /proc/sysvipc): "key msqid perms cbytes qnum lspid lrpid …".
func queueUsers(table []byte, id int) (pids []int) {
	const msqid, lspid, lrpid = 1, 5, 6
	for line := range bytes.Lines(table) {
		f := strings.Fields(string(line))
		if len(f) <= lrpid || f[msqid] != strconv.Itoa(id) {
			continue
		}
		for _, n := range []string{f[lspid], f[lrpid]} {
			if pid, err := strconv.Atoi(n); err == nil && pid > 0 {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// isInQueue says whether a process is blocked in sending to a queue, or receiving.
func isInQueue(pid, id int) bool {
	enter := blockedIn(&thread{tid: pid, pid: pid})
	if enter == nil || int(int32(enter.Args[0])) != id {
		return false
	}
	name := native.CallName(enter.Nr)
	return name == "msgrcv" || name == "msgsnd"
}

// meetOpenQueue attaches to who else has a POSIX queue open (mq_overview(7)).
func (e *engine) meetOpenQueue(t *thread, fd int) {
	var st, other unix.Stat_t
	if unix.Stat(procPath("/proc", t.tid, "fd/"+strconv.Itoa(fd)), &st) != nil {
		return
	}
	f := fileOf(&st)
	if e.peers.looked[f] > 0 {
		return
	}
	remember(&e.peers.looked, f, 1)
	name := readLink(procPath("/proc", t.tid, "fd/"+strconv.Itoa(fd)))
	e.meetAll(name, holders(func(fd, target string) bool {
		return target == name && unix.Stat(fd, &other) == nil && fileOf(&other) == f
	}))
}
