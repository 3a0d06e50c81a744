package stx

import "strconv"

// Kind is the kind of a Record. A reader skips kinds that it does not know and
// counts them.
type Kind uint16

const (
	KindBegin    Kind = 1  // Begin: what was run, where and when; first in the file
	KindProcess  Kind = 2  // Process: a snapshot
	KindStart    Kind = 3  // Start: a thread or process was born, or attached to
	KindEnter    Kind = 4  // Enter: registers and memory at syscall-enter-stop
	KindExit     Kind = 5  // Exit: result and memory at syscall-exit-stop
	KindSignal   Kind = 6  // Signal: signal-delivery-stop
	KindStop     Kind = 7  // Signal: group-stop (Info is empty)
	KindEnd      Kind = 8  // End: a thread has ended
	KindExec     Kind = 9  // Exec: execve succeeded; before the call's Exit
	KindEvidence Kind = 10 // Evidence: looked up when a call failed; after its Exit
	KindNote     Kind = 11 // Note: a remark of the engine
	KindLost     Kind = 12 // Lost: events that the engine could not deliver
	KindFinish   Kind = 13 // Finish: the capture ended in order; last in the file
)

// String is the kind's name in the text twin.
func (k Kind) String() string {
	if k.known() {
		return kinds[k].name
	}
	return "kind " + strconv.Itoa(int(k))
}

// Record is one record of a capture. Exactly the part that Kind names is set.
type Record struct {
	Kind Kind
	TID  int   // thread id in the tracer's pid namespace; 0 for the capture's own records
	Time int64 // nanoseconds since 1970; a capture keeps whole microseconds

	Begin    *Begin
	Process  *Process
	Start    *Start
	Enter    *Enter
	Exit     *Exit
	Signal   *Signal
	End      *End
	Exec     *Exec
	Evidence *Evidence
	Note     *Note
	Lost     *Lost
	Finish   *Finish
}

// Begin says what was run, where and when.
type Begin struct {
	Tool        string   // "stracex v0.1.0"
	Engine      string   // "ptrace"
	Arch        uint32   // AUDIT_ARCH_* of the machine
	Kernel      string   // uname -r
	Host        string   // "" unless asked for
	Argv        []string // the command; empty when only attached
	Cwd         string
	PID         int // thread-group id of the command, 0 when only attached
	StringLimit int // bytes copied of a buffer by default
}

// Mem is a piece of a tracee's memory.
type Mem struct {
	Addr uint64
	Want uint64 // bytes that the call points to; more than len(Data) when cut
	Data []byte
	// Errno is why no more could be read (EFAULT), 0 when Data ends by the limit.
	Errno int32
}

// Enter is a syscall-enter-stop.
type Enter struct {
	Arch   uint32 // AUDIT_ARCH_* of this call (a 64-bit program may make 32-bit calls)
	Nr     uint64
	Args   [6]uint64 // 0 where the call has none
	IP, SP uint64
	Mem    []Mem
	// NoExit: the engine doesn't look at the call's exit, and records none.
	NoExit bool
}

// Exit is a syscall-exit-stop.
type Exit struct {
	Ret     int64 // the raw value: -errno when IsError
	IsError bool
	Mem     []Mem
}

// Signal is a signal-delivery-stop or a group-stop.
type Signal struct {
	Signo int
	Info  []byte // siginfo_t as the kernel gives it (128 bytes, little-endian); empty for a group-stop
}

// Start is the birth of a thread, or the attachment to it.
type Start struct {
	PID      int    // thread-group id
	Parent   int    // thread that made it, 0 for the command itself or when attached
	Flags    uint64 // clone flags, 0 when not known (then a plain fork)
	Attached bool
}

// End is the end of a thread.
type End struct {
	Code   int // exit status when Signal is 0
	Signal int
	Core   bool
}

// Exec is a successful execve. The Exit of the call follows.
type Exec struct {
	Former int // the thread that called execve; TID of the record is what it is now
}

// Process is a snapshot of a process (proc(5)); empty parts were not readable. At
// "exec" it has only what an execve may change: Exe, credentials, Security, and Cwd;
// at "socket" only FDs, a socket that was connected or accepted just now, or a FIFO that
// was opened.
type Process struct {
	At                                     string // "start", "attach", "exec", "socket"
	PID, PPID                              int
	Exe                                    string
	Argv                                   []string
	Cwd, Root                              string
	UID, GID                               [4]uint32 // real, effective, saved, file system
	Groups                                 []uint32
	CapInh, CapPrm, CapEff, CapBnd, CapAmb uint64
	Umask                                  uint32
	Limits                                 []Limit
	FDs                                    []FD
	NoNewPrivs                             bool
	Seccomp                                int // -1 not known
	NS                                     []Namespace
	Security                               string
}

// Limit is a resource limit, ^uint64(0) for none.
type Limit struct {
	Name       string
	Soft, Hard uint64
}

// FD is an open descriptor.
type FD struct {
	N      int
	Target string
	Flags  uint64
	Pos    int64
	Peer   string
}

// Namespace is one of the process's namespaces.
type Namespace struct{ Type, ID string }

// Evidence is what the engine looked up, from the tracee's place, when the call
// before it failed.
type Evidence struct {
	Path     string
	Walk     []PathStep
	Head     []byte
	UID, GID uint32
	Groups   []uint32
	Caps     uint64
	Text     []string
}

// PathStep is one component of the way to a path.
type PathStep struct {
	Path     string
	Mode     uint32 // st_mode, 0 when Errno is set
	UID, GID uint32
	Size     int64
	Link     string
	Errno    int32
}

// Note is a remark of the engine.
type Note struct {
	Code string // "seccomp", "not-permitted" …
	Text string
}

// Lost counts events that were not delivered.
type Lost struct{ Count uint64 }

// Finish is the capture's last record.
type Finish struct {
	// Left are processes that were still running when the engine let them go.
	Left   []int
	Reason string // "exited", "timeout", "interrupted", "quiet"
}
