package tracer

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Lines of /proc/locks (Linux 6.1): a lock, and below it those that wait for it.
func TestParseLocks(t *testing.T) {
	const table = `1: FLOCK  ADVISORY  WRITE 100 fe:00:7 0 EOF
1: -> FLOCK  ADVISORY  WRITE 101 fe:00:7 0 EOF
1: -> FLOCK  ADVISORY  WRITE 102 fe:00:7 0 EOF
2: POSIX  ADVISORY  READ 200 fe:00:8 0 EOF
3: POSIX  ADVISORY  WRITE 300 fe:00:9 100 199
3: -> POSIX  ADVISORY  WRITE 301 fe:00:9 100 199
4: OFDLCK ADVISORY  WRITE -1 fe:00:10 0 EOF
4: -> FLOCK  ADVISORY  WRITE 401 fe:00:10 0 EOF
5: FLOCK
5: -> FLOCK  ADVISORY  WRITE 501 fe:00:11 0 EOF
`
	for waits, want := range map[int]int{101: 100, 102: 100, 301: 300, 401: 0, 501: 0, 200: 0, 999: 0} {
		if got := parseLocks([]byte(table), waits, waits); got != want {
			t.Errorf("%d waits for %d, want %d", waits, got, want)
		}
	}
	if got := parseLocks([]byte(table), 9999, 101); got != 100 {
		t.Errorf("a thread of 101 waits for %d, want 100", got)
	}
}

func TestParseLeases(t *testing.T) {
	const table = `1: LEASE  ACTIVE    WRITE 100 fe:00:7 0 EOF
2: LEASE  BREAKING  READ  200 fe:00:8 0 EOF
3: FLOCK  ADVISORY  WRITE 300 fe:00:9 0 EOF
4: LEASE  BREAKING
`
	for file, want := range map[string]int{"fe:00:7": 0, "fe:00:8": 200, "fe:00:9": 0, "fe:01:8": 0} {
		if got := parseLeases([]byte(table), file); got != want {
			t.Errorf("%s: %d, want %d", file, got, want)
		}
	}
}

// The holder of a lock is named, and when that has ended, who still has the file.
func TestWaitsForALock(t *testing.T) {
	needTool(t, "flock")
	f, err := os.Create(filepath.Join(t.TempDir(), "lock"))
	if err != nil {
		t.Fatal(err)
	}
	holder := starts(t, f, "sh", "-c", "flock 0; exec sleep 1000")
	f.Close()
	f, err = os.Open(f.Name()) // another description
	if err != nil {
		t.Fatal(err)
	}
	// flock(1) takes the lock for the shell, and ends.
	eventually(t, "the lock is not taken", func() bool { return commOf(holder) == "sleep" })
	waiter := starts(t, f, "flock", "0")
	f.Close()
	eventually(t, "nobody waits for the lock", func() bool { return lockHolder(waiter, waiter) != 0 })
	want := fmt.Sprintf("the process that took the lock has ended, and the file is still open in sleep[%d]", holder)
	if got := waitsFor(waiter, "flock"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A lock of an open file description has no process in /proc/locks.
func TestWaitsForALockOfADescription(t *testing.T) {
	needTool(t, "python3")
	name := filepath.Join(t.TempDir(), "lock")
	const lock = "import fcntl,struct,time; fcntl.fcntl(0, 38, struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0)); time.sleep(1000)"
	locks := func() int {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		return starts(t, f, "python3", "-c", lock)
	}
	holder := locks()
	eventually(t, "the lock is not taken", func() bool { return hasLock(procPath("/proc", holder, "fd/0")) })
	waiter := locks()
	eventually(t, "nobody waits for the lock", func() bool {
		in := blockedIn(&thread{tid: waiter, pid: waiter})
		return in != nil && native.CallName(in.Nr) == "fcntl"
	})
	want := fmt.Sprintf("the lock is held by %s[%d]", commOf(holder), holder)
	if got := waitsFor(waiter, "fcntl"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// An open waits until the lease that this process has on the file is given back.
func TestLeaseHolder(t *testing.T) {
	name := filepath.Join(t.TempDir(), "leased")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skip("no leases here: ", err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	pid := starts(t, null, "cat", name)
	var got string
	eventually(t, "nobody opens the file", func() bool {
		got = leaseHolder(&thread{tid: pid, pid: pid})
		return got != ""
	})
	want := fmt.Sprintf("the lease on it is held by %s[%d], which was asked to give it back", commOf(os.Getpid()), os.Getpid())
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
