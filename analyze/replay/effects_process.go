package replay

import (
	"path"
	"strings"

	"github.com/stracex/stracex/event"
)

func chdired(s *State, st *Step, c *event.Call) {
	if ok(c) && len(st.Paths) > 0 {
		st.Thread.FS.moved(st, st.Paths[0])
	}
}

func fchdired(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	dir := ""
	if st.File != nil {
		dir = st.File.Path
	}
	st.Thread.FS.moved(st, dir)
}

func (fs *FS) moved(st *Step, dir string) {
	fs.Cwd, fs.Chdir, fs.ChdirBy, fs.outside = dir, st.Kept(), st.Proc, ""
}

// chrooted: from now on absolute paths begin at the new root; the working
// directory keeps its place, which has a new name below it.
func chrooted(s *State, st *Step, c *event.Call) {
	if !ok(c) || len(st.Paths) == 0 {
		return
	}
	fs := st.Thread.FS
	root := st.Paths[0]
	if fs.outside != "" && c.Arg(0).Str == "." { // that is how a process leaves a root
		fs.Root, fs.Cwd, fs.outside = fs.outside, "/", ""
		return
	}
	switch rest, below := strings.CutPrefix(fs.Cwd, root); {
	case root == "/":
	case below && rest == "":
		fs.Cwd = "/"
	case below && rest[0] == '/':
		fs.Cwd = rest
	case strings.HasPrefix(fs.Cwd, "/"):
		fs.outside, fs.Cwd = path.Join(fs.Root, fs.Cwd), ""
	default:
		fs.Cwd = ""
	}
	fs.Root = path.Join(fs.Root, root)
}

func gotCwd(s *State, st *Step, c *event.Call) {
	v := c.Arg(0)
	if ok(c) && v.Kind == event.String && !v.Cut {
		s.learnCwd(st.Thread.FS, v.Str)
	}
}

func unshared(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	if c.Arg(0).Has("CLONE_FS") {
		fs := *st.Thread.FS
		st.Thread.FS = &fs
	}
	if c.Arg(0).Has("CLONE_FILES") {
		st.Thread.Files = st.Thread.Files.copy()
	}
	st.Proc.below = st.Proc.below || c.Arg(0).Has("CLONE_NEWPID")
}

// joined: a namespace was entered; one of process ids is its children's (setns(2)).
func joined(_ *State, st *Step, c *event.Call) {
	if ok(c) && (c.Arg(1).Has("CLONE_NEWPID") || st.File != nil && strings.HasSuffix(st.File.Path, "/ns/pid")) {
		st.Proc.below = true
	}
}

// cloneFlags reads the flags that decide what a child shares.
func cloneFlags(c *event.Call) uint64 {
	var flags uint64
	for i := range c.Args() {
		for _, v := range [2]event.Value{c.Args()[i], c.Args()[i].Field("flags")} {
			if v.Has("CLONE_FS") {
				flags |= cloneFS
			}
			if v.Has("CLONE_FILES") {
				flags |= cloneFiles
			}
			if v.Has("CLONE_THREAD") {
				flags |= cloneThread
			}
			if v.Has("CLONE_PARENT") {
				flags |= cloneParent
			}
			if v.Has("CLONE_NEWPID") {
				flags |= cloneNewPID
			}
		}
	}
	return flags
}

// cloned: the parent's side. The child may have been seen before, and then it
// may have been taken for another parent's.
func cloned(s *State, st *Step, c *event.Call) {
	if !ok(c) || c.Ret.Value == 0 {
		return
	}
	tid := int(c.Ret.Value)
	if k := st.seenAs(tid); k != nil {
		k.Inner, st.Child = tid, k
		return
	}
	if t := s.threads[tid]; t != nil && t.Proc.PID == tid && cloneFlags(c)&cloneThread == 0 &&
		(t.Proc.Ended == nil || t.Proc.Ended.Index > entered(st.Event)) {
		s.found(t.Proc, st.Proc) // it was seen before its maker
	}
	if t := s.threads[tid]; t != nil && t.Proc.Parent == st.Proc && t.Proc.Forked != nil && t.Proc.Forked.Kind == event.Started {
		t.Proc.Forked = st.Event // says more than the notice of its birth
	}
	if t := s.threads[tid]; t != nil && !t.Ended {
		if t.Proc != st.Proc && t.Proc.Parent != st.Proc && t.Proc.Forked != nil && t.Proc.Forked.Kind == event.Entered {
			t.Proc.adopt(st.Proc)
		}
		st.Child = t.Proc
		return
	}
	if t := s.threads[tid]; t != nil && t.Proc == st.Proc && cloneFlags(c)&cloneThread != 0 {
		return // a thread that has ended already
	}
	// A child that is over before its parent's call ends has been seen whole.
	if t := s.threads[tid]; t != nil && t.Proc.Parent == st.Proc && t.Proc.Ended != nil && t.Proc.Ended.Index > entered(st.Event) {
		st.Child = t.Proc
		return
	}
	t := s.child(st.Thread, tid, cloneFlags(c), st.Event)
	if st.Child = t.Proc; st.Proc.inside && t.Proc != st.Proc {
		s.awaits(t)
	}
}

// entered is the index at which a call began.
func entered(e *event.Event) int {
	if e.Call != nil && e.Call.Entered >= 0 {
		return e.Call.Entered
	}
	return e.Index
}

func (p *Process) adopt(parent *Process) {
	if old := p.Parent; old != nil {
		for i, c := range old.Children {
			if c == p {
				old.Children = append(old.Children[:i], old.Children[i+1:]...)
				break
			}
		}
	}
	p.Parent = parent
	parent.Children = append(parent.Children, p)
}

func execed(s *State, st *Step, c *event.Call) {
	t, p := st.Thread, st.Proc
	argv := c.Arg(1)
	if c.Name == "execveat" {
		argv = c.Arg(2)
	}
	if !ok(c) {
		if p.Program == "" && p.Tried == "" && len(st.Paths) > 0 {
			p.Tried, p.Argv = st.Paths[0], texts(argv, st.Given[0])
		}
		return
	}
	given := ""
	if len(st.Paths) > 0 {
		p.Program, given = st.Paths[0], st.Given[0]
	}
	p.Argv = texts(argv, given)
	p.Execs = append(p.Execs, Exec{st.Event, p.Program, p.Argv})
	t.Files = t.Files.copy()
	t.Files.closeOnExec()
	fs := *t.FS
	t.FS = &fs
	p.Threads = 1
	p.Std = t.Files.std()
}

// texts are the arguments of an execve, those that the trace cuts with "..." at the end.
// What the program is called is then told by its path.
func texts(v event.Value, program string) []string {
	var out []string
	for i, e := range v.Elems {
		switch {
		case e.Kind != event.String:
		case e.Cut && i == 0 && program != "":
			out = append(out, program)
		case e.Cut:
			out = append(out, e.Str+"...")
		default:
			out = append(out, e.Str)
		}
	}
	return out
}

func waited(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	pid := int(c.Ret.Value)
	if c.Name == "waitid" {
		pid = int(c.Arg(2).Final().Field("si_pid").Int)
	}
	if c := s.Process(pid); c != nil && c.PID == pid {
		s.found(c, st.Proc)
	}
	for i := len(st.Proc.Children) - 1; i >= 0 && pid > 0; i-- {
		if k := st.Proc.Children[i]; k.PID == pid && k.Inner == 0 || k.Inner == pid {
			k.Reaped, k.ReapedAt, st.Child = st.Event, st.Seq, k
			if code, signal, ok := c.Arg(1).Final().WaitStatus(); ok && k.Exit == nil {
				k.Exit, k.Ended = &event.Exit{Code: code, Signal: signal}, st.Event
			}
			return
		}
	}
}

// leaving: the process ends. A log says it once more, in a line of its own, which then
// counts; not one of strace before 4.5.19, of strace -qq, or of which the last line is
// missing.
func leaving(s *State, st *Step, c *event.Call) {
	if p := st.Proc; c.Name == "exit_group" || p.Threads <= 1 {
		p.Exit, p.Ended = &event.Exit{Code: int(c.Arg(0).Int & 0xff)}, st.Event
	}
}

func setUID(s *State, st *Step, c *event.Call) {
	if ok(c) {
		st.Proc.Cred.Known, st.Proc.Cred.UID = true, uint32(c.Arg(0).Int)
		st.Proc.Dropped = st.Proc.Dropped || st.Proc.Cred.UID != 0
	}
}

// setREUID: the second of setreuid's and setresuid's arguments is the
// effective id; -1 leaves it.
func setREUID(s *State, st *Step, c *event.Call) {
	if ok(c) && c.Arg(1).Int >= 0 && c.Arg(1).Int < 0xffffffff {
		st.Proc.Cred.Known, st.Proc.Cred.UID = true, uint32(c.Arg(1).Int)
		all := c.Arg(0).Int == c.Arg(1).Int && (len(c.Args()) < 3 || c.Arg(2).Int == c.Arg(1).Int)
		st.Proc.Dropped = st.Proc.Dropped || all && st.Proc.Cred.UID != 0
	}
}

func setGID(s *State, st *Step, c *event.Call) {
	if ok(c) {
		st.Proc.Cred.GID = uint32(c.Arg(0).Int)
	}
}

func setREGID(s *State, st *Step, c *event.Call) {
	if ok(c) && c.Arg(1).Int >= 0 && c.Arg(1).Int < 0xffffffff {
		st.Proc.Cred.GID = uint32(c.Arg(1).Int)
	}
}

func setGroups(s *State, st *Step, c *event.Call) {
	if !ok(c) {
		return
	}
	var groups []uint32
	for _, v := range c.Arg(1).Elems {
		groups = append(groups, uint32(v.Int))
	}
	st.Proc.Cred.Groups, st.Proc.Cred.HasGroups = groups, true
}

func gotEUID(s *State, st *Step, c *event.Call) {
	if ok(c) {
		st.Proc.Cred.Known, st.Proc.Cred.UID = true, uint32(c.Ret.Value)
	}
}

func gotEGID(s *State, st *Step, c *event.Call) {
	if ok(c) {
		st.Proc.Cred.GID = uint32(c.Ret.Value)
	}
}
