package analyze

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// What a blocked call waits for, and who holds that up, in words.

// waitedFor is what a blocked call is about, "" when that isn't known.
func (f *facts) waitedFor(st *replay.Step) string {
	if len(st.Paths) > 0 {
		return cmp.Or(f.state.Abs(st.Paths[0]), st.Given[0], f.state.Describe(st.File))
	}
	what := f.state.Describe(st.File)
	if st.File != nil && st.File.Path != "" {
		what = cmp.Or(f.state.Abs(st.File.Path), what)
	}
	if what == "" && st.FD >= 0 {
		return fmt.Sprintf("descriptor %d", st.FD)
	}
	return what
}

// of is " from /tmp/x", "" when the thing is not known.
func of(word, obj string) string {
	if obj == "" {
		return ""
	}
	return " " + word + " " + obj
}

// isTold says whether the text of a wait says already what was found.
func isTold(found string) bool {
	return found == fifoAlone || strings.HasPrefix(found, lockHeld) || strings.HasPrefix(found, mutexHeld) || strings.HasPrefix(found, endsFirst)
}

// What the tracer has found of who holds up a wait; a process or thread in brackets
// follows (tracer/waits_linux.go, futex_linux.go).
const (
	lockHeld  = "the lock is held by "
	mutexHeld = "the mutex is held by thread "
	endsFirst = "what has to end first is thread "
	// A disk, or a file system with a server (tracer/disk_linux.go).
	kernelHolds = "the kernel does not let it be interrupted"
	serverHolds = "the file system waits"
	fifoAlone   = "it is a FIFO, of which nobody has opened the other end"
	leaseHeld   = "the lease on it is held by "
)

// waitText says what a wait is for, and who holds that.
func (f *facts) waitText(w *wait) string {
	switch found := w.found(); {
	case w.asks:
		return "for an answer from " + f.state.AbsAddr(w.file.Sock.Peer)
	case w.sentTo() != "":
		return "for an answer to the datagram that it has sent to " + w.sentTo()
	case strings.HasPrefix(found, leaseHeld):
		return fmt.Sprintf("for the lease on %s to be given back", f.waitedFor(w.st))
	case strings.HasPrefix(found, mutexHeld):
		return fmt.Sprintf("for the mutex that thread %d holds", w.holder())
	case strings.HasPrefix(found, kernelHolds) && f.waitedFor(w.st) != "":
		return fmt.Sprintf("for the disk or file system behind %s", f.waitedFor(w.st))
	case strings.HasPrefix(found, kernelHolds):
		return "for a disk or file system"
	case strings.HasPrefix(found, serverHolds):
		_, server, _ := strings.Cut(found, " for its server ")
		return fmt.Sprintf("for %s of the file system behind %s", cmp.Or(server, "the server"), orIt(f.waitedFor(w.st)))
	case found == fifoAlone:
		return "for somebody to open the other end of " + orIt(f.waitedFor(w.st))
	case strings.HasPrefix(found, endsFirst):
		return fmt.Sprintf("for thread %d to end", w.holder())
	}
	text := f.waitsFor(w.st, f.waitedFor(w.st))
	if who, ok := strings.CutPrefix(w.found(), lockHeld); ok {
		text = strings.Replace(text, "another process", who, 1)
	}
	return text
}

func (f *facts) waitsFor(st *replay.Step, obj string) string {
	switch name := waitsIn(st.Event.Call); name {
	case "open", "openat":
		if c := st.Event.Call; c.Arg(1).Has("O_NONBLOCK") || c.Arg(2).Has("O_NONBLOCK") { // no FIFO: that would not block
			return fmt.Sprintf("for %s to be opened", orIt(obj))
		}
		return fmt.Sprintf("for %s to be opened: a FIFO of which nobody opens the other end, or a file system that does not answer", orIt(obj))
	case "flock", "fcntl":
		return fmt.Sprintf("for the lock%s, which another process holds", of("on", obj))
	case "connect":
		return fmt.Sprintf("for an answer to its connect to %s", f.state.AbsAddr(st.Addr))
	case "semop", "semtimedop":
		return fmt.Sprintf("for a semaphore of set %d", st.Event.Call.Arg(0).Int)
	case "read", "recvfrom", "recvmsg", "msgrcv", "mq_timedreceive":
		return "for something to read" + of("from", obj)
	case "write", "writev", "sendto", "sendmsg":
		return "for room to write" + of("to", obj)
	case "msgsnd", "mq_timedsend":
		return "for room in a message queue"
	case "futex":
		if isShared(st.Event.Call) {
			return "for another thread or process"
		}
		return "for another thread"
	case "wait4", "waitid":
		return "for a child to end"
	case "nanosleep", "clock_nanosleep":
		return "for a time to pass"
	case "pause", "rt_sigsuspend":
		return "for a signal"
	case "accept", "accept4":
		return "for a client to connect"
	case "epoll_wait", "epoll_pwait", "epoll_pwait2":
		return "for something to happen on the descriptors that it watches"
	default:
		if obj != "" {
			return fmt.Sprintf("in %s for something to happen on %s", name, obj)
		}
		return fmt.Sprintf("in %s", name)
	}
}

// found is what was seen of who holds up the wait: "the lock is held by sh[12]"; ""
// when nothing was.
func (w *wait) found() string { return w.hist.found(w.st) }

func (h *history) found(st *replay.Step) string {
	if s := h.waits[st.Event.TID]; s != nil && len(s.Text) > 0 {
		return s.Text[0]
	}
	return ""
}

// holder is the process that is named in it, 0 if none.
func (w *wait) holder() int {
	text := w.found()
	i := strings.LastIndexByte(text, '[')
	pid, err := strconv.Atoi(strings.TrimSuffix(text[i+1:], "]"))
	if i < 0 || err != nil {
		return 0
	}
	return pid
}

// hangAdvice is how to find out more of a wait.
func (f *facts) hangAdvice(w *wait) []string {
	switch pid, call := w.holder(), w.st.Event.Call.Name; {
	case w.heir != nil:
		return []string{fmt.Sprintf("let what %s leaves in the background not have its output: > /dev/null 2>&1, or a log of its own, or setsid and closed descriptors", w.heir.hist.proc.Parent.Name())}
	case strings.HasPrefix(w.found(), kernelHolds):
		return []string{"look at what is below the file system, a server or a disk: findmnt -T " + shell(orIt(f.waitedFor(w.st))), "look at the kernel's log: dmesg | tail"}
	case strings.HasPrefix(w.found(), serverHolds) && pid != 0:
		return []string{fmt.Sprintf("see what its server does: stracex why -p %d --for 5s", pid), "which file system it is: findmnt -T " + shell(orIt(f.waitedFor(w.st)))}
	case strings.HasPrefix(w.found(), serverHolds):
		return []string{"which file system it is, and its server: findmnt -T " + shell(orIt(f.waitedFor(w.st))), "look at the kernel's log: dmesg | tail"}
	case call == "futex":
		return []string{fmt.Sprintf("while it hangs, see where its threads are: gdb -p %d -batch -ex 'thread apply all bt', or the language's own means: kill -QUIT %[1]d for Go and Java", w.hist.proc.PID)}
	case w.asks:
		return []string{fmt.Sprintf("see what is behind %s, and what that does: stracex why --follow-peers, or why -p PID --for 5s", f.state.AbsAddr(w.file.Sock.Peer))}
	case call != "flock" && call != "fcntl":
		return otherAdvice(w)
	case pid == w.hist.proc.PID:
		return []string{fmt.Sprintf("%s has taken the lock itself, through another descriptor: find where it locks %s twice", w.hist.proc.Name(), f.waitedFor(w.st))}
	case pid != 0:
		return []string{fmt.Sprintf("see what process %d does: stracex why -p %d --for 5s", pid, pid)}
	}
	if file := f.waitedFor(w.st); strings.HasPrefix(file, "/") {
		return []string{"see who holds the lock: lslocks | grep -F " + shell(file)}
	}
	return []string{"see who holds the lock: lslocks"}
}

// sentTo is where the datagram went that a wait is for the answer to; "" if it is not for one.
func (w *wait) sentTo() string {
	if w.file == nil || w.file.Sock == nil || !w.file.Asked {
		return ""
	}
	return w.file.Sock.SentTo
}

// otherAdvice is how to find out more of a wait that is no lock.
func otherAdvice(w *wait) []string {
	c := w.st.Event.Call
	switch name := waitsIn(c); name {
	case "semop", "semtimedop":
		return []string{fmt.Sprintf("see who had it last: ipcs -s -i %d", c.Arg(0).Int)}
	case "msgrcv", "msgsnd":
		return []string{fmt.Sprintf("see who uses the queue: ipcs -q -i %d", c.Arg(0).Int)}
	case "nanosleep", "clock_nanosleep":
		return []string{"it sleeps by its own will: look at what it did right before, -v shows it"}
	}
	if to := w.sentTo(); to != "" {
		return []string{fmt.Sprintf("see who listens there: ss -lunp, for the port of %s. A datagram that nobody takes brings no refusal to a socket that is not connected: check address and port, and firewalls", to)}
	}
	if w.file != nil && w.file.Sock != nil && w.hist.proc.PID > 0 && w.hist.proc.PID < NoPID {
		return []string{fmt.Sprintf("see what it is connected to, and what that does: ss -xtunp | grep pid=%d", w.hist.proc.PID)}
	}
	return nil
}
