package abi

import "testing"

func TestErrnos(t *testing.T) {
	tests := []struct {
		n          int
		name, text string
	}{
		{1, "EPERM", "Operation not permitted"},
		{2, "ENOENT", "No such file or directory"},
		{11, "EAGAIN", "Resource temporarily unavailable"},
		{35, "EDEADLK", "Resource deadlock avoided"},
		{45, "EL2NSYNC", "Level 2 not synchronized"},
		{81, "ELIBSCN", ".lib section in a.out corrupted"},
		{95, "EOPNOTSUPP", "Operation not supported"},
		{132, "ERFKILL", "Operation not possible due to RF-kill"},
		{512, "ERESTARTSYS", "To be restarted if SA_RESTART is set"},
		{516, "ERESTART_RESTARTBLOCK", "Interrupted by signal"},
	}
	for _, tt := range tests {
		if got := ErrnoName(tt.n); got != tt.name {
			t.Errorf("%d: %s, want %s", tt.n, got, tt.name)
		}
		if got := ErrnoText(tt.name); got != tt.text {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.text)
		}
		if got := Errno(tt.name); got != tt.n {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.n)
		}
	}
	if Errno("EWOULDBLOCK") != 11 || ErrnoText("ENOTSUP") != "Operation not supported" {
		t.Error("second names are not known")
	}
	for _, n := range []int{0, -1, 41, 135, 511, 520, 532, 1 << 40} {
		if got := ErrnoName(n); got != "" {
			t.Errorf("%d: %s", n, got)
		}
	}
	if Errno("ENOSUCH") != 0 || ErrnoText("ENOSUCH") != "" || ErrnoText("") != "" {
		t.Error("ENOSUCH is known")
	}
}

func TestSignals(t *testing.T) {
	tests := []struct {
		n    int
		name string
	}{
		{1, "SIGHUP"}, {9, "SIGKILL"}, {11, "SIGSEGV"}, {17, "SIGCHLD"}, {31, "SIGSYS"},
		{32, "SIGRTMIN"}, {33, "SIGRT_1"}, {64, "SIGRT_32"},
	}
	for _, tt := range tests {
		if got := SignalName(tt.n); got != tt.name {
			t.Errorf("%d: %s, want %s", tt.n, got, tt.name)
		}
		if got := SignalNumber(tt.name); got != tt.n {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.n)
		}
		if got := SignalNumber(tt.name[3:]); got != tt.n {
			t.Errorf("%s: %d, want %d", tt.name[3:], got, tt.n)
		}
	}
	for n, want := range map[int]string{0: "0", 65: "65", -1: "-1"} {
		if got := SignalName(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for _, name := range []string{"", "SIG", "SIGNO", "SIGRT_33", "SIGRT_-1", "SIGRT_x"} {
		if got := SignalNumber(name); got != 0 {
			t.Errorf("%q: %d", name, got)
		}
	}
	if SignalNumber("SIGIOT") != 6 || SignalNumber("SIGRTMAX") != 64 {
		t.Error("second names are not known")
	}
}

func TestIoctlText(t *testing.T) {
	tests := []struct {
		cmd  uint64
		want string
	}{
		{0x5401, "TCGETS"}, {0x5413, "TIOCGWINSZ"}, {0x541b, "FIONREAD"}, {0x5421, "FIONBIO"},
		{0x40049409, "FICLONE"}, {0x8912, "SIOCGIFCONF"}, {0x80081272, "BLKGETSIZE64"},
		{0xdead00005401, "TCGETS"},
		{0x80081234, "_IOC(_IOC_READ, 0x12, 0x34, 0x8)"},
		{0xc0081234, "_IOC(_IOC_READ|_IOC_WRITE, 0x12, 0x34, 0x8)"},
		{0x1234, "_IOC(_IOC_NONE, 0x12, 0x34, 0)"},
	}
	for _, tt := range tests {
		if got := IoctlText(tt.cmd); got != tt.want {
			t.Errorf("%#x: %s, want %s", tt.cmd, got, tt.want)
		}
	}
	want := IoctlParts{Type: 0x12, Nr: 0x72, Dir: Out, Size: 8}
	if got := Ioctl(0x80081272); got != want {
		t.Errorf("BLKGETSIZE64: %+v, want %+v", got, want)
	}
}
