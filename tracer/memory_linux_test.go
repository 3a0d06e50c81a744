package tracer

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

// pieces gives what a call's memory holds, in order.
func pieces(mem []stx.Mem) []string {
	var list []string
	for _, m := range mem {
		list = append(list, string(m.Data))
	}
	return list
}

func TestMessages(t *testing.T) {
	c := trace(t, Options{Argv: []string{program(t, "messages")}})
	checkMessages(t, c)
}

func checkMessages(t *testing.T, c *capture) {
	t.Helper()
	one := func(name string, pick func(*tracedCall) bool) *tracedCall {
		t.Helper()
		for _, tc := range c.named(name) {
			if pick == nil || pick(tc) {
				return tc
			}
		}
		t.Fatalf("no such %s", name)
		return nil
	}
	holds := func(mem []stx.Mem, want ...string) {
		t.Helper()
		all := pieces(mem)
		for _, w := range want {
			found := false
			for _, p := range all {
				found = found || strings.HasPrefix(p, w)
			}
			if !found {
				t.Errorf("no %q in %q", w, all)
			}
		}
	}
	holds(one("writev", nil).enter.Mem, "first ", "second")
	holds(one("readv", nil).exit.Mem, "firs", "t second")
	holds(one("sendmsg", nil).enter.Mem, "first ", "second", "\x14\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00")
	holds(one("recvmsg", nil).exit.Mem, "firs", "t second", "\x14\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00")
	holds(one("sendmmsg", nil).enter.Mem, "first ", "second")
	holds(one("recvmmsg", nil).exit.Mem, "firs", "second")
	holds(one("connect", nil).enter.Mem, "\x01\x00/nonexistent/socket\x00")
	name := one("getsockname", nil)
	if m := memAt(name.exit.Mem, name.enter.Args[1]); m.Want != 2 || len(m.Data) != 2 {
		t.Errorf("getsockname: %+v", m)
	}
	opt := one("getsockopt", nil)
	if m := memAt(opt.exit.Mem, opt.enter.Args[3]); len(m.Data) != 4 || m.Data[0] != unix.SOCK_DGRAM {
		t.Errorf("getsockopt: %+v", m)
	}
	poll := one("poll", func(tc *tracedCall) bool { return tc.enter.Args[1] == 2 })
	before, after := memAt(poll.enter.Mem, poll.enter.Args[0]).Data, memAt(poll.exit.Mem, poll.enter.Args[0]).Data
	if len(before) != 16 || len(after) != 16 || binary.NativeEndian.Uint16(after[6:]) != unix.POLLOUT {
		t.Errorf("poll: %x => %x", before, after)
	}

	// at the end of what can be read
	cut := one("write", func(tc *tracedCall) bool { return tc.enter.Args[2] == 20 })
	if m := memAt(cut.enter.Mem, cut.enter.Args[1]); string(m.Data) != "end of all" || m.Want != 20 || m.Errno != int32(unix.EFAULT) {
		t.Errorf("write: %+v", m)
	}
	var access []stx.Mem
	for _, tc := range c.named("access") {
		if m := memAt(tc.enter.Mem, tc.enter.Args[0]); !strings.HasPrefix(string(m.Data), "/") {
			access = append(access, m)
		}
	}
	if len(access) != 3 || string(access[0].Data) != "end of all" || access[0].Errno != int32(unix.EFAULT) || access[0].Want != 11 ||
		len(access[1].Data) != 0 || access[1].Errno != int32(unix.EFAULT) ||
		string(access[2].Data) != "messages\x00" || access[2].Errno != 0 || access[2].Want != 9 {
		t.Errorf("access: %+v", access)
	}
}

func Test32BitCalls(t *testing.T) {
	if native != abi.AMD64 {
		t.Skip("only amd64 has two kinds of calls in one program")
	}
	c := trace(t, Options{Argv: []string{program(t, "int80")}})
	if c.result.Signal == int(unix.SIGSEGV) {
		t.Skip("this kernel has no 32-bit calls")
	}
	last := c.calls()[len(c.calls())-3:]
	open, writev := last[0], last[1]
	if abi.Arch(open.enter.Arch) != abi.I386 || open.name != "open" || !open.failedAs(unix.ENOENT) || open.text(0) != "/nonexistent/by/int80" {
		t.Errorf("%s %+v", open.name, open.enter)
	}
	if len(open.evidence) != 1 {
		t.Errorf("evidence %v", open.evidence)
	}
	if got := pieces(writev.enter.Mem); writev.name != "writev" || len(got) != 2 || got[1] != "/nonexistent" || c.stdout != got[1] {
		t.Errorf("%s %q, output %q", writev.name, got, c.stdout)
	}
}
