package event

// Kind says which of an Event's parts is set.
type Kind uint8

const (
	// Unknown is a line or record that was not understood; Text holds it.
	Unknown Kind = iota
	// Entered is the first half of a call during which other events follow
	// ("<unfinished ...>"). Call holds the arguments known at entry.
	Entered
	// Returned is a call that has ended, whether or not an Entered event came
	// before it (Call.Entered tells). Call holds all arguments and the result.
	Returned
	// Signal is a signal delivered to the thread.
	Signal
	// Stopped is a group-stop ("--- stopped by SIGTSTP ---").
	Stopped
	// Exited is the end of a thread ("+++ exited with 0 +++", "+++ killed by …").
	Exited
	// Started is the birth of a thread or process, or the attachment to one.
	Started
	// Snapshot is what a capture saw of a process at start, attach or exec.
	Snapshot
	// Evidence is what a capture looked up when a call failed. It belongs to
	// the last Returned event of the same TID.
	Evidence
	// Output is text of the traced program that was mixed into a log.
	Output
	// Comment is a line of the tracer itself, or a capture's note.
	Comment
)

// Event is one thing that happened to one thread.
type Event struct {
	Index int    // position in the stream, from 0
	File  string // name of the log or capture it was read from
	Line  int    // line of a text log, from 1; 0 in a capture
	TID   int    // thread id; 0 when the log names none (a single process)
	Comm  string // command name beside the pid (strace -Y), "" when not given
	Time  Time
	Kind  Kind
	// Borrowed: it is valid until its reader's next Read only, see Keep. Its names
	// (File, Call.Name, Call.Ret.Errno and Message) last.
	Borrowed bool

	Call     *Call       // Entered, Returned
	Signal   *SignalInfo // Signal, Stopped
	Exit     *Exit       // Exited
	Start    *Start      // Started
	Process  *Process    // Snapshot
	Evidence *Seen       // Evidence
	Text     string      // Unknown, Output, Comment: the text without line end
	Code     string      // Comment: the kind of a capture's note, "setid", or "timeout" for how it ended; "" for others
}

// Clock says what a Time counts from.
type Clock uint8

const (
	NoClock   Clock = iota // the log has no times
	UnixClock              // nanoseconds since 1970 (strace -ttt, captures)
	DayClock               // nanoseconds since midnight of the first day, local time (strace -t, -tt)
	RunClock               // nanoseconds since the first event (strace -r, summed up)
)

// Time is when an event was seen; for a Returned event without an Entered one,
// when the call began.
type Time struct {
	NS    int64
	Clock Clock
}

// Call is one system call.
type Call struct {
	Name string // the kernel's name: "openat", "newfstatat"; "syscall_0x3e8" for an unknown number
	Ret  Result

	args        []Value // see Args
	shown       int     // see Shown
	first, rest string  // of the arguments, as long as argReader is set
	argReader   ArgReader
	borrowed    bool // argReader's call of the moment

	// Entered is the index of the Entered event of a Returned call, -1 if none.
	Entered int
	// Unfinished: a Returned call whose end the trace does not hold: the thread
	// ended or was let go inside it (Ret.Note is "detached" then), or the trace
	// ends there.
	Unfinished bool
	// Duration in nanoseconds (strace -T), -1 when not known.
	Duration int64
	// Partial: the log held only the second half of the call. Args are the last
	// ones then, their positions are not known.
	Partial bool
}

// Result is what a call returned.
type Result struct {
	Known bool   // false for "= ?": no value was returned or seen
	Value int64  // the value; -1 with Errno set
	Errno string // "ENOENT"; also with Known false: "ERESTARTSYS"
	// Message is the errno's text as the log gives it, "" when it gives none.
	Message string
	Style   Style  // how Value is written
	Deco    string // what a returned descriptor points to: "3</etc/passwd>" (strace -y)
	HasDeco bool
	// Note is the text in parentheses after the result: "Timeout", "flags
	// O_RDWR", "INJECTED"; several are joined by "; ". "unavailable" where the
	// log says so of an unknown result.
	Note    string
	Comment string // text in /* */ after the result
}

// Failed says whether the call returned an error to the program.
func (r Result) Failed() bool { return r.Known && r.Errno != "" }

// SignalInfo is a delivered signal, or the signal of a group-stop.
type SignalInfo struct {
	Name string // "SIGSEGV", "SIGRT_5"
	// Info is siginfo as a struct value: si_signo, si_code, si_pid, si_addr …
	// None for a group-stop.
	Info Value
	// Raw is the old style's text when there are no fields: "Aborted".
	Raw string
}

// Exit is the end of a thread.
type Exit struct {
	Code   int    // exit status, when Signal and SupersededBy are empty
	Signal string // "SIGKILL" when it was killed
	Core   bool   // a core was dumped
	// SupersededBy is the thread that took this id over by execve, 0 if none:
	// the process lives on, its other threads have ended.
	SupersededBy int
}

// Start is the birth of a thread, or the moment its tracing began.
type Start struct {
	PID      int    // thread-group id, 0 when not known
	Parent   int    // thread that made it, 0 when not known
	Flags    uint64 // clone flags (CLONE_VM, CLONE_FILES, CLONE_FS, CLONE_THREAD …), when Parent is known
	Attached bool   // it ran before the trace began
}
