package replay

import (
	"slices"

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
	awaited []*Thread // see inner.go
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
		t.Proc.signaled = e.Keep()
		s.childEnded(t, t.Proc.signaled)
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
	cloneNewPID = 0x20000000
)
