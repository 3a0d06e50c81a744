package main

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// decorator writes behind descriptors what they point to (strace -y), as far as
// the trace tells: paths are as they were opened. What a log says itself stays.
type decorator struct {
	state *replay.State
	// names are pipes' and sockets' numbers, where a snapshot has them.
	names map[*replay.File]string
}

func newDecorator() *decorator {
	return &decorator{state: replay.New(), names: map[*replay.File]string{}}
}

// event gives the event with its descriptors decorated; e stays as it is.
func (d *decorator) event(e *event.Event) *event.Event {
	if e.Call == nil || e.Call.Partial {
		d.state.Apply(e)
		d.learn(e)
		return e
	}
	shown, call := *e, *e.Call
	shown.Call = &call
	call.SetArgs(slices.Clone(call.Args()))
	d.args(&shown, abi.In) // before the call takes effect: it may be close
	d.state.Apply(e)
	d.args(&shown, abi.Out)
	if desc := abi.Lookup(call.Name); desc != nil && call.Ret.Known && call.Ret.Errno == "" && !call.Ret.HasDeco &&
		(desc.Ret == abi.FD || call.Arg(1).Has("F_DUPFD") || call.Arg(1).Has("F_DUPFD_CLOEXEC")) {
		call.Ret.Deco, call.Ret.HasDeco = d.file(e.TID, call.Ret.Value)
	}
	return &shown
}

// learn takes the numbers of pipes and sockets from a snapshot.
func (d *decorator) learn(e *event.Event) {
	t := d.state.Thread(e.TID)
	if e.Kind != event.Snapshot || e.Process == nil || t == nil {
		return
	}
	for _, fd := range e.Process.FDs {
		f := t.Files.Get(fd.N)
		if f != nil && (f.Kind == replay.PipeFile && strings.HasPrefix(fd.Target, "pipe:[") ||
			f.Kind == replay.SocketFile && strings.HasPrefix(fd.Target, "socket:[")) {
			d.names[f] = fd.Target
		}
	}
}

// args decorates the arguments that the program gave (In), or those that the
// kernel has filled (Out).
func (d *decorator) args(e *event.Event, when abi.Dir) {
	desc := abi.Lookup(e.Call.Name)
	if desc == nil {
		return
	}
	for i, v := range e.Call.Args()[:min(len(e.Call.Args()), len(desc.Args))] {
		a := &desc.Args[i]
		dir := abi.In
		if a.Dir&abi.InOut == abi.Out {
			dir = abi.Out
		}
		if dir == when {
			e.Call.Args()[i] = d.arg(e.TID, a, v)
		}
	}
}

func (d *decorator) arg(tid int, a *abi.Arg, v event.Value) event.Value {
	fd := func(v event.Value) event.Value { return d.descriptor(tid, v) }
	switch {
	case a.Kind == abi.FD, a.Kind == abi.DirFD:
		return fd(v)
	case a.Kind == abi.FDPair, a.Set == "fd_set":
		return within(v, fd)
	case a.Set == "pollfd":
		return within(v, func(v event.Value) event.Value { return named(v, "fd", fd) })
	case a.Kind == abi.MsgHdr, a.Kind == abi.MMsgHdr:
		return passed(v, fd)
	}
	return v
}

// passed decorates the descriptors that a message carries.
func passed(v event.Value, fd func(event.Value) event.Value) event.Value {
	if v.Kind == event.Struct && v.Field("cmsg_type").Has("SCM_RIGHTS") {
		return named(v, "cmsg_data", func(v event.Value) event.Value { return within(v, fd) })
	}
	if v.Kind != event.Struct && v.Kind != event.Array || v.Name == "msg_iov" {
		return v
	}
	return within(v, func(v event.Value) event.Value { return passed(v, fd) })
}

// within gives the value with each element changed by f.
func within(v event.Value, f func(event.Value) event.Value) event.Value {
	v.Elems = slices.Clone(v.Elems)
	for i, e := range v.Elems {
		v.Elems[i] = f(e)
	}
	return v
}

// named gives a struct with the named member changed by f.
func named(v event.Value, name string, f func(event.Value) event.Value) event.Value {
	return within(v, func(v event.Value) event.Value {
		if v.Name == name {
			return f(v)
		}
		return v
	})
}

func (d *decorator) descriptor(tid int, v event.Value) event.Value {
	n, ok := v.FD()
	t := d.state.Thread(tid)
	switch {
	case !ok || v.HasDeco || t == nil || v.Kind == event.Addr:
	case v.Kind == event.Symbol:
		v.Deco = d.state.Abs(t.FS.Cwd)
		v.HasDeco = v.Deco != ""
	default:
		v.Deco, v.HasDeco = d.file(tid, int64(n))
	}
	return v
}

// file says what a thread's descriptor points to; ok is false when that is not
// known.
func (d *decorator) file(tid int, n int64) (text string, ok bool) {
	t := d.state.Thread(tid)
	if t == nil || n < 0 || n != int64(int32(n)) {
		return "", false
	}
	f := t.Files.Get(int(n))
	if f == nil {
		return "", false
	}
	switch f.Kind {
	case replay.PathFile:
		text = d.state.Abs(f.Path)
	case replay.OtherFile:
		text = anonymous(f)
	case replay.SocketFile:
		text = d.socket(f)
	}
	if text == "" {
		text = d.names[f]
	}
	return text, text != ""
}

// anonymous is what /proc/PID/fd says of files without a path.
func anonymous(f *replay.File) string {
	name := map[string]string{
		"eventfd": "[eventfd]", "epoll_create": "[eventpoll]", "timerfd_create": "[timerfd]", "signalfd": "[signalfd]",
		"inotify_init": "inotify", "fanotify_init": "[fanotify]", "userfaultfd": "[userfaultfd]",
		"perf_event_open": "[perf_event]", "io_uring_setup": "[io_uring]",
	}[f.Path]
	switch {
	case name != "":
		return "anon_inode:" + name
	case f.Path == "memfd_create" && !f.Opened.None():
		return "/memfd:" + f.Opened.Event().Call.Arg(0).Str + " (deleted)"
	case strings.HasPrefix(f.Path, "anon_inode:"):
		return f.Path
	}
	return ""
}

// socket writes an internet socket by its addresses, as strace -yy does:
// TCP:[local->peer], as far as they are known.
func (d *decorator) socket(f *replay.File) string {
	s := f.Sock
	if s == nil {
		return ""
	}
	local := s.Local
	if strings.HasSuffix(local, ":0") { // the kernel chose the port
		local = ""
	}
	if local+s.Peer == "" || strings.ContainsAny(local+s.Peer, "<> ") {
		return ""
	}
	var text string
	switch kind, _, _ := strings.Cut(s.Type, "|"); {
	case kind == "SOCK_STREAM", kind == "" && strings.HasPrefix(f.Opened.Name(), "accept"):
		text = "TCP"
	case kind == "SOCK_DGRAM":
		text = "UDP"
	default:
		return ""
	}
	switch s.Family {
	case "AF_INET":
	case "AF_INET6":
		text += "v6"
	default:
		return ""
	}
	text += ":[" + local
	if s.Peer != "" {
		text += "->" + s.Peer
	}
	return text + "]"
}
