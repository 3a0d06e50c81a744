package event

// Process is what a capture saw of a process. A nil or empty part was not
// readable. Numbers are those of /proc/PID (proc(5)).
type Process struct {
	At         string // "start", "attach", "exec"; "socket": only FDs, one that was connected, accepted or a FIFO that was opened
	PID        int
	PPID       int
	Exe        string
	Argv       []string
	Cwd        string
	Root       string
	UID        [4]uint32 // real, effective, saved, file system
	GID        [4]uint32
	Groups     []uint32
	Caps       Caps
	Umask      uint32
	Limits     []Limit
	FDs        []FD
	NoNewPrivs bool
	Seccomp    int // 0 off, 1 strict, 2 filter; -1 not known
	NS         []Namespace
	Security   string // the security module's label, "" without one
}

// Caps are capability sets as bit masks (capabilities(7)).
type Caps struct{ Inheritable, Permitted, Effective, Bounding, Ambient uint64 }

// Limit is one resource limit; ^uint64(0) is "unlimited" (getrlimit(2)).
type Limit struct {
	Name       string // "RLIMIT_NOFILE"
	Soft, Hard uint64
}

// FD is one open descriptor.
type FD struct {
	N      int
	Target string // the link in /proc/PID/fd: a path, "socket:[123]", "pipe:[45]"
	Flags  uint64 // open flags (O_CLOEXEC included)
	Pos    int64
	Peer   string // for a socket, both addresses where known: "TCP:[1.2.3.4:5->6.7.8.9:10]"; "FIFO:[device:inode]"
}

// Namespace is one namespace link: {"mnt", "mnt:[4026531841]"}.
type Namespace struct{ Type, ID string }

// Seen is what a capture looked up when a call failed, from the tracee's place.
type Seen struct {
	Path     string     // absolute path that the walk was about, in the tracee's root
	Walk     []PathStep // from "/" down, symbolic links followed; ends at the first that failed
	Head     []byte     // first bytes of the file at the path (a failed execve)
	UID, GID uint32     // file system ids of the thread
	Groups   []uint32
	Caps     uint64   // effective capabilities
	Text     []string // further findings, one line each: "127.0.0.1:80 is held by nginx[12]"
}

// PathStep is one component on the way to a path.
type PathStep struct {
	Path     string // absolute, as the tracee sees it
	Type     string // "dir", "file", "symlink", "fifo", "socket", "char", "block"; "" when Errno is set
	Mode     uint32 // permission bits with set-id and sticky bits
	UID, GID uint32
	Size     int64
	Link     string // target of a symbolic link
	Errno    string // "ENOENT" when looking at it failed
}
