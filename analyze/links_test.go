package analyze

import (
	"testing"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

func at(index int) *event.Event { return &event.Event{Index: index} }

// What the parent itself could not do after the child's end, right before its message.
func TestParentFailed(t *testing.T) {
	flags := func(name string) *event.Call {
		c := &event.Call{Name: "openat"}
		c.SetArgs([]event.Value{{Kind: event.Symbol, Str: name}})
		return c
	}
	for _, test := range []struct {
		name, call, errno, flag string
		at                      position
		silent                  bool
		want                    float64
	}{
		{"it may not", "openat", "EACCES", "O_RDONLY", position{20, 20}, false, -7},
		{"it can't make it", "openat", "ENOENT", "O_WRONLY", position{20, 20}, false, -7},
		{"the child may have been there to make it", "openat", "ENOENT", "O_RDONLY", position{20, 20}, false, 0},
		{"a server that is not there", "connect", "ENOENT", "", position{20, 20}, false, 0},
		{"without a word", "openat", "EACCES", "O_RDONLY", position{20, 20}, true, 0},
		{"before the child's end", "openat", "EACCES", "O_RDONLY", position{5, 15}, false, 0},
		{"after the message", "openat", "EACCES", "O_RDONLY", position{90, 90}, false, 0},
		{"long before the message", "openat", "EACCES", "O_RDONLY", position{11, 2}, false, 0},
		{"only an answer", "read", "EINTR", "", position{20, 20}, false, 0},
		{"only a look", "newfstatat", "EACCES", "", position{20, 20}, false, 0},
		{"a folder that is there", "mkdir", "EEXIST", "", position{20, 20}, false, 0},
	} {
		h := &history{proc: &replay.Process{}}
		h.failures = []*failure{{failureKey: failureKey{name: test.call, errno: test.errno}, at: []position{test.at}, step: place{Event: event.KeepWhole(&event.Event{Call: flags(test.flag)})}}}
		l := &link{parent: &suspect{hist: h, anchor: anchor{pos: position{25, 25}, line: &line{text: "failed"}}}, child: &suspect{hist: &history{proc: &replay.Process{Ended: at(10)}}}}
		if test.silent {
			l.parent.anchor.line = nil
		}
		if got := parentFailed(nil, l); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestAfterMessage(t *testing.T) {
	message := anchor{pos: position{25, 25}, line: &line{text: "failed"}}
	for _, test := range []struct {
		name    string
		anchor  anchor
		child   replay.Process
		running bool // the parent, when the trace ends
		want    float64
	}{
		{"before it", message, replay.Process{First: at(5), Ended: at(10)}, false, 0},
		{"begun after it", message, replay.Process{First: at(30), Ended: at(40)}, false, -8},
		{"ended after it", message, replay.Process{First: at(5), Ended: at(40)}, false, -3},
		{"ended after it, as far as the trace goes", message, replay.Process{First: at(5), Ended: at(40)}, true, 0},
		{"waited for before its end was seen", message, replay.Process{First: at(5), Ended: at(40), Reaped: at(20)}, false, 0},
		{"waited for after it", message, replay.Process{First: at(5), Ended: at(40), Reaped: at(41)}, false, -3},
		{"there is none", anchor{pos: position{25, 25}}, replay.Process{First: at(30), Ended: at(40)}, false, 0},
		{"it has not ended", message, replay.Process{First: at(5)}, false, -3},
	} {
		parent := &replay.Process{Ended: at(50)}
		if test.running {
			parent.Ended = nil
		}
		own := failedWith("openat", "EACCES", "/srv/x", "").fail
		own.at = []position{{20, 20}}
		l := &link{parent: &suspect{hist: &history{proc: parent, failures: []*failure{own}}, anchor: test.anchor}, child: &suspect{hist: &history{proc: &test.child}}}
		if got := afterMessage(nil, l); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if l.parent.hist.failures = nil; test.want == -8 && afterMessage(nil, l) != -2 {
			t.Errorf("%s, of which nothing is known: %v", test.name, afterMessage(nil, l))
		}
	}
}

func TestLongBefore(t *testing.T) {
	for _, test := range []struct {
		reaped *event.Event
		at     int
		want   float64
	}{{at(1), 950, 0}, {at(1), 700, -2}, {at(1), 0, -8}, {nil, 0, 0}} {
		l := &link{parent: &suspect{anchor: anchor{pos: position{1000, 1000}}}, child: &suspect{hist: &history{proc: &replay.Process{Reaped: test.reaped, ReapedAt: test.at}}}}
		if got := longBefore(nil, l); got != test.want {
			t.Errorf("waited for at call %d: %v, want %v", test.at, got, test.want)
		}
	}
}

// Words that the parent took are those of a failure, and went into a pipe.
func TestWordsTaken(t *testing.T) {
	for _, test := range []struct {
		text, stream string
		want         float64
	}{{"cannot open it", "pipe", -1.25}, {"cannot open it", "stderr", 0}, {"12 files", "pipe", 0}} {
		l := &link{child: &suspect{anchor: anchor{line: &line{text: test.text, stream: test.stream}}}}
		if got := wordsTaken(nil, l); got != test.want {
			t.Errorf("%q on %s: %v", test.text, test.stream, got)
		}
	}
	if got := wordsTaken(nil, &link{child: &suspect{}}); got != 0 {
		t.Errorf("no words: %v", got)
	}
}

// What killed the parent has nothing to do with its child, unless it killed both, or the
// parent did it to itself.
func TestKilledWithItsChild(t *testing.T) {
	of := func(signal string) *replay.Process { return &replay.Process{Exit: &event.Exit{Signal: signal}} }
	for _, test := range []struct {
		parent, child *replay.Process
		want          bool
	}{
		{of("SIGKILL"), of(""), true}, {of("SIGKILL"), of("SIGKILL"), false}, {of("SIGABRT"), of(""), false}, {of(""), of(""), false}, {&replay.Process{}, of(""), false},
	} {
		if got := killedFromOutside(test.parent, test.child); got != test.want {
			t.Errorf("%+v, %+v: %v", test.parent.Exit, test.child.Exit, got)
		}
	}
}

func TestEndedByOther(t *testing.T) {
	c, other := &replay.Process{PID: 8, Ended: at(20), Exit: &event.Exit{Signal: "SIGTERM"}}, &replay.Process{PID: 7}
	for _, test := range []struct {
		name string
		kill sent
		want bool
	}{
		{"by another", sent{10, other, 8, "SIGTERM"}, true},
		{"by itself", sent{10, c, 8, "SIGTERM"}, false},
		{"another process", sent{10, other, 9, "SIGTERM"}, false},
		{"another signal", sent{10, other, 8, "SIGHUP"}, false},
		{"too late", sent{30, other, 8, "SIGTERM"}, false},
	} {
		f := newFacts()
		f.kills = []sent{test.kill}
		if got := f.endedByOther(c); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
		if f.endedByOther(&replay.Process{PID: 8}) {
			t.Errorf("%s: it still runs", test.name)
		}
	}
}

// What a script says of the work that follows is no complaint; what it says of a file
// that it can't open is one.
func TestLineBeforeTheWork(t *testing.T) {
	const own = "7 openat(AT_FDCWD, \"/srv/own\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
	work := wrote("2", "checking for errors") + forked("7", "8", "1", missing) + over
	for log, want := range map[string]string{sh + work: "syscall openat ENOENT /srv/in", sh + own + work: "syscall openat ENOENT /srv/own"} {
		if got, _ := cause(t, []byte(log)); got != want {
			t.Errorf("%s: %s, want %s", log, got, want)
		}
	}
	const probe = "7 openat(AT_FDCWD, \"/usr/lib/locale/C.UTF-8/LC_TIME\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
	if got, _ := cause(t, []byte(sh+probe+work)); got != "syscall openat ENOENT /srv/in" {
		t.Errorf("after a probe: %s", got)
	}
}
