package tracer

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
)

// starts is a process with a file as its descriptor 0.
func starts(t *testing.T, in *os.File, argv ...string) int {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin = in
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	startElsewhere(t, cmd)
	t.Cleanup(func() {
		unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
		cmd.Wait()
	})
	return cmd.Process.Pid
}

// waitsFor is what is said of a process that is in a call on its descriptor 0.
func waitsFor(pid int, name string) string {
	return new(engine).waitsFor(&thread{tid: pid, pid: pid}, &call{kind: &kind{name: name}, desc: &abi.Call{Args: []abi.Arg{{Kind: abi.FD}}}})
}

func TestWaitsForTheOtherEnd(t *testing.T) {
	ends := func(a, b int, err error) [2]*os.File {
		if err != nil {
			t.Fatal(err)
		}
		pair := [2]*os.File{os.NewFile(uintptr(a), "a"), os.NewFile(uintptr(b), "b")}
		t.Cleanup(func() { pair[0].Close(); pair[1].Close() })
		return pair
	}
	var p [2]int
	err := unix.Pipe2(p[:], unix.O_CLOEXEC)
	pipe := ends(p[0], p[1], err)
	p, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	sockets := ends(p[0], p[1], err)
	for name, pair := range map[string][2]*os.File{"pipe": pipe, "socket": sockets} {
		a, b := starts(t, pair[0], "sleep", "1000"), starts(t, pair[1], "sleep", "1000")
		want := fmt.Sprintf("the other end is held by sleep[%d]", b)
		if got := waitsFor(a, "read"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if got := waitsFor(starts(t, null, "sleep", "1000"), "read"); got != "" {
		t.Errorf("a device: %q", got)
	}
}
