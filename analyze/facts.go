package analyze

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// facts are what is kept of the trace; everything else is forgotten when the
// next event comes. All lists are bounded, so that no trace can fill memory.
type facts struct {
	state *replay.State
	procs map[*replay.Process]*history
	order []*history
	words words
	// signals sent by kill and its family, for "who killed it".
	kills []sent
	last  *event.Event
	// lastFailure by thread takes the evidence that follows it.
	lastFailure map[int]*failure
	files       map[string]bool
	calls       int
	moves       int // calls that move bytes; none in a log made with strace -e trace=file
	cut         int // strings that the trace has only the beginning of
	untraced    []*reaped
	harmless    map[string]bool // failures in processes that ended well
	remarks     []*remark
}

// history is what is kept of one process.
type history struct {
	proc     *replay.Process
	failures []*failure
	byKey    map[string]*failure
	hits     map[string]hit // by base name: the last call that found it
	lines    []*line
	partial  map[*replay.File]*line
	empty    []*source          // files and pipes that ended without a byte
	sources  map[string]*source // what was found or opened without an error, by path
	servers  []*source          // name servers it asked
	talked   *source            // the peer that it exchanged bytes with last
	limits   map[string]string  // resource limits that were set, by name
	signals  []*event.Event
	forks    []*replay.Step
	blocked  []*replay.Step       // the calls in which its threads were when all ended
	restart  map[int]*replay.Step // by thread: its last call, if a signal broke it off
	lastPath map[int]*failure     // by thread: a failure whose next path call is awaited
	execSeq  int                  // Seq of the last execve
}

// position is a place in the trace and in a process.
type position struct {
	index int // of the event
	seq   int // of the call within its process
}

// hit is a call that found what others looked for.
type hit struct {
	pos  position
	path string
	name string
}

// source is something that a process read from.
type source struct {
	file  *replay.File
	first position // when it was found first; pos is the last time
	ev    *event.Event
	pos   position
	path  string
}

// sent is a signal sent by one process to another.
type sent struct {
	ev     *event.Event
	by     *replay.Process
	target int
	signal string
}

// reaped is a child whose status was seen, but not its calls.
type reaped struct {
	by     *history
	pid    int
	code   int
	signal string
	ev     *event.Event
	pos    position
}

// failure is a call that failed, or the same failure several times.
type failure struct {
	hist    *history
	step    replay.Step // of the last occurrence
	name    string
	errno   string
	path    string // absolute, may hold replay's mark until the end
	path2   string
	given   string
	addr    string
	program string
	at      []position // every occurrence, at most maxOccurrences
	count   int
	tid     int
	tcalls  int // calls of its thread so far
	// next is the next call with a path by the same thread.
	next *hit
	// handed: the thread ended, or woke another one, right after the failure.
	handed string
	seen   *event.Seen
	during bool // SO_ERROR: the failure of an earlier connect
}

const (
	maxFailures    = 20000 // of one process
	maxOccurrences = 64
	maxHits        = 50000
	maxEmpty       = 200
	maxSources     = 20000
	maxKills       = 1000
	maxBlocked     = 1000
	maxSignals     = 100
	maxForks       = 100000
)

func newFacts() *facts {
	return &facts{state: replay.New(), procs: map[*replay.Process]*history{}, words: words{read: map[*history][]*passed{}}, lastFailure: map[int]*failure{}, files: map[string]bool{}}
}

func (f *facts) history(p *replay.Process) *history {
	h := f.procs[p]
	if h == nil {
		h = &history{proc: p, byKey: map[string]*failure{}, hits: map[string]hit{}, partial: map[*replay.File]*line{},
			sources: map[string]*source{}, lastPath: map[int]*failure{}, restart: map[int]*replay.Step{}}
		f.procs[p] = h
		f.order = append(f.order, h)
	}
	return h
}

// add takes the next event.
func (f *facts) add(e *event.Event) {
	st := f.state.Apply(e)
	if e.File != "" && len(f.files) < 1000 {
		f.files[e.File] = true
	}
	f.last = e
	if st.Proc == nil {
		f.noted(e)
		f.words.output(e)
		return
	}
	h := f.history(st.Proc)
	switch e.Kind {
	case event.Returned:
		f.calls++
		if readWrite[e.Call.Name] != 0 {
			f.moves++
		}
		f.returned(h, &st)
	case event.Signal:
		h.signaled(e)
	case event.Evidence:
		if l := f.lastFailure[e.TID]; l != nil && e.Evidence != nil {
			l.seen = e.Evidence
		}
	case event.Exited:
		if l := f.lastFailure[e.TID]; l != nil && st.Thread != nil && st.Thread.Calls-l.tcalls <= handOver && st.Proc.Threads > 0 {
			l.handed = "its thread ended right after it"
		}
	}
}

func (f *facts) returned(h *history, st *replay.Step) {
	c := st.Event.Call
	switch {
	case c.Unfinished:
		h.block(st)
	case strings.HasPrefix(c.Ret.Errno, "ERESTART") || c.Ret.Errno == "EINTR":
		h.restart[st.Event.TID] = st
	default:
		delete(h.restart, st.Event.TID)
	}
	f.noteCut(c)
	switch {
	case failed(c, st):
		f.failed(h, st)
	case c.Ret.Known:
		f.succeeded(h, st)
	}
}

// block remembers the call that a thread was in when the trace ended, or when
// a signal ended it.
func (h *history) block(st *replay.Step) {
	h.blocked = slices.DeleteFunc(h.blocked, func(o *replay.Step) bool { return o.Event.TID == st.Event.TID })
	h.blocked = append(h.blocked, st)
	if len(h.blocked) > maxBlocked {
		h.blocked = h.blocked[1:]
	}
}

// failed: besides plain errors, a connect that went on in the background and
// whose error was fetched later.
func failed(c *event.Call, st *replay.Step) bool {
	return c.Ret.Failed() || pendingError(c, st) != ""
}

// pendingError is the error that a call brought although it succeeded: one
// that getsockopt(SO_ERROR) fetched, or a netlink answer; "" if none.
func pendingError(c *event.Call, st *replay.Step) string {
	if st.File.Netlink() && readWrite[c.Name] == isRead {
		text, _ := transfer(c)
		if e := netlinkBytes(text); e != "" {
			return e
		}
		return netlinkError(c.Arg(1), 0)
	}
	if c.Name != "getsockopt" || c.Ret.Failed() || !c.Arg(2).Has("SO_ERROR") {
		return ""
	}
	v := c.Arg(3).Final()
	if len(v.Elems) > 0 {
		v = v.Elems[0]
	}
	switch {
	case v.Kind == event.Symbol && strings.HasPrefix(v.Str, "E"):
		return v.Str
	case v.Kind == event.Int && v.Int > 0: // older straces write the number
		return abi.ErrnoName(int(v.Int))
	}
	return ""
}

// netlinkBytes reads the error of a raw NLMSG_ERROR: type 2 in a header of 16
// bytes, then the negative errno (netlink(7), linux/netlink.h).
func netlinkBytes(s string) string {
	if len(s) < 20 || s[4] != 2 || s[5] != 0 {
		return ""
	}
	n := int32(uint32(s[16]) | uint32(s[17])<<8 | uint32(s[18])<<16 | uint32(s[19])<<24)
	if n >= 0 {
		return ""
	}
	return abi.ErrnoName(int(-n))
}

// netlinkError finds error=-ENAME in a decoded NLMSG_ERROR (netlink(7)).
func netlinkError(v event.Value, depth int) string {
	if v.Name == "error" {
		if name, ok := strings.CutPrefix(v.Str, "-E"); ok {
			return "E" + name
		}
	}
	for i := 0; i < len(v.Elems) && depth < 8 && i < 64; i++ {
		if e := netlinkError(v.Elems[i], depth+1); e != "" {
			return e
		}
	}
	return ""
}

func (f *facts) failed(h *history, st *replay.Step) {
	c := st.Event.Call
	x := &failure{hist: h, step: *st, name: c.Name, errno: c.Ret.Errno, addr: st.Addr, program: st.Proc.Program, tid: st.Event.TID}
	switch e := pendingError(c, st); {
	case e != "" && c.Name == "getsockopt":
		x.errno, x.during = e, true
	case e != "":
		x.errno = e
	}
	if len(st.Paths) > 0 {
		x.path, x.given = st.Paths[0], st.Given[0]
		if len(st.Paths) > 1 {
			x.path2 = st.Paths[1]
		}
	} else if st.File != nil && x.addr == "" {
		x.path = st.File.Path
	}
	if p, ok := strings.CutPrefix(x.addr, "unix:"); ok && x.path == "" && !strings.HasPrefix(p, "@") {
		x.path = p
	}
	x.tcalls = st.Thread.Calls
	x = h.keep(x, position{st.Event.Index, st.Seq})
	f.lastFailure[st.Event.TID] = x
	if x.given != "" {
		h.followed(st, false)
		h.lastPath[st.Event.TID] = x
	}
}

// keep files the failure, together with earlier ones of the same kind.
func (h *history) keep(x *failure, at position) *failure {
	key := x.name + "\x00" + x.errno + "\x00" + x.path + "\x00" + x.path2 + "\x00" + x.given + "\x00" + x.addr + "\x00" + x.program
	if x.path == "" && x.addr == "" && x.given == "" {
		// Without a name, failures of one kind count as one only when they
		// are about the same descriptor.
		key += "\x00" + x.step.Event.Call.Arg(0).Str + "\x00" + itoa(x.step.FD)
	}
	if old := h.byKey[key]; old != nil {
		old.step, old.tid, old.tcalls, old.next, old.handed = x.step, x.tid, x.tcalls, nil, ""
		x = old
	} else {
		h.byKey[key] = x
		h.failures = append(h.failures, x)
		if len(h.failures) > maxFailures {
			h.forget()
		}
	}
	x.count++
	x.at = append(x.at, at)
	if len(x.at) > maxOccurrences {
		x.at = append(x.at[:1], x.at[2:]...)
	}
	return x
}

// forget drops the older half of the failures.
func (h *history) forget() {
	half := len(h.failures) / 2
	h.failures = append([]*failure(nil), h.failures[half:]...)
	h.byKey = map[string]*failure{}
}

func (f *facts) succeeded(h *history, st *replay.Step) {
	c := st.Event.Call
	if len(st.Paths) > 0 {
		h.followed(st, true)
		h.found(st)
	}
	f.handOver(st)
	switch c.Name {
	case "execve", "execveat":
		h.execSeq = st.Seq
	case "clone", "clone3", "fork", "vfork":
		if st.Child != nil && len(h.forks) < maxForks {
			h.forks = append(h.forks, st)
		}
	case "wait4", "waitid", "waitpid":
		f.waited(h, st)
	case "connect":
		h.asked(st)
	case "prlimit64", "setrlimit":
		h.limited(c)
	case "io_uring_setup":
		f.rings(st.Proc)
	case "kill", "tkill", "tgkill", "pidfd_send_signal":
		f.killed(st)
	}
	switch readWrite[c.Name] {
	case isRead:
		f.read(h, st)
	case isWrite:
		f.write(h, st)
	}
}

// limited remembers the limits that a process set for itself and its children.
func (h *history) limited(c *event.Call) {
	i := len(c.Args) - 2 // prlimit64(pid, resource, new, old)
	if c.Name == "setrlimit" {
		i = 1
	}
	if cur := c.Arg(i).Field("rlim_cur"); cur.Kind != event.None && c.Arg(i-1).Kind == event.Symbol && !strings.HasSuffix(cur.Str, "INFINITY") {
		h.limit(c.Arg(i-1).Str, string(event.AppendValue(nil, cur, event.Format{})))
	}
}

func (h *history) limit(name, value string) {
	if h.limits == nil {
		h.limits = map[string]string{}
	}
	if len(h.limits) < 64 {
		h.limits[name] = value
	}
}

// limitOf is a limit that the process, or one that it came from, has set; ""
// when none is known.
func (f *facts) limitOf(p *replay.Process, name string) string {
	for depth := 0; p != nil && depth < 1000; p, depth = p.Parent, depth+1 {
		if h := f.procs[p]; h != nil && h.limits[name] != "" {
			return h.limits[name]
		}
	}
	return ""
}

// asked remembers the name servers.
func (h *history) asked(st *replay.Step) {
	if strings.HasSuffix(st.Addr, ":53") && len(h.servers) < 100 {
		h.servers = append(h.servers, &source{file: st.File, ev: st.Event, pos: position{st.Event.Index, st.Seq}})
	}
}

// followed tells the thread's last failure what its next call with a path was.
func (h *history) followed(st *replay.Step, ok bool) {
	x := h.lastPath[st.Event.TID]
	if x == nil {
		return
	}
	delete(h.lastPath, st.Event.TID)
	n := &hit{pos: position{st.Event.Index, st.Seq}, name: st.Event.Call.Name}
	if ok {
		n.path = st.Paths[0]
	}
	x.next = n
}

// found remembers that something of this name is there.
func (h *history) found(st *replay.Step) {
	if len(h.hits) >= maxHits {
		return
	}
	p := st.Paths[0]
	if p == "" && len(st.Given) > 0 {
		p = st.Given[0]
	}
	base := path.Base(p)
	at := position{st.Event.Index, st.Seq}
	h.hits[base] = hit{at, p, st.Event.Call.Name}
	if old := h.sources[p]; old != nil {
		old.pos, old.ev = at, st.Event
		if st.Made != nil {
			old.file = st.Made
		}
	} else if len(h.sources) < maxSources {
		h.sources[p] = &source{file: st.Made, first: at, ev: st.Event, pos: at, path: p}
	}
}

// handOver is how many calls after a failure a thread may end or wake another
// one for the failure to be what it hands over.
const handOver = 4

func (f *facts) handOver(st *replay.Step) {
	l := f.lastFailure[st.Event.TID]
	if l == nil || l.handed != "" || st.Thread.Calls-l.tcalls > handOver || st.Proc.Threads < 2 {
		return
	}
	c := st.Event.Call
	switch {
	case c.Name == "futex" && strings.Contains(c.Arg(1).Str, "FUTEX_WAKE") && c.Ret.Value > 0,
		c.Name == "write" && st.File != nil && (st.File.Kind == replay.OtherFile || st.File.Kind == replay.PipeFile):
		l.handed = "its thread woke another one right after it"
	}
}

func (f *facts) killed(st *replay.Step) {
	c := st.Event.Call
	if len(f.kills) >= maxKills {
		return
	}
	target, sig := c.Arg(0), c.Arg(1)
	if c.Name == "tgkill" {
		target, sig = c.Arg(1), c.Arg(2)
	}
	f.kills = append(f.kills, sent{st.Event, st.Proc, int(target.Int), sig.Str})
}

// waited notes children whose calls are not in the trace.
func (f *facts) waited(h *history, st *replay.Step) {
	if st.Child != nil && st.Child.Seen {
		return
	}
	c := st.Event.Call
	code, signal, ok := c.Arg(1).Final().WaitStatus()
	if !ok || (code == 0 && signal == "") || len(f.untraced) > 1000 {
		return
	}
	f.untraced = append(f.untraced, &reaped{h, int(c.Ret.Value), code, signal, st.Event, position{st.Event.Index, st.Seq}})
}

func (h *history) signaled(e *event.Event) {
	h.signals = append(h.signals, e)
	if len(h.signals) > maxSignals {
		h.signals = h.signals[1:]
	}
	if !endsFromOutside(e) {
		return
	}
	for _, tid := range slices.Sorted(maps.Keys(h.restart)) {
		h.block(h.restart[tid])
	}
}

func (f *facts) noteCut(c *event.Call) {
	for i := range c.Args {
		if c.Args[i].Kind == event.String && c.Args[i].Cut {
			f.cut++
			return
		}
	}
}
