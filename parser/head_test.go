package parser

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

func TestReadHead(t *testing.T) {
	unix := event.Time{NS: 1700000000_500000000, Clock: event.UnixClock}
	for _, test := range []struct {
		name, log string
		want      Head
	}{
		{"no id in it", "read(0, \"\", 1) = 0\n", Head{Kind: "strace", Call: "read"}},
		{"it says its id", "execve(\"/a\", [\"a\"], NULL) = 0\nset_tid_address(0x7f) = 12\n", Head{Kind: "strace", TID: 12, Call: "execve"}},
		{"one thread in a column", "12 read(0, \"\", 1) = 0\n", Head{Kind: "strace", Column: true, TID: 12, Call: "read"}},
		{"several", "12 fork() = 13\n13 getpid() = 13\n", Head{Kind: "strace", Column: true, TID: -1, Call: "fork"}},
		{"several, from stderr", "fork() = 13\n[pid 13] getpid() = 13\n[pid 12] getpid() = 12\n", Head{Kind: "strace", TID: -1, Call: "fork"}},
		{"times", "1700000000.500000 read(0, \"\", 1) = 0\n", Head{Kind: "strace", Call: "read", First: unix}},
		{"whole seconds", "00:00:01 read(0, \"\", 1) = 0\n00:00:02 close(0) = 0\n",
			Head{Kind: "strace", Call: "read", First: event.Time{NS: 1e9, Clock: event.DayClock}, Coarse: true}},
		{"no call", "+++ exited with 0 +++\n", Head{Kind: "strace"}},
	} {
		got, err := ReadHead(strings.NewReader(test.log), "log")
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
	if _, err := ReadHead(strings.NewReader("no log\n"), "log"); err == nil {
		t.Error("no error for a letter")
	}
}
