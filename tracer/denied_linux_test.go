package tracer

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// denyEnv is the number of a system call that the test binary is to be denied,
// as in a container: it gives EPERM there and in all that it starts.
const denyEnv = "STRACEX_TEST_DENY"

// deny installs a seccomp filter for the whole process.
func deny(nr uint32) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: nr, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&prog)))
	if e != 0 {
		return e
	}
	return nil
}

// runDenied runs a test of this binary without a system call.
func runDenied(t *testing.T, test string, nr int) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), denyEnv+"="+strconv.Itoa(nr))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Where process_vm_readv is forbidden, ptrace's own way must give the same.
func TestMemoryWithoutVMReadv(t *testing.T) {
	runDenied(t, "TestMessages", unix.SYS_PROCESS_VM_READV)
}

func TestPtraceNotPermitted(t *testing.T) {
	if os.Getenv(denyEnv) == "" {
		runDenied(t, "TestPtraceNotPermitted", unix.SYS_PTRACE)
		return
	}
	c := traceUnchecked(t, t.Context(), Options{Argv: []string{"sh", "-c", "echo ran"}})
	var perm *PermissionError
	if !errors.As(c.err, &perm) || !perm.Seccomp || !errors.Is(c.err, unix.EPERM) || len(c.records) != 0 {
		t.Errorf("error %v (%+v), %d records", c.err, perm, len(c.records))
	}
	if c.stdout != "" {
		t.Errorf("the command ran: %q", c.stdout)
	}
}
