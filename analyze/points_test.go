package analyze

import (
	"testing"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// failedWith is a candidate for a call that failed, in a program that says something.
func failedWith(call, errno, path, said string) *candidate {
	return &candidate{
		fail: &failure{failureKey: failureKey{name: call, errno: errno, path: path}, step: place{Event: event.KeepWhole(&event.Event{Call: &event.Call{Name: call}})}},
		sus:  &suspect{hist: &history{proc: &replay.Process{PID: 7, Program: "/usr/bin/tool"}}, anchor: anchor{line: &line{text: said}, text: said + "\n"}},
	}
}

// The same error is a failure of one call, and an answer of another.
func TestErrorMeaning(t *testing.T) {
	for _, test := range []struct {
		call, errno, path string
		more              bool // than of any other call
		like              string
	}{
		{"clone3", "EAGAIN", "", true, "recvmmsg"},
		{"vfork", "EAGAIN", "", true, "recvmmsg"},
		{"setuid", "EAGAIN", "", true, "recvmmsg"},
		{"mlock", "EAGAIN", "", true, "recvmmsg"},
		{"flock", "EAGAIN", "", true, "recvmmsg"},
		{"fcntl", "EAGAIN", "", true, "recvmmsg"},
		{"openat", "EEXIST", "/srv/x.lock", true, "link"},
		{"mkdir", "EEXIST", "/srv/x", false, "link"},
		{"execve", "EINVAL", "/srv/x", true, "fsync"},
		{"mount", "EINVAL", "/srv/x", true, "fsync"},
		{"bind", "EINVAL", "", true, "fsync"},
		{"prctl", "EPERM", "", false, "chown"},
		{"setrlimit", "EPERM", "", false, "chown"},
		{"openat", "ENXIO", "/dev/tty", false, "mknod"},
	} {
		got, other := errorPoints(&failure{failureKey: failureKey{name: test.call, errno: test.errno, path: test.path}}), errorPoints(&failure{failureKey: failureKey{name: test.like, errno: test.errno}})
		if got == other || got > other != test.more {
			t.Errorf("%s %s: %v, of %s %v", test.call, test.errno, got, test.like, other)
		}
		if got := errorPoints(&failure{failureKey: failureKey{name: test.call, errno: "EIO", path: test.path}}); got != errorWeight["EIO"] {
			t.Errorf("%s EIO: %v", test.call, got)
		}
	}
	for _, x := range []failureKey{{name: "openat", errno: "ENXIO", path: "/dev/snd"}, {name: "mknod", errno: "ENXIO", path: "/dev/tty"}} {
		if got := errorPoints(&failure{failureKey: x}); got != errorWeight["ENXIO"] {
			t.Errorf("%s of %s: %v", x.name, x.path, got)
		}
	}
	// A lock that another process holds is refused with EACCES on some systems (fcntl(2)).
	if _, why := errorMeaning(&failure{failureKey: failureKey{name: "fcntl", errno: "EACCES"}}); why == "" {
		t.Error("EACCES of fcntl is no lock")
	}
}

func TestSignalPoints(t *testing.T) {
	points := func(signal string) float64 {
		c := failedWith("", "", "", "")
		c.kind, c.signal = "signal", signal
		got, _ := crash(nil, c)
		return got
	}
	for _, less := range []string{"SIGPIPE", "SIGINT", "SIGHUP"} {
		for _, more := range []string{"SIGKILL", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGXCPU"} {
			if points(less) >= points(more) {
				t.Errorf("%s counts %v, %s %v", less, points(less), more, points(more))
			}
		}
	}
	if points("SIGPIPE") >= points("SIGINT") {
		t.Error("a reader that has gone counts as much as an interrupt")
	}
}

func TestStartupProbe(t *testing.T) {
	for _, test := range []struct {
		call, path string
		probe      bool
	}{
		{"access", "/etc/ld.so.preload", true}, {"openat", "/lib/glibc-hwcaps/x86-64-v3/libz.so.1", true}, {"openat", "/sys/fs/cgroup/memory.max", true},
		{"openat", "/proc/sys/vm/overcommit_memory", true}, {"openat", "/usr/share/locale/de/app.mo", true}, {"openat", "/usr/share/locale-langpack/de/app.mo", true},
		{"openat", "/usr/lib/gconv/gconv-modules", true}, {"openat", "/usr/share/zoneinfo/Mars", true}, {"openat", "/var/db/nscd/hosts", true}, {"openat", "/etc/nsswitch.conf", true},
		{"connect", "/dev/log", true}, {"connect", "/var/run/nscd/socket", true}, {"connect", "/run/systemd/notify", true},
		{"connect", "/srv/run/db.sock", false}, {"openat", "/srv/zoneinfo.db", false}, {"openat", "/etc/app.conf", false},
	} {
		points, _ := startupProbe(nil, failedWith(test.call, "ENOENT", test.path, ""))
		if points < 0 != test.probe {
			t.Errorf("%s %s: %v", test.call, test.path, points)
		}
		if points, _ := startupProbe(nil, failedWith(test.call, "EACCES", test.path, "")); points != 0 {
			t.Errorf("%s %s may not be used: %v", test.call, test.path, points)
		}
	}
}

func TestNamesPath(t *testing.T) {
	for _, test := range []struct {
		path, said string
		want       float64
	}{
		{"/srv/etc/app.conf", "cannot read /srv/etc/app.conf", 7},
		{"/srv/etc/app.conf", "cannot read app.conf", 5},
		{"/srv/lib/billing.py", "cannot import billing", 3},
		{"/srv/lib/data.tar.gz", "cannot unpack /srv/lib/data", 5},
		{"/srv/keys/token.v2.key", "bad token", 3},
		{"/srv/plugins/x1", "no plugins", 2},
		{"/srv/etc/signing.key", "the key is not usable", 1.5},
		{"/usr/lib/libssl.so.3", "no ssl here", 2.5},
		{"/usr/plugins/x1", "no plugins", 0},         // the system's
		{"/srv/run/socket", "socket is closed", 1.5}, // a word of its own
		{"/usr/bin/tool", "tool: cannot start", 0},   // its own name
		{"/srv/etc/app.conf", "cannot read app.conf.d/x", 1.5},
		{"/srv/etc/app.conf", "cannot go on", 0},
	} {
		if got, _ := namesPath(nil, failedWith("openat", "ENOENT", test.path, test.said)); got != test.want {
			t.Errorf("%s in %q: %v, want %v", test.path, test.said, got, test.want)
		}
	}
}

// What only a later line names counts less; much less when the first quotes another thing.
func TestNamesPathLater(t *testing.T) {
	for said, want := range map[string]float64{"cannot go on": 7 * 0.75, "module 'billing' failed": 7 * 0.3, "module '/srv' failed": 7 * 0.75, "it said 'no more room' here": 7 * 0.75} {
		c := failedWith("openat", "ENOENT", "/srv/etc/app.conf", said)
		c.sus.anchor.text = said + "\nin /srv/etc/app.conf\n"
		if got, _ := namesPath(nil, c); got != want {
			t.Errorf("%q: %v, want %v", said, got, want)
		}
	}
}

func TestNamesAddress(t *testing.T) {
	for _, test := range []struct {
		addr, said string
		want       float64
	}{
		{"10.0.0.7:5432", "no 10.0.0.7:5432", 6}, {"10.0.0.7:5432", "nothing on port 5432", 4}, {"10.0.0.7:5432", "10.0.0.7 is down", 3},
		{"[::1]:5432", "::1 is down", 3}, {"unix:/srv/db.sock", "no /srv/db.sock", 3}, {"10.0.0.7:5432", "10.0.0.70 is down", 0},
	} {
		c := failedWith("connect", "ECONNREFUSED", "", test.said)
		c.fail.addr = test.addr
		if got, _ := namesAddress(nil, c); got != test.want {
			t.Errorf("%s in %q: %v, want %v", test.addr, test.said, got, test.want)
		}
	}
}

func TestSameStatus(t *testing.T) {
	code, sig := func(n int) *event.Exit { return &event.Exit{Code: n} }, func(s string) *event.Exit { return &event.Exit{Signal: s} }
	for _, test := range []struct {
		parent, child *event.Exit
		passedOn      bool
		want          float64
	}{
		{code(2), code(2), false, 1.5}, {code(1), code(1), false, 0.75}, {code(2), code(1), false, 0}, {code(139), sig("SIGSEGV"), false, 1.5},
		{code(1), sig("SIGSEGV"), false, 0}, {nil, code(1), false, 0}, {code(3), code(1), true, -14}, {code(3), code(3), true, 1.5},
	} {
		of := func(x *event.Exit) *suspect { return &suspect{hist: &history{proc: &replay.Process{Exit: x}}} }
		if got := sameStatus(nil, &link{parent: of(test.parent), child: of(test.child), passedOn: test.passedOn}); got != test.want {
			t.Errorf("%+v of %+v: %v, want %v", test.child, test.parent, got, test.want)
		}
	}
}

func TestAbout(t *testing.T) {
	for msg, want := range map[string]bool{"download failed": true, "bad certificate": true, "error 404": true, "Found nothing": true, "cannot go on": false} {
		if got := about(msg, "HTTP/1.1 404 Not Found"); got != want {
			t.Errorf("%q: %v", msg, got)
		}
	}
}

// A failure counts for a crash that follows at once, if the program needed the call.
func TestFailureBeforeCrash(t *testing.T) {
	for _, test := range []struct {
		call, errno, signal string
		between             int
		want                float64
	}{
		{"openat", "ENOENT", "SIGSEGV", 2, 3}, {"openat", "ENOENT", "SIGSEGV", 3, 0}, {"newfstatat", "ENOENT", "SIGSEGV", 0, 0},
		{"openat", "ENOSYS", "SIGSEGV", 0, 0}, {"openat", "ENOENT", "SIGKILL", 0, 0}, {"openat", "ENOENT", "", 0, 0},
	} {
		c := failedWith(test.call, test.errno, "/srv/x", "")
		c.between, c.sus.hist.proc.Exit = test.between, &event.Exit{Signal: test.signal}
		if got, _ := crash(nil, c); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// Words that the trace cuts may have named what made a program give up.
func TestAbortAfterCutWords(t *testing.T) {
	for _, test := range []struct {
		signal, said string
		cut          bool
		want         float64
	}{{"SIGABRT", "terminate called aft", true, 4.5}, {"SIGABRT", "terminate called", false, 7}, {"SIGABRT", "Assertion `n", true, 7}, {"SIGSEGV", "terminate called aft", true, 7}} {
		c := failedWith("", "", "", test.said)
		c.fail, c.kind, c.signal, c.sus.anchor.line.cut = nil, "signal", test.signal, test.cut
		if got, _ := crash(nil, c); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
