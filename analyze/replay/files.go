package replay

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// FileKind is what an open file description leads to.
type FileKind uint8

const (
	UnknownFile FileKind = iota
	PathFile             // a file, directory or device with a path
	PipeFile             // one end of a pipe
	SocketFile
	OtherFile // eventfd, epoll, timerfd …
)

// File is an open file description: what dup, fork and SCM_RIGHTS share.
type File struct {
	ID   int
	Kind FileKind
	Path string // absolute; for OtherFile what made it ("eventfd")
	// Std is 1+N for the description that was descriptor N (0, 1, 2) when the
	// command began, else 0.
	Std    int
	TTY    bool
	Opened event.Kept // the call that made it, none when it was open before
	By     *Process

	Pipe  *Pipe   // PipeFile
	Write bool    // PipeFile: the end to write to
	Sock  *Socket // SocketFile

	watched map[int]*File // of an epoll instance, by descriptor

	Append        bool
	Reads, Writes int64 // bytes that went through
	Asked         bool  // bytes were written, and none were read since
	EOF           bool  // a read has returned 0
}

// Pipe joins two ends, or all that use a message queue.
type Pipe struct {
	ID      int
	Queue   string     // a queue's name or number, "" for a pipe
	Writers []*Process // processes that wrote to it
	Bytes   int64
}

// Socket is one end of a connection.
type Socket struct {
	Family    string // "AF_UNIX"
	Type      string
	Local     string // addresses as in the diagnosis: "127.0.0.1:80", "unix:/run/x"
	Peer      string
	Pair      *File      // the other end, when both are in the trace
	SentTo    string     // where the last datagram went, of a socket that is not connected
	Connected event.Kept // the connect, also one that went on in the background
	Listening bool
	Listened  int  // Index of the event of its listen
	Accepted  bool // somebody has connected to it
	own       end  // what it was last called
	joined    bool // Pair is certain, not by the order of connects
}

// Table is a descriptor table: what CLONE_FILES shares.
type Table struct {
	fds map[int]slot
}

type slot struct {
	file    *File
	cloexec bool
	from    event.Kept // the call that gave the file this number, none when it had it before
}

func newTable() *Table { return &Table{fds: map[int]slot{}} }

// Get gives the open file behind descriptor n, nil when not known.
func (t *Table) Get(n int) *File {
	if t == nil {
		return nil
	}
	return t.fds[n].file
}

// Has says whether one of the descriptors leads to such a file.
func (t *Table) Has(such func(*File) bool) bool {
	for _, s := range t.fds {
		if s.file != nil && such(s.file) {
			return true
		}
	}
	return false
}

// maxFDs bounds a table; a kernel's own limit is far below.
const maxFDs = 1 << 20

func (t *Table) slot(n int) slot {
	if t == nil {
		return slot{}
	}
	return t.fds[n]
}

func (t *Table) set(n int, f *File, cloexec bool, from event.Kept) {
	if n < 0 || (len(t.fds) >= maxFDs && t.fds[n].file == nil) {
		return
	}
	t.fds[n] = slot{f, cloexec, from}
}

// setCloexec changes the flag of a descriptor that is open.
func (t *Table) setCloexec(n int, on bool) {
	if s, ok := t.fds[n]; ok {
		s.cloexec = on
		t.fds[n] = s
	}
}

func (t *Table) std() [3]*File { return [3]*File{t.Get(0), t.Get(1), t.Get(2)} }

func (t *Table) close(n int) { delete(t.fds, n) }

func (t *Table) copy() *Table {
	c := &Table{fds: make(map[int]slot, len(t.fds))}
	for n, s := range t.fds {
		c.fds[n] = s
	}
	return c
}

func (t *Table) closeOnExec() {
	for n, s := range t.fds {
		if s.cloexec {
			delete(t.fds, n)
		}
	}
}

func (t *Table) closeRange(first, last int, cloexecOnly bool) {
	for n, s := range t.fds {
		if n < first || n > last {
			continue
		}
		if cloexecOnly {
			s.cloexec = true
			t.fds[n] = s
			continue
		}
		delete(t.fds, n)
	}
}

// Describe names the open file for a person: a path, an address, "a pipe"; ""
// when nothing is known of it.
func (s *State) Describe(f *File) string {
	switch {
	case f == nil:
		return ""
	case f.Kind == PipeFile && f.Pipe != nil && f.Pipe.Queue != "":
		return "message queue " + f.Pipe.Queue
	case f.Kind == PipeFile:
		return "a pipe"
	case f.Kind == SocketFile && f.Sock != nil && f.Sock.Peer != "":
		return "a socket connected to " + s.AbsAddr(f.Sock.Peer)
	case f.Kind == SocketFile && f.Sock != nil && f.Sock.Local != "":
		return "a socket bound to " + s.AbsAddr(f.Sock.Local)
	case f.Kind == SocketFile:
		return "a socket"
	case f.Path != "":
		return s.Abs(f.Path)
	case f.Std > 0:
		return [...]string{"stdin", "stdout", "stderr"}[f.Std-1]
	}
	return ""
}

// Netlink says whether the file is a netlink socket: the kernel is at its other
// end.
func (f *File) Netlink() bool { return f != nil && f.Sock != nil && f.Sock.Family == "AF_NETLINK" }

// IsTerminal says whether the path is that of a terminal.
func IsTerminal(p string) bool {
	return p == "/dev/tty" || p == "/dev/console" || strings.HasPrefix(p, "/dev/pts/") || strings.HasPrefix(p, "/dev/tty")
}
