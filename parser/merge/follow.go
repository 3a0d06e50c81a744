package merge

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// kill is a signal that a process sends to another, or to one of its threads.
type kill struct {
	by     int // thread-group id
	to     int // thread or thread-group id, 0 for several
	signal string
}

// maxCounted bounds the memory for signals with made-up senders.
const maxCounted = 1 << 16

// follow takes note of an event that is given: others may have waited for it.
func (m *Reader) follow(s *source, e *event.Event) {
	switch e.Kind {
	case event.Entered, event.Returned:
		m.followCall(s, e)
	case event.Signal:
		s.group.fatal = e.Signal.Name
		if n := signalNeed(e.Signal); n.kind == wantKill && len(m.taken) < maxCounted {
			if o := m.byTID[n.pid]; o != nil && o.group != nil {
				m.taken[kill{o.group.leader, s.TID, n.signal}]++
			}
		}
	case event.Exited:
		if e.Exit.SupersededBy == 0 {
			s.over()
		}
	}
}

func (m *Reader) followCall(s *source, e *event.Event) {
	c := e.Call
	if e.Kind == event.Returned {
		s.group.followBytes(c)
	}
	done := e.Kind == event.Returned && c.Ret.Known && c.Ret.Errno == ""
	switch c.Name {
	case "exit_group":
		s.left, s.group.leaving = true, true
	case "exit":
		s.left = true
	case "execve", "execveat":
		if done || e.Kind == event.Entered && m.renamed[s.group.leader] != nil {
			s.execed, s.group.leaving = true, len(s.group.living) > 1
			s.group.closeAll(false)
		}
	case "clone", "clone3", "fork", "vfork":
		if done && c.Ret.Value > 0 {
			m.made(s, e)
		}
	case "futex", "futex_time64":
		if e.Kind == event.Returned {
			m.followFutex(s, c)
		}
	default:
		at, ok := killArg[c.Name]
		if ok && e.Kind == event.Returned && c.Ret.Errno == "" && len(m.sent) < maxCounted {
			to := int(max(c.Arg(at-1).Int, 0))
			if c.Name == "pidfd_send_signal" {
				to = 0
			}
			m.sent[kill{s.group.leader, to, strings.Clone(c.Arg(at).Str)}]++
		}
	}
}

// killArg is which argument of a call that sends a signal is the signal; the one
// before it says to whom.
var killArg = map[string]int{
	"kill": 1, "tkill": 1, "tgkill": 2, "rt_sigqueueinfo": 1, "rt_tgsigqueueinfo": 2, "pidfd_send_signal": 1,
}

func makesChild(name string) bool {
	switch name {
	case "clone", "clone3", "fork", "vfork":
		return true
	}
	return false
}

// made takes note of a child: it may begin now.
func (m *Reader) made(s *source, e *event.Event) {
	c := m.byTID[int(e.Call.Ret.Value)]
	if c == nil || c == s || c.born {
		return
	}
	c.born = true
	switch {
	case c.birth == 0:
		m.adopt(c, s, !hasFlag(e.Call, "CLONE_THREAD"))
		m.bornAt(c, e)
		m.queue.fix(c)
		m.going = nil // children first
	case c.Head.Call == "execve":
		m.roots--
	}
	if e.Call.Name == "vfork" || hasFlag(e.Call, "CLONE_VFORK") {
		s.child = c
	}
}

// hasFlag looks for a flag of clone(2), or of clone3(2)'s struct.
func hasFlag(c *event.Call, flag string) bool {
	return slices.ContainsFunc(c.Args(), func(v event.Value) bool { return v.Has(flag) || v.Field("flags").Has(flag) })
}

// reaped is the child whose end a wait has told of, 0 if none.
func reaped(c *event.Call) int {
	var status event.Value
	pid := c.Ret.Value
	switch c.Name {
	case "wait4", "waitpid":
		status = c.Arg(1).Final()
	case "waitid":
		info := c.Arg(2).Final()
		pid = info.Field("si_pid").Int
		if code := info.Field("si_code").Str; code == "CLD_STOPPED" || code == "CLD_CONTINUED" || code == "CLD_TRAPPED" {
			return 0
		}
	default:
		return 0
	}
	if !c.Ret.Known || c.Ret.Errno != "" || c.Partial || pid <= 0 {
		return 0
	}
	if _, _, told := status.WaitStatus(); !told && !status.IsNull() && c.Name != "waitid" {
		return 0 // it was stopped
	}
	return int(pid)
}

// execve is one that a thread of a process called whose id it has taken over: it
// begins in that thread's file and ends in the other.
type execve struct {
	index int // of its Entered event
	args  []event.Value
}

// rename joins the two parts of such a call.
func (m *Reader) rename(s *source, e *event.Event) *event.Event {
	if e.Kind != event.Returned {
		return e
	}
	if whole := m.renamed[s.TID]; whole != nil && e.Call.Partial && strings.HasPrefix(e.Call.Name, "execve") {
		delete(m.renamed, s.TID)
		e.Call.SetArgs(whole.args)
		e.Call.Partial, e.Call.Entered = false, whole.index
		e.Call.SetShown(len(whole.args))
	}
	to, ok := strings.CutPrefix(e.Call.Ret.Note, "pid changed to ")
	pid, err := strconv.Atoi(to)
	if !ok || err != nil || m.byTID[pid] == nil || !e.Call.Unfinished || e.Call.Entered >= 0 {
		return e
	}
	first := e.Keep()
	first.Kind = event.Entered
	first.Call.Unfinished, first.Call.Ret = false, event.Result{}
	m.renamed[pid] = &execve{first.Index, first.Call.Args()}
	return first
}
