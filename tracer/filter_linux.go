package tracer

import (
	"encoding/base64"
	"encoding/binary"
	"os"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/tracer/choice"
)

// A stop costs more than most calls. When not all calls are recorded, the stage
// puts itself under a seccomp filter that stops for those which are, and the
// command inherits it (SECCOMP_RET_TRACE, seccomp(2)). What that brings with it:
//
//   - It can't be taken away: keep_linux.go.
//   - Another filter that refuses a call goes before ours, and we would not see
//     the call: so there is none where a filter is in force already, and a
//     process that makes one stops for all calls from then on.
//   - Small pieces of memory are not chosen for a diagnosis, as they never fail;
//     but under a limit they do, and then a process stops for all calls too.
//   - Without CAP_SYS_ADMIN it takes no_new_privs. A program loses nothing by
//     that which its being traced doesn't take from it already (see noteSetID),
//     but for a tracer with CAP_SYS_PTRACE: that one has no filter then.

// engineCalls are those that the engine needs to see for itself.
const engineCalls = "execve,execveat,clone,clone3,fork,vfork,restart_syscall,seccomp,prlimit64,setrlimit,io_uring_setup,ptrace," +
	credentialCalls

// memoryCalls are recorded too where memory is limited.
const memoryCalls = "brk,mmap,mmap2,mremap,mprotect"

// chosen is which calls are recorded and which are needed besides.
type chosen struct {
	record   *choice.Set // nil: all
	own      *choice.Set
	memory   *choice.Set
	diagnose bool // record is Diagnosis as it is
}

func newChosen(record *choice.Set, own string) *chosen {
	if record == nil || record.Everything() {
		return &chosen{}
	}
	return &chosen{
		record:   record,
		own:      mustParse(own),
		memory:   mustParse(memoryCalls),
		diagnose: record.String() == choice.Diagnosis().String(),
	}
}

// mustParse is for the lists above, which a test parses.
func mustParse(list string) *choice.Set {
	s, err := choice.Parse(list)
	if err != nil {
		panic(err)
	}
	return s
}

func (c *chosen) recorded(k *call) bool {
	return c.record == nil || c.record.Matches(k.arch, k.nr, k.args)
}

func (c *chosen) needed(k *call) bool { return c.own.Has(k.arch, k.nr) }

// filter gives the seccomp program for the stage, "" for none.
func (e *engine) filter() (string, error) {
	if e.choice.record == nil || e.opt.NoFilter || !e.mayKeep || !filterable() {
		return "", nil
	}
	code, err := e.choice.record.With(e.choice.own).Program(native)
	if err != nil {
		return "", err
	}
	e.filtered = true
	e.result.Filtered = true
	return encodeProgram(code), nil
}

// filterable says whether a filter of ours would hide nothing.
func filterable() bool {
	self, err := readStatus("/proc", os.Getpid())
	return err == nil && self.seccomp == 0 && (self.capable(unix.CAP_SYS_ADMIN) || !self.hasPtraceCap()) &&
		!memoryLimited(0) && canFilter()
}

// canFilter says whether the kernel has seccomp filters that stop for a tracer.
func canFilter() bool {
	action := uint32(unix.SECCOMP_RET_TRACE)
	_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	return e == 0
}

// memoryLimited says whether a process has a limit that makes small pieces of
// memory fail.
func memoryLimited(pid int) bool {
	for _, resource := range []int{unix.RLIMIT_AS, unix.RLIMIT_DATA} {
		var lim unix.Rlimit
		if unix.Prlimit(pid, resource, nil, &lim) == nil && lim.Cur != unix.RLIM_INFINITY {
			return true
		}
	}
	return false
}

// reconsider makes a process stop for all calls when one of its calls has made
// the filter blind.
func (e *engine) reconsider(t *thread, c *call) {
	switch c.name {
	case "seccomp":
	case "prctl":
		if c.args[0] != unix.PR_SET_SECCOMP {
			return
		}
	case "prlimit64", "setrlimit":
		if !memoryLimited(t.pid) {
			return
		}
		if e.choice.diagnose {
			e.choice.record = e.choice.record.With(e.choice.memory)
			e.choice.diagnose = false
		}
	default:
		return
	}
	for _, other := range e.threads {
		if other.pid == t.pid && !other.all {
			other.all = true
			_ = unix.PtraceInterrupt(other.tid) // it runs on to a chosen call else
		}
	}
}

// seccompStop is the stop of a call that the filter has chosen. Where all calls
// stop, the entry has been seen.
func (e *engine) seccompStop(t *thread) {
	if t.call != nil || t.all || !e.started {
		return
	}
	info, err := syscallInfo(t.tid)
	if err == nil && info.op == unix.PTRACE_SYSCALL_INFO_SECCOMP {
		e.enter(t, &info)
	}
}

// encodeProgram and decodeProgram carry a program in a string without NULs.
func encodeProgram(code []bpf.RawInstruction) string {
	var raw []byte
	for _, in := range code {
		raw = binary.NativeEndian.AppendUint16(raw, in.Op)
		raw = append(raw, in.Jt, in.Jf)
		raw = binary.NativeEndian.AppendUint32(raw, in.K)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func decodeProgram(text string) ([]unix.SockFilter, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	var code []unix.SockFilter
	for ; len(raw) >= 8; raw = raw[8:] {
		code = append(code, unix.SockFilter{
			Code: binary.NativeEndian.Uint16(raw), Jt: raw[2], Jf: raw[3], K: binary.NativeEndian.Uint32(raw[4:]),
		})
	}
	return code, err
}

// installFilter puts the calling thread under a program, the stage's only thread
// that lives on. "" is none.
func installFilter(text string) error {
	code, err := decodeProgram(text)
	if err != nil || len(code) == 0 {
		return err
	}
	program := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	if err := setFilter(&program); err != unix.EACCES {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return setFilter(&program)
}

// setFilter asks that the filter leave speculation as it is: a kernel before 5.16 else
// takes it from the program, which makes that slower (seccomp(2); Linux 4.17).
func setFilter(program *unix.SockFprog) error {
	var err unix.Errno
	for _, flags := range []uintptr{unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW, 0} {
		_, _, err = unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(program)))
		if err == 0 {
			return nil
		}
		if err != unix.EINVAL {
			break
		}
	}
	return err
}
