package analyze

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// facts are what is kept of the trace; everything else is forgotten when the
// next event comes. All lists are bounded, so that no trace can fill memory.
type facts struct {
	cutCall  bool // the last call is one that the trace breaks off in
	timedOut bool // a time limit of the capture ended the command
	state    *replay.State
	procs    map[*replay.Process]*history
	order    []*history
	words    words
	recent   *history // of the last event
	// signals sent by kill and its family, for "who killed it".
	kills []sent
	// zombies are questions whether processes live, by process.
	zombies map[*replay.Process]*deadAsked
	last    int        // Index of the last event, -1 before the first
	now     event.Time // of the last event that has one
	file    string     // of the last event
	// lastFailure by thread takes the evidence that follows it.
	lastFailure map[int]*failure
	files       map[string]bool
	calls       int
	scope       scope
	untraced    []*reaped
	harmless    map[what]bool         // failures in processes that ended well
	unmade      map[string][]*failure // by what they were to make
	missed      map[string]int        // what was missed, and where last; made when it is asked for
	lastFound   map[string]int        // what was found, likewise
	remarks     []*remark
	kernel      []kernelLine
	running     []*replay.Process                // at work, in no call, when the trace ended
	listened    map[string]*replay.Process       // by address: who listened there last
	failedWith  map[string][]*replay.Process     // by argument; made when it is asked for
	badReaders  map[*replay.Pipe]*replay.Process // by their input, the first that failed; made when it is asked for
	variables   map[string]string                // of the last execve that had other ones, see variables.go
	set         int                              // how many variables are kept
	needy       *replay.Process                  // the last that needs was asked of
	needed      map[*replay.Process]bool         // the failed processes that were to make what it misses
	memory      memory
}

// history is what is kept of one process.
type history struct {
	proc       *replay.Process
	failures   []*failure
	byKey      map[uint64]*failure // by hash of the key
	byBase     map[string]*source  // the last that was found of a base name; set by settle
	byStem     map[string]*source  // of a path without its endings; likewise
	lines      []*line
	partial    map[*replay.File]*line
	empty      []*source          // files and pipes that ended without a byte
	noLibrary  *source            // see libraries.go
	alive      *source            // see alive.go
	machine    uint16             // that its first library is for
	machineSeq int                // when that was loaded
	short      *source            // the last write that was cut short
	sources    map[string]*source // what was found or opened without an error, by path
	servers    []*source          // name servers it asked
	talked     *source            // the peer that it exchanged bytes with last
	limits     map[string]string  // resource limits that were set, by name
	signals    []*event.Event
	blocked    []*replay.Step // the calls in which its threads were when all ended
	stopped    *event.Event   // the group-stop that it is in, nil for none
	// stayed: it was in that when it was ended from outside of the trace.
	stayed     *event.Event
	shares     bool                 // it has mapped memory to write to that others may share
	toldToEnd  int                  // its calls when it was interrupted or asked to end, 0 if it was not
	waits      map[int]*event.Seen  // by thread: what holds up the call it is in
	restart    map[int]*replay.Step // by thread: its last call, if a signal broke it off
	lastPath   map[int]*failure     // by thread: a failure whose next path call is awaited
	execSeq    int                  // Seq of the last execve
	lastCall   string               // name of the last call that has ended
	left       bool                 // a call of its own ended it
	closedOwn  bool                 // it has closed its standard input or output
	unnumbered map[string]string    // failed paths by what they are without digits, "" for several; made when it is asked for
	refused    map[string]*failure  // see refusedAt; made when it is asked for
	missing    map[string]bool      // see missedAt; made when it is asked for
	shared     map[string]*source   // see sharedObject; made when it is asked for
	variables  map[string]string    // see variables.go
	unseen     map[string]bool      // what looks did not find, see inTheWay; made when it is asked for
	// spokeUp, when it is known: it said something that reached somebody.
	spokeUp, spokeKnown bool
	cost                int // bytes that failures, sources and lines take
}

// position is a place in the trace and in a process.
type position struct {
	index int // of the event
	seq   int // of the call within its process
}

const (
	maxFailures    = 20000 // of one process
	maxOccurrences = 64
	maxEmpty       = 200
	maxSources     = 50000
	maxKills       = 1000
	maxBlocked     = 1000
	maxSignals     = 100
)

func newFacts() *facts {
	return &facts{state: replay.New(), last: -1, procs: map[*replay.Process]*history{}, words: words{read: map[*history][]*passed{}}, lastFailure: map[int]*failure{}, files: map[string]bool{}, harmless: map[what]bool{}, zombies: map[*replay.Process]*deadAsked{}}
}

func (f *facts) history(p *replay.Process) *history {
	if f.recent != nil && f.recent.proc == p {
		return f.recent
	}
	h := f.procs[p]
	if h == nil {
		h = &history{proc: p}
		f.procs[p] = h
		f.order = append(f.order, h)
	}
	f.recent = h
	return h
}

// add takes the next event. What it keeps of a Borrowed one is a copy.
func (f *facts) add(e *event.Event) {
	st := f.state.Apply(e)
	if e.File != f.file && e.File != "" && len(f.files) < 1000 {
		f.files[e.File] = true
		f.file = e.File
	}
	f.last = e.Index
	if e.Time.Clock != event.NoClock {
		f.now = e.Time
	}
	if st.Proc == nil {
		e = e.Keep()
		f.noted(e)
		f.words.output(e)
		return
	}
	h := f.history(st.Proc)
	switch e.Kind {
	case event.Returned:
		f.calls++
		f.returned(h, st)
	case event.Stopped:
		h.stopped = e.Keep()
	case event.Signal:
		h.signaled(e.Keep())
		if h.stopped != nil && endsFromOutside(e) && f.state.Process(int(e.Signal.Info.Field("si_pid").Int)) == nil {
			h.stayed = h.stopped // timeout(1) sends SIGCONT after its signal
		}
	case event.Evidence:
		if st.Thread.Inside && e.Evidence != nil {
			h.waiting(e)
			return
		}
		if l := f.lastFailure[e.TID]; l != nil && e.Evidence != nil && !l.lacksFirst() {
			l.seen = e.Evidence
		}
	case event.Exited:
		if st.Proc.Exit != nil && st.Proc.Threads <= 0 {
			f.memory.ended(h)
		}
	}
}

func (f *facts) returned(h *history, st *replay.Step) {
	c := st.Event.Call
	if !c.Unfinished {
		h.stopped = nil
	}
	moves := readWrite[c.Name]
	f.scope.add(st.Event, moves != 0)
	f.cutCall = c.Unfinished && c.Entered < 0
	h.lastCall = c.Name
	switch {
	case c.Unfinished:
		h.block(h.begun(st))
	case strings.HasSuffix(c.Name, "sigreturn"): // its result is that of the call that the signal broke off
	case strings.HasPrefix(c.Ret.Errno, "ERESTART") || c.Ret.Errno == "EINTR":
		if h.restart == nil {
			h.restart = map[int]*replay.Step{}
		}
		h.restart[st.Event.TID] = h.begun(st)
		if callClass[c.Name] == "lock" {
			f.lockBroken(h, st)
		}
	case len(h.restart) > 0:
		delete(h.restart, st.Event.TID)
	}
	switch c.Name {
	case "exit":
		h.left = true
		f.threadEnded(st)
	case "exit_group", "_exit":
		h.left = true
	}
	switch {
	case failed(c, st):
		f.failed(h, st)
	case c.Ret.Known:
		f.succeeded(h, st, moves)
	case c.Name == "kill": // itself, and not a call that came back
		f.killed(h, st)
	}
}

// waiting remembers who holds up the call that a thread is in.
func (h *history) waiting(e *event.Event) {
	if h.waits == nil {
		h.waits = map[int]*event.Seen{}
	}
	h.waits[e.TID] = e.Evidence
}

// block remembers the call that a thread was in when the trace ended, or when
// a signal ended it.
// begun is a call as it began: restart_syscall goes on with the one that a signal broke
// off, and says no more than its name.
func (h *history) begun(st *replay.Step) *replay.Step {
	before, c := h.restart[st.Event.TID], st.Event.Call
	if before != nil && c.Name == "restart_syscall" && waitsIn(before.Event.Call) == waitsIn(c) {
		return before
	}
	return st.Keep()
}

func (h *history) block(st *replay.Step) {
	h.blocked = slices.DeleteFunc(h.blocked, func(o *replay.Step) bool { return o.Event.TID == st.Event.TID })
	h.blocked = append(h.blocked, st)
	if len(h.blocked) > maxBlocked {
		h.blocked = h.blocked[1:]
	}
}

func (f *facts) succeeded(h *history, st *replay.Step, moves way) {
	if len(st.Paths) > 0 {
		h.followed(st, true)
		if st.Given[0] != "" {
			f.found(h, st)
			f.placed(h, st)
		} else if s := h.sources[st.Paths[0]]; s != nil { // a look at a descriptor (AT_EMPTY_PATH)
			s.seen(st)
		}
	}
	if st.Proc.Threads > 1 {
		f.handOver(st)
	}
	switch moves {
	case isRead:
		f.read(h, st)
	case isWrite:
		f.write(h, st)
		f.wroteFile(h, st)
	default:
		if special := telling[st.Event.Call.Name]; special != nil {
			special(f, h, st)
		}
	}
}

// telling are calls that tell more than what they were about.
var telling = map[string]func(f *facts, h *history, st *replay.Step){
	"execve": (*facts).execed, "execveat": (*facts).execed,
	"mmap":  (*facts).mapped,
	"wait4": (*facts).waited, "waitid": (*facts).waited, "waitpid": (*facts).waited,
	"flock": (*facts).locked, "fcntl": (*facts).locked,
	"close":     (*facts).closed,
	"connect":   (*facts).asked,
	"listen":    (*facts).listens,
	"prlimit64": (*facts).limited, "setrlimit": (*facts).limited,
	"io_uring_setup": func(f *facts, _ *history, st *replay.Step) { f.rings(st.Proc) },
	"kill":           (*facts).killed, "tkill": (*facts).killed, "tgkill": (*facts).killed, "pidfd_send_signal": (*facts).killed,
}

// closed: a process that closes the standard input or output which it was given, not what
// the loader has opened in its place, did so itself.
func (f *facts) closed(h *history, st *replay.Step) {
	if (st.FD == 0 || st.FD == 1) && (st.File == nil || st.File.By != h.proc) {
		h.closedOwn = true
	}
}

func (f *facts) execed(h *history, st *replay.Step) {
	h.execSeq, h.closedOwn = st.Seq, false // the program is started without what was closed
	f.setPaths(h, st.Event.Call.Arg(len(st.Event.Call.Args())-envFromEnd(st.Event.Call.Name)))
}

// envFromEnd is the place of an execve's environment, from the end.
func envFromEnd(name string) int {
	if name == "execveat" {
		return 2 // execveat(dir, path, argv, envp, flags)
	}
	return 1
}

// limited remembers the limits that a process set for itself and its children.
func (f *facts) limited(h *history, st *replay.Step) {
	c := st.Event.Keep().Call
	i := len(c.Args()) - 2 // prlimit64(pid, resource, new, old)
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
func (f *facts) asked(h *history, st *replay.Step) {
	if strings.HasSuffix(st.Addr, ":53") && len(h.servers) < 100 {
		h.servers = append(h.servers, &source{file: st.File, ev: st.Kept(), pos: position{st.Event.Index, st.Seq}})
	}
}
