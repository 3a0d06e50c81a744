package replay

import (
	"path"
	"strings"

	"github.com/stracex/stracex/abi"
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
	listen  map[string]*File
	dial    map[string][]*File // connected, not yet accepted
	std     [3]*File
	bases   []string // see cwd.go
}

// Step is an event with what it was about.
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
	// Origin is the call that gave FD its file, nil when not in the trace.
	Origin *event.Event
	Made   *File
	// Addr is the socket address the call named or used.
	Addr string
	// FS as the thread saw it.
	FS FS
	// Child is the process that the call created or reaped.
	Child *Process
}

// New returns the state before the first event.
func New() *State {
	s := &State{threads: map[int]*Thread{}, listen: map[string]*File{}, dial: map[string][]*File{}}
	for i := range s.std {
		s.std[i] = s.newFile(UnknownFile, nil, nil)
		s.std[i].Std = i + 1
	}
	return s
}

func (s *State) newFile(k FileKind, e *event.Event, p *Process) *File {
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

// Apply takes the next event and says what it was about.
func (s *State) Apply(e *event.Event) Step {
	switch e.Kind {
	case event.Unknown, event.Output, event.Comment:
		return Step{Event: e, FD: -1}
	case event.Started:
		return s.started(e)
	}
	t := s.thread(e)
	st := Step{Event: e, Thread: t, Proc: t.Proc, FD: -1, FS: *t.FS}
	t.Proc.Last, t.Proc.Seen = e, true
	switch e.Kind {
	case event.Entered:
		t.Pending = e
		if makesChild(e.Call.Name) {
			s.pending = append(s.pending, t)
		}
		s.resolve(&st, e.Call)
	case event.Returned:
		s.leave(t)
		t.Calls++
		t.Proc.Calls++
		st.Seq = t.Proc.Calls
		s.resolve(&st, e.Call)
		if f := effects[e.Call.Name]; f != nil {
			f(s, &st, e.Call)
		}
	case event.Exited:
		s.exited(t, e)
	case event.Snapshot:
		s.snapshot(t, e.Process)
	}
	return st
}

// Peek says what a call is about, as Apply does, before it takes effect: what
// it closes is still open. For other events the Step is empty.
func (s *State) Peek(e *event.Event) Step {
	if e.Call == nil {
		return Step{Event: e, FD: -1}
	}
	t := s.thread(e)
	st := Step{Event: e, Thread: t, Proc: t.Proc, FD: -1, FS: *t.FS}
	s.resolve(&st, e.Call)
	return st
}

func (s *State) leave(t *Thread) {
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
	if t := s.threads[e.TID]; t != nil && !t.Ended {
		return t
	}
	if n := len(s.pending); n > 0 {
		p := s.pending[0]
		return s.child(p, e.TID, cloneFlags(p.Pending.Call), p.Pending)
	}
	return s.orphan(e)
}

// orphan is a process whose birth the trace does not hold.
func (s *State) orphan(e *event.Event) *Thread {
	p := &Process{PID: e.TID, First: e, Last: e, Threads: 1}
	t := &Thread{TID: e.TID, Proc: p, Files: newTable(), FS: &FS{Root: "/", Cwd: s.newBase()}}
	for i, f := range s.std {
		t.Files.set(i, f, false, nil)
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
	s.threads[t.TID] = t
}

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
		s.threads[tid] = t
		return t
	}
	pp := parent.Proc
	p := &Process{PID: tid, Parent: pp, Program: pp.Program, Argv: pp.Argv, Cred: pp.Cred, Forked: e, First: e, Last: e, Threads: 1}
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
func (s *State) started(e *event.Event) Step {
	st := Step{Event: e, FD: -1}
	b := e.Start
	if b == nil {
		return st
	}
	if t := s.threads[e.TID]; t != nil && !t.Ended {
		st.Thread, st.Proc = t, t.Proc
		return st
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
			return st
		}
		t = s.orphan(e)
		t.Proc.Before = b.Attached
	}
	st.Thread, st.Proc = t, t.Proc
	return st
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
	leader.Proc.Threads = 1
	leader.Files, leader.FS = other.Files, other.FS
	leader.Pending = other.Pending
	leader.Ended = false
}

func (s *State) snapshot(t *Thread, p *event.Process) {
	if p == nil {
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
}

// seen takes what a snapshot or an annotation says of a descriptor.
func (s *State) seen(t *Thread, n int, target string, cloexec bool) *File {
	f := t.Files.Get(n)
	if f == nil {
		f = s.newFile(UnknownFile, nil, t.Proc)
		t.Files.set(n, f, cloexec, nil)
	}
	if f.Kind != UnknownFile {
		return f
	}
	switch {
	case strings.HasPrefix(target, "/"):
		f.Kind, f.Path, f.TTY = PathFile, strings.TrimSuffix(target, " (deleted)"), IsTerminal(target)
	case strings.HasPrefix(target, "pipe:"):
		f.Kind, f.Pipe = PipeFile, &Pipe{}
	case strings.HasPrefix(target, "socket:"), strings.HasPrefix(target, "TCP"), strings.HasPrefix(target, "UDP"), strings.HasPrefix(target, "UNIX"):
		f.Kind, f.Sock = SocketFile, &Socket{}
	case target != "":
		f.Kind, f.Path = OtherFile, target
	}
	return f
}

// resolve works out which files and paths the call's arguments name.
func (s *State) resolve(st *Step, c *event.Call) {
	desc := abi.Lookup(c.Name)
	if desc == nil {
		return
	}
	t := st.Thread
	dir, dirKnown := t.FS.Cwd, true
	var dirFile *File
	n := min(len(desc.Args), len(c.Args))
	for i := 0; i < n; i++ {
		v := c.Args[i]
		switch desc.Args[i].Kind {
		case abi.FD:
			if st.FD < 0 {
				s.useFD(st, v)
			}
		case abi.DirFD:
			dir, dirFile, dirKnown = s.useDir(st, v)
		case abi.Path:
			if desc.Args[i].Dir == abi.Out || v.Kind != event.String {
				continue
			}
			s.addPath(st, v, dir, dirFile, dirKnown)
			dir, dirFile, dirKnown = t.FS.Cwd, nil, true
		case abi.SockAddr:
			if a, ok := event.SockAddr(v.Final()); ok {
				st.Addr = s.absAddr(t, a)
			}
		}
	}
	if st.FD < 0 && (c.Name == "poll" || c.Name == "ppoll") {
		s.useFD(st, c.Arg(0).Field("fd"))
	}
	if st.Addr == "" && st.File != nil && st.File.Sock != nil {
		st.Addr = st.File.Sock.Peer
	}
}

func (s *State) useFD(st *Step, v event.Value) {
	n, ok := v.FD()
	if !ok || n < 0 {
		return
	}
	st.FD = n
	st.File, st.Origin = st.Thread.Files.Get(n), st.Thread.Files.Origin(n)
	if v.HasDeco && (st.File == nil || st.File.Kind == UnknownFile) {
		st.File = s.seen(st.Thread, n, v.Deco, false)
	}
}

func (s *State) useDir(st *Step, v event.Value) (dir string, f *File, known bool) {
	n, ok := v.FD()
	if !ok {
		return "", nil, false
	}
	if n == atFDCWD {
		if v.HasDeco {
			s.learnCwd(st.Thread.FS, v.Deco)
		}
		return st.Thread.FS.Cwd, nil, true
	}
	f = st.Thread.Files.Get(n)
	if v.HasDeco && (f == nil || f.Kind == UnknownFile) {
		f = s.seen(st.Thread, n, v.Deco, false)
	}
	if st.FD < 0 {
		st.FD, st.File, st.Origin = n, f, st.Thread.Files.Origin(n)
	}
	if f == nil || f.Path == "" {
		return "", f, false
	}
	return f.Path, f, true
}

const atFDCWD = -100

func (s *State) addPath(st *Step, v event.Value, dir string, f *File, known bool) {
	st.Given = append(st.Given, v.Str)
	abs := ""
	switch {
	case v.Cut:
	case strings.HasPrefix(v.Str, "/"):
		abs = path.Clean(v.Str)
	case v.Str == "":
		if known && f != nil {
			abs = dir
		}
	case known && dir != "":
		abs = s.Join(dir, v.Str)
	}
	if len(st.Paths) == 0 {
		st.Dir, st.DirFile = dir, f
	}
	st.Paths = append(st.Paths, abs)
}

// absAddr makes a relative unix socket path absolute.
func (s *State) absAddr(t *Thread, a string) string {
	p, ok := strings.CutPrefix(a, "unix:")
	if !ok || p == "" || p[0] == '@' || p[0] == '/' {
		return a
	}
	if abs := s.Join(t.FS.Cwd, p); abs != "" {
		return "unix:" + abs
	}
	return a
}

func makesChild(name string) bool {
	switch name {
	case "clone", "clone3", "fork", "vfork":
		return true
	}
	return false
}
