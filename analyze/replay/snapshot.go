package replay

import (
	"strings"

	"github.com/stracex/stracex/event"
)

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
