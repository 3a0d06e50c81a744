package replay

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// State is all that is known of the traced processes at one point of the trace.
type State struct {
	// Root is the traced command: the first process of the trace.
	Root *Process
	// All lists every process seen, in order of appearance.
	All []*Process

	threads map[int]*Thread
	pending []*Thread // threads inside a call that makes a child
	nextID  int
	sent    []inflight // descriptors on their way through SCM_RIGHTS
	queues  map[string]*File
	asked   map[int]*File // sockets whose peer is this process, which has not connected yet
	listen  map[string]*File
	dial    map[string][]*File // connected, not yet accepted
	std     [3]*File
	bases   []string // see cwd.go
	calls   map[string]*call
	table   pathTable
	keeper  event.Keeper
	ends    map[end]*File
	fifos   map[string]*Pipe // by what they are called in a capture
	recent  *Thread          // of the last event
	// The last step, and room for its paths.
	step         Step
	paths, given [2]string
}

// Step is an event with what it was about. It is valid until the next event is
// taken or peeked at; Keep gives one that lasts.
type Step struct {
	Event  *event.Event
	Thread *Thread
	Proc   *Process
	Seq    int // number of this call within the process
	// Paths are the absolute paths of the call's path arguments, in order, ""
	// when not known; Given as written in the call. They go through
	// [State.Abs] before anybody sees them.
	Paths []string
	Given []string
	// Dir is the directory that a relative Paths[0] was resolved against.
	Dir string
	// DirFile is the open file of the descriptor it was relative to.
	DirFile *File
	// File is the open file of the first descriptor argument, as it was before
	// the call; for calls that make one, Made is the new one.
	File *File
	FD   int // that descriptor, -1 when there is none
	// Origin is the call that gave FD its file, none when not in the trace.
	Origin event.Kept
	Made   *File
	EOF    bool // the read that met the end of File first
	// Addr is the socket address the call named or used.
	Addr string
	// FS as the thread saw it.
	FS FS
	// Child is the process that the call created or reaped.
	Child *Process
	// Watched are the files that a kept step of poll(2) or its like waits for.
	Watched []*File

	keeper *event.Keeper
	kept   event.Kept
}

// New returns the state before the first event.
func New() *State {
	s := &State{threads: map[int]*Thread{}, listen: map[string]*File{}, dial: map[string][]*File{}, calls: map[string]*call{}, ends: map[end]*File{}, asked: map[int]*File{}, fifos: map[string]*Pipe{}, table: newPathTable()}
	for i := range s.std {
		s.std[i] = s.newFile(UnknownFile, event.Kept{}, nil)
		s.std[i].Std = i + 1
	}
	return s
}

func (s *State) newFile(k FileKind, e event.Kept, p *Process) *File {
	s.nextID++
	return &File{ID: s.nextID, Kind: k, Opened: e, By: p}
}

// Thread gives the thread with this id, nil when it has not been seen.
func (s *State) Thread(tid int) *Thread { return s.threads[tid] }

// Process gives the living or last process with this id, nil when unknown.
func (s *State) Process(pid int) *Process {
	if t := s.threads[pid]; t != nil {
		return t.Proc
	}
	return nil
}

// Keep gives a copy of the step that lasts.
func (st *Step) Keep() *Step {
	st.Event = st.Event.Keep()
	k := *st
	k.Paths, k.Given = slices.Clone(st.Paths), slices.Clone(st.Given)
	k.Watched = st.watched()
	return &k
}

// Kept keeps the step's event.
func (st *Step) Kept() event.Kept {
	if st.kept.None() {
		st.kept = st.keeper.Keep(st.Event)
	}
	return st.kept
}

// begin makes the step of an event.
func (s *State) begin(e *event.Event, t *Thread) *Step {
	st := &s.step
	*st = Step{Event: e, Thread: t, FD: -1, keeper: &s.keeper, Paths: s.paths[:0], Given: s.given[:0]}
	if t != nil {
		st.Proc, st.FS = t.Proc, *t.FS
	}
	return st
}

// Apply takes the next event and says what it was about. What it keeps of a
// Borrowed one is a copy.
func (s *State) Apply(e *event.Event) *Step {
	switch e.Kind {
	case event.Unknown, event.Output, event.Comment:
		return s.begin(e, nil)
	case event.Started:
		return s.started(e.Keep())
	}
	t := s.thread(e)
	t.Proc.Last, t.Proc.Seen, t.seen = e.Index, true, true
	switch e.Kind {
	case event.Entered:
		t.Inside, t.Since = true, e.Time
		if makesChild(e.Call.Name) {
			t.Pending = e.Keep()
			s.pending = append(s.pending, t)
		}
	case event.Returned:
		s.leave(t)
		t.Inside = false
		t.Calls++
		t.Proc.Calls++
		return s.returned(e, t)
	case event.Exited:
		e = e.Keep()
		s.exited(t, e)
	case event.Signal:
		s.childEnded(t, e)
	case event.Snapshot:
		st := s.begin(e, t)
		s.snapshot(t, e.Process)
		return st
	}
	return s.begin(e, t)
}

// returned takes a call that has ended.
func (s *State) returned(e *event.Event, t *Thread) *Step {
	k := s.call(e.Call.Name)
	if k.keeps {
		e = e.Keep()
	}
	st := s.begin(e, t)
	st.Seq = t.Proc.Calls
	if k.silent && ok(e.Call) {
		s.resolveFD(st, k)
		return st
	}
	s.resolve(st, k)
	if k.effect != nil {
		k.effect(s, st, e.Call)
	}
	return st
}

// Peek says what a call is about, as Apply does, before it takes effect: what
// it closes is still open. For other events the Step is empty.
func (s *State) Peek(e *event.Event) *Step {
	if e.Call == nil {
		return s.begin(e, nil)
	}
	st := s.begin(e, s.thread(e))
	s.resolve(st, s.call(e.Call.Name))
	return st
}

func (s *State) leave(t *Thread) {
	if t.Pending == nil {
		return
	}
	t.Pending = nil
	for i, p := range s.pending {
		if p == t {
			s.pending = append(s.pending[:i], s.pending[i+1:]...)
			break
		}
	}
}

// thread gives the event's thread; one that was never announced is the child
// of a thread that is just making one, or else stands by itself.
func (s *State) thread(e *event.Event) *Thread {
	if t := s.recent; t != nil && t.TID == e.TID && !t.Ended {
		return t
	}
	if t := s.threads[e.TID]; t != nil && !t.Ended {
		s.recent = t
		return t
	}
	e = e.Keep()
	if len(s.pending) > 0 {
		p := s.maker(e)
		return s.child(p, e.TID, cloneFlags(p.Pending.Call), p.Pending)
	}
	if t := s.threads[0]; t != nil && !t.Ended {
		return s.nowKnown(t, e.TID)
	}
	return s.orphan(e)
}

// maker is the thread in whose call the thread was made that begins with e: the one that
// has waited for the longest, unless what it makes begins otherwise. A thread of glibc's
// begins with rseq or set_robust_list, a forked process with the latter, a child of vfork
// with neither.
func (s *State) maker(e *event.Event) *Thread {
	if e.Call != nil && e.Call.Name != "set_robust_list" {
		for _, p := range s.pending {
			if isThread := cloneFlags(p.Pending.Call)&cloneThread != 0; isThread == (e.Call.Name == "rseq") {
				return p
			}
		}
	}
	return s.pending[0]
}

// nowKnown: a log of one process that has no column of ids, in whose middle a call
// tells the id. From there on its lines have it.
func (s *State) nowKnown(t *Thread, tid int) *Thread {
	delete(s.threads, 0)
	if t.Proc.PID == 0 {
		t.Proc.PID = tid
	}
	t.TID = tid
	s.know(t)
	return t
}

// orphan is a process whose birth the trace does not hold.
func (s *State) orphan(e *event.Event) *Thread {
	p := &Process{PID: e.TID, First: e, Last: e.Index, Threads: 1}
	t := &Thread{TID: e.TID, Proc: p, Files: newTable(), FS: &FS{Root: "/", Cwd: s.newBase()}}
	for i, f := range s.std {
		t.Files.set(i, f, false, event.Kept{})
	}
	p.Std = t.Files.std()
	s.add(p, t)
	return t
}

func (s *State) add(p *Process, t *Thread) {
	if s.Root == nil {
		s.Root = p
	}
	s.All = append(s.All, p)
	s.know(t)
}

// Aside says that all processes so far ran beside the command, which comes next.
func (s *State) Aside() {
	for _, p := range s.All {
		p.Before = p.Before || p.Parent == nil
	}
	s.Root = nil
}

// know has the thread be the one of its id.
func (s *State) know(t *Thread) { s.threads[t.TID], s.recent = t, nil }

// clone flags that matter here (linux/sched.h).
const (
	cloneFS     = 0x200
	cloneFiles  = 0x400
	cloneThread = 0x10000
	cloneParent = 0x8000
)

// child makes the thread tid, born of parent.
func (s *State) child(parent *Thread, tid int, flags uint64, e *event.Event) *Thread {
	t := &Thread{TID: tid, Files: parent.Files, FS: parent.FS}
	if flags&cloneFiles == 0 {
		t.Files = parent.Files.copy()
	}
	if flags&cloneFS == 0 {
		fs := *parent.FS
		t.FS = &fs
	}
	if flags&cloneThread != 0 {
		t.Proc = parent.Proc
		t.Proc.Threads++
		s.know(t)
		return t
	}
	pp := parent.Proc
	p := &Process{PID: tid, Parent: pp, Program: pp.Program, Argv: pp.Argv, Cred: pp.Cred, Forked: e, First: e, Last: e.Index, Threads: 1}
	if flags&cloneParent != 0 && pp.Parent != nil {
		p.Parent = pp.Parent
	}
	p.Parent.Children = append(p.Parent.Children, p)
	p.Std = t.Files.std()
	t.Proc = p
	s.add(p, t)
	return t
}

// started is a birth that the source announced itself.
func (s *State) started(e *event.Event) *Step {
	b := e.Start
	if b == nil {
		return s.begin(e, nil)
	}
	if t := s.threads[e.TID]; t != nil && !t.Ended {
		return s.begin(e, t)
	}
	parent := s.threads[b.Parent]
	var t *Thread
	switch {
	case b.Parent != 0 && parent != nil && !parent.Ended:
		t = s.child(parent, e.TID, b.Flags, e)
	case b.Attached && b.Parent == 0 && b.PID == 0 && len(s.pending) > 0:
		// strace's "Process N attached" for a new child
		t = s.thread(e)
	case b.PID != 0 && b.PID != e.TID && s.threads[b.PID] != nil:
		leader := s.threads[b.PID]
		t = s.child(leader, e.TID, cloneThread|cloneFiles|cloneFS, e)
	default:
		if b.Attached && b.PID == 0 && s.Root != nil {
			// A notice about a thread of which nothing is known yet: its
			// first call, or its parent's result, will say more.
			return s.begin(e, nil)
		}
		t = s.orphan(e)
		t.Proc.Before = b.Attached
		if !b.Attached && s.Root.Before {
			s.Root = t.Proc // the command, beside processes that were attached to
		}
	}
	return s.begin(e, t)
}

func (s *State) exited(t *Thread, e *event.Event) {
	s.leave(t)
	x := e.Exit
	if x == nil {
		return
	}
	if x.SupersededBy != 0 {
		s.supersede(t, x.SupersededBy)
		return
	}
	t.Ended = true
	p := t.Proc
	p.Threads--
	// The leader's status is the process's; a thread that calls exit alone
	// leaves the others running.
	if t.TID == p.PID || p.Threads <= 0 || x.Signal != "" {
		p.Exit, p.Ended = x, e
	}
}

// supersede: thread `by` of the same process has called execve and is known by
// the leader's id from now on.
func (s *State) supersede(leader *Thread, by int) {
	other := s.threads[by]
	if other == nil {
		return
	}
	delete(s.threads, by)
	s.recent = nil
	leader.Proc.Threads = 1
	leader.Files, leader.FS = other.Files, other.FS
	leader.Pending = other.Pending
	leader.Ended = false
}

func (s *State) snapshot(t *Thread, p *event.Process) {
	if p == nil {
		return
	}
	if p.At == "socket" {
		s.name(t, p.FDs)
		return
	}
	proc := t.Proc
	// A program is called by what was executed: the script, not its
	// interpreter; the link, not its target.
	if p.Exe != "" && p.At != "start" && (proc.Program == "" || strings.HasPrefix(proc.Program, "/proc/") || strings.HasPrefix(proc.Program, mark)) {
		proc.Program = p.Exe
	}
	if len(p.Argv) > 0 && p.At != "start" && len(proc.Argv) == 0 {
		proc.Argv = p.Argv
	}
	if p.Root != "" {
		t.FS.Root = p.Root
	}
	if p.Cwd != "" {
		s.learnCwd(t.FS, p.Cwd)
	}
	proc.Cred = Cred{Known: true, UID: p.UID[1], GID: p.GID[1], Groups: p.Groups, HasGroups: true}
	for _, fd := range p.FDs {
		s.seen(t, fd.N, fd.Target, fd.Flags&0o2000000 != 0)
	}
	s.name(t, p.FDs)
}

// vague says whether an annotation may tell something new of a file.
func (f *File) vague() bool {
	return f == nil || f.Kind == UnknownFile || f.Kind == SocketFile && f.Sock != nil && !f.Sock.joined
}

// seen takes what a snapshot or an annotation says of a descriptor.
func (s *State) seen(t *Thread, n int, target string, cloexec bool) *File {
	f := t.Files.Get(n)
	if f == nil {
		f = s.newFile(UnknownFile, event.Kept{}, t.Proc)
		t.Files.set(n, f, cloexec, event.Kept{})
	}
	if f.Kind == SocketFile {
		s.nameSocket(f, target)
	}
	if f.Kind != UnknownFile {
		return f
	}
	target = strings.Clone(target)
	switch {
	case strings.HasPrefix(target, "/"):
		f.Kind, f.Path, f.TTY = PathFile, strings.TrimSuffix(target, " (deleted)"), IsTerminal(target)
	case strings.HasPrefix(target, "pipe:"):
		f.Kind, f.Pipe = PipeFile, &Pipe{}
	case strings.HasPrefix(target, "socket:"), strings.HasPrefix(target, "TCP"), strings.HasPrefix(target, "UDP"), strings.HasPrefix(target, "UNIX"):
		f.Kind, f.Sock = SocketFile, &Socket{}
		s.nameSocket(f, target)
	case target != "":
		f.Kind, f.Path = OtherFile, target
	}
	return f
}

func makesChild(name string) bool {
	switch name {
	case "clone", "clone3", "fork", "vfork":
		return true
	}
	return false
}
