package event

import (
	"testing"
	"time"
)

// call makes a finished call.
func call(name string, ret Result, args ...Value) *Call {
	c := NewCall(name, args...)
	c.Ret = ret
	return c
}

var (
	three = Value{Kind: Int, Int: 3, Deco: "/etc/passwd", HasDeco: true}
	cwd   = Value{Kind: Symbol, Str: "AT_FDCWD", Deco: "/root", HasDeco: true}
	path  = Value{Kind: String, Str: "/etc/passwd"}
	flags = Value{Kind: Symbol, Str: "O_RDONLY|O_CLOEXEC"}
	found = Result{Known: true, Value: 3, Deco: "/etc/passwd", HasDeco: true}
)

func TestAppend(t *testing.T) {
	ahead := func(name string, n int) bool { return name == "read" && n == 1 }
	open := &Event{TID: 12, Comm: "cat", Kind: Returned, Call: call("openat", found, cwd, path, flags),
		Time: Time{NS: 1795381683_227335123, Clock: UnixClock}}
	open.Call.Duration = 19_123
	closed := &Event{TID: 12345, Kind: Returned, Call: call("close", Result{Known: true}, three)}
	for _, test := range []struct {
		name string
		e    *Event
		f    Format
		want string
	}{
		{"plain", open, Format{}, `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3`},
		{"decorated", open, Format{Decos: true},
			`openat(AT_FDCWD</root>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>`},
		{"everything", open, Format{PID: BarePID, Times: UnixTimes, Digits: 6, Durations: 6, Decos: true},
			`12<cat> 1795381683.227335 openat(AT_FDCWD</root>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd> <0.000019>`},
		{"time of day", open, Format{PID: BracketPID, Times: DayTimes, Zone: time.UTC},
			`[pid    12] 21:08:03 openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3`},
		{"time since", open, Format{Times: DeltaTimes, Digits: 9, Before: Time{NS: 1795381681_000000000, Clock: UnixClock}},
			`     2.227335123 openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3`},
		{"no time before", open, Format{Times: DeltaTimes, Digits: 6},
			`     0.000000 openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3`},
		{"column", closed, Format{}, `close(3)                                = 0`},
		{"column behind a pid", closed, Format{PID: BracketPID}, `[pid 12345] close(3)                    = 0`},
		{"error", &Event{Kind: Returned, Call: call("access", Result{Known: true, Value: -1, Errno: "ENOENT", Message: "No such file or directory"}, path)},
			Format{}, `access("/etc/passwd")                   = -1 ENOENT (No such file or directory)`},
		{"restarted", &Event{Kind: Returned, Call: call("pause", Result{Errno: "ERESTARTNOHAND"})},
			Format{}, `pause()                                 = ? ERESTARTNOHAND`},
		{"first half", &Event{Kind: Entered, Call: &Call{Name: "read", args: []Value{three}}},
			Format{}, `read(3 <unfinished ...>`},
		{"second half", &Event{Kind: Returned, Call: &Call{Name: "read", args: []Value{three, path}, shown: 1, Ret: found, Duration: -1}},
			Format{}, `<... read resumed>, "/etc/passwd")      = 3`},
		{"first half with a comma", &Event{Kind: Entered, Call: &Call{Name: "read", args: []Value{three}}},
			Format{CommaAhead: ahead}, `read(3,  <unfinished ...>`},
		{"second half without", &Event{Kind: Returned, Call: &Call{Name: "read", args: []Value{three, path}, shown: 1, Ret: found, Duration: -1}},
			Format{CommaAhead: ahead}, `<... read resumed>"/etc/passwd")        = 3`},
		{"never returned", &Event{Kind: Returned, Call: &Call{Name: "read", args: []Value{three}, shown: 1, Unfinished: true, Duration: -1}},
			Format{}, `<... read resumed> <unfinished ...>)    = ?`},
		{"signal", &Event{Kind: Signal, Signal: &SignalInfo{Name: "SIGSEGV", Info: Value{Kind: Struct, Elems: []Value{{Name: "si_signo", Kind: Symbol, Str: "SIGSEGV"}}}}},
			Format{}, `--- SIGSEGV {si_signo=SIGSEGV} ---`},
		{"stop", &Event{Kind: Stopped, Signal: &SignalInfo{Name: "SIGTSTP"}}, Format{}, `--- stopped by SIGTSTP ---`},
		{"exit", &Event{TID: 7, Kind: Exited, Exit: &Exit{Code: 3}}, Format{PID: BarePID}, `7     +++ exited with 3 +++`},
		{"killed", &Event{Kind: Exited, Exit: &Exit{Signal: "SIGABRT", Core: true}}, Format{}, `+++ killed by SIGABRT (core dumped) +++`},
		{"superseded", &Event{Kind: Exited, Exit: &Exit{SupersededBy: 9}}, Format{}, `+++ superseded by execve in pid 9 +++`},
		{"started", &Event{TID: 9, Kind: Started, Start: &Start{}}, Format{PID: BarePID}, `strace: Process 9 attached`},
		{"hostile text", &Event{Kind: Unknown, Text: "\x1b[31m\u202ered\xff\té"}, Format{}, `\033[31m\342\200\256red\377` + "\té"},
	} {
		if got := string(Append(nil, test.e, test.f)); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestAppendValue(t *testing.T) {
	for _, test := range []struct {
		v    Value
		want string
	}{
		{Value{Kind: String, Str: "\x00\x0018\n\t\v\f\r\"\\\x7f\x80\x019"}, `"\0\00018\n\t\v\f\r\"\\\177\200\19"`},
		{Value{Kind: String, Name: "sun_path", Str: "\x00abc"}, `@"abc"`},
		{Value{Kind: String, Str: "ab", Cut: true}, `"ab"...`},
		{Value{Kind: Addr}, "NULL"},
		{Value{Kind: Addr, Int: -1, Style: Hex}, "0xffffffffffffffff"},
		{Value{Kind: Int, Int: -1, Style: Unsigned}, "18446744073709551615"},
		{Value{Kind: Int, Int: 0, Style: Octal}, "000"},
		{Value{Kind: Int, Int: 7, Style: Octal}, "007"},
		{Value{Kind: Int, Int: 0o4755, Style: Octal}, "04755"},
		{Value{Kind: Struct, Cut: true, Elems: []Value{{Name: "a", Kind: Int, Int: 1}}}, "{a=1, ...}"},
		{Value{Kind: Array, Comment: "8 vars"}, "[/* 8 vars */]"},
		{Value{Kind: Set, Neg: true, Elems: []Value{{Kind: Symbol, Str: "INT"}, {Kind: Symbol, Str: "HUP"}}}, "~[INT HUP]"},
		{Value{Kind: Func, Str: "htons", Elems: []Value{{Kind: Int, Int: 80}}}, "htons(80)"},
		{Value{Kind: Int, Int: 128, After: &Value{Kind: Int, Int: 16}}, "128 => 16"},
		{Value{Comment: "9 entries"}, "/* 9 entries */"},
		{Value{Kind: Int, Int: 3, HasDeco: true, Deco: "/tmp/a<b>\n (deleted)"}, `3</tmp/a\74b\76\n>(deleted)`},
		{Value{Kind: Int, Int: 1, HasDeco: true, Deco: "/dev/null<char 1:3>"}, "1</dev/null<char 1:3>>"},
		{Value{Kind: Int, Int: 1, HasDeco: true, Deco: "/x<char no>"}, `1</x\74char no\76>`},
		{Value{Kind: Int, Int: 4, HasDeco: true, Deco: "TCP:[1->2]"}, "4<TCP:[1->2]>"},
	} {
		if got := string(AppendValue(nil, test.v, Format{Decos: true})); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
