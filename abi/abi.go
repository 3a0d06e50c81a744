package abi

// Arch is a number space of system calls. Its value is the kernel's
// AUDIT_ARCH_* constant (linux/audit.h), as PTRACE_GET_SYSCALL_INFO gives it.
type Arch uint32

const (
	AMD64 Arch = 0xC000003E
	ARM64 Arch = 0xC00000B7
	I386  Arch = 0x40000003
)

// Dir says when the memory behind a pointer means something.
type Dir uint8

const (
	In    Dir = 1 << iota // read by the kernel: copy at entry
	Out                   // written by the kernel: copy at exit
	InOut = In | Out
)

// Kind is what an argument or a result is.
type Kind uint8

const (
	Void     Kind = iota
	Int           // signed number
	Uint          // unsigned number
	Long          // signed, word size
	Size          // a count of bytes or elements
	Off           // a file offset
	HexNum        // a number that people read in hex
	Addr          // a pointer that is not followed
	FD            // a file descriptor
	DirFD         // a directory descriptor or AT_FDCWD, for the path that follows it
	Path          // a NUL-terminated path; Out only for getcwd
	Str           // another NUL-terminated string
	Mode          // permission bits, written in octal
	Flags         // a bit mask of Set
	Enum          // one constant of Set
	Buf           // bytes; length by Len
	IOVec         // array of struct iovec; count by Len
	MsgHdr        // struct msghdr
	MMsgHdr       // array of struct mmsghdr; count by Len
	SockAddr      // struct sockaddr; length by Len (an argument that holds it, or points to it)
	SockLen       // pointer to a socklen_t
	Struct        // pointer to the struct named by Set, Size bytes, or as many as the argument Len says (clone3)
	Array         // pointer to an array of what Set names, Size bytes each; count by Len
	Argv          // NULL-terminated array of strings
	Envp          // likewise, the environment
	PID           // process or thread id
	UID           // user id
	GID           // group id
	Sig           // signal number
	SigSet        // pointer to a set of signals; size by Len, else Count, else 8 bytes
	WStatus       // pointer to a wait status
	FDPair        // pointer to int[2] (pipe, socketpair)
	IntPtr        // pointer to an int
	LongPtr       // pointer to a long, size_t or loff_t of Size bytes
	Dev           // device number
	Clone         // clone's flags with the exit signal in the low byte
	IoctlCmd      // ioctl request; the next argument is shaped by it
	IoctlArg      // shaped by the request before it
	FcntlArg      // shaped by fcntl's command
	SockOpt       // socket option name, of the level before it
	OptVal        // value of a socket option; length by Len
	Unused        // a register that the call ignores; not shown
	High          // upper half of the number before it (32-bit calls); not shown
)

// Where a length is found that is not in an argument.
const (
	NoLen  = -1 // fixed by kind, or none
	LenRet = -2 // the call's result
)

// Arg describes one argument.
type Arg struct {
	Name string // the manual page's name
	Kind Kind
	Dir  Dir    // for pointers
	Set  string // name of the flag or enumeration set ("open", "clone"), or of the struct ("stat", "timespec")
	Size int    // bytes of the struct or element, 0 when it varies
	// Len is the index of the argument that holds the length (or points to it,
	// Kind SockLen), NoLen or LenRet. For an Out buffer with Len == LenRet, Max
	// is the index of the argument with the room there is, else NoLen.
	Len int
	Max int
	// Count is the number of elements of an Array of fixed length, 0 for others.
	Count int
	// Optional: only there when flags ask for it (open's mode).
	Optional bool
}

// GivesPath says whether the program names a file by the argument: a path that
// it gives, or the source of a mount (mount(2)), which may be a device.
func (a *Arg) GivesPath() bool {
	return a.Kind == Path && a.Dir&Out == 0 || a.Kind == Str && a.Name == "source"
}

// Call describes one system call.
type Call struct {
	Name string
	Args []Arg
	Ret  Kind // FD for calls that make a descriptor; Addr, Int …
	// Never: the call does not return (exit_group), or returns elsewhere.
	Never bool

	key      int       // the argument that variants depend on
	variants []variant // what the call looks like for one command, see For
}
