package event

import "testing"

func TestFD(t *testing.T) {
	for _, test := range []struct {
		v  Value
		fd int
		ok bool
	}{
		{Value{Kind: Int, Int: 3}, 3, true},
		{Value{Kind: Int, Int: -1}, -1, true},
		{Value{Kind: Symbol, Str: "AT_FDCWD"}, -100, true},
		{Value{Kind: Addr, Int: 0xffffff9c}, -100, true},
		{Value{Kind: Int, Int: 1 << 40}, 0, false},
		{Value{Kind: String, Str: "3"}, 0, false},
		{Value{}, 0, false},
	} {
		if fd, ok := test.v.FD(); fd != test.fd || ok != test.ok {
			t.Errorf("%+v: got %d, %v", test.v, fd, ok)
		}
	}
}

func TestWaitStatus(t *testing.T) {
	for _, test := range []struct {
		text   string
		code   int
		signal string
		ok     bool
	}{
		{"WIFEXITED(s) && WEXITSTATUS(s) == 7", 7, "", true},
		{"WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL", 0, "SIGKILL", true},
		{"WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)", 0, "SIGSEGV", true},
		{"WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP", 0, "", false},
		{"WEXITSTATUS(s) == x", 0, "", false},
	} {
		v := Value{Kind: Array, Elems: []Value{{Kind: Struct, Elems: []Value{{Kind: Raw, Str: test.text}}}}}
		if code, signal, ok := v.WaitStatus(); code != test.code || signal != test.signal || ok != test.ok {
			t.Errorf("%s: got %d, %q, %v", test.text, code, signal, ok)
		}
	}
	if _, _, ok := (Value{Kind: Addr, Int: 0x7ffc}).WaitStatus(); ok {
		t.Error("an address has a status")
	}
}

// fn makes name(elems).
func fn(name string, elems ...Value) Value { return Value{Kind: Func, Str: name, Elems: elems} }

func as(name string, v Value) Value { v.Name = name; return v }

func TestSockAddr(t *testing.T) {
	text := func(s string) Value { return Value{Kind: String, Str: s} }
	port := fn("htons", Value{Kind: Int, Int: 5432})
	family := func(s string) Value { return Value{Name: "sa_family", Kind: Symbol, Str: s} }
	for _, test := range []struct {
		elems []Value
		want  string
		ok    bool
	}{
		{[]Value{family("AF_INET"), as("sin_port", port), as("sin_addr", fn("inet_addr", text("127.0.0.1")))}, "127.0.0.1:5432", true},
		{[]Value{family("AF_INET6"), as("sin6_port", port), fn("inet_pton", Value{Kind: Symbol, Str: "AF_INET6"}, text("::1"),
			Value{Kind: Symbol, Str: "&sin6_addr"})}, "[::1]:5432", true},
		{[]Value{family("AF_UNIX"), as("sun_path", text("/run/x.sock"))}, "unix:/run/x.sock", true},
		{[]Value{family("AF_UNIX"), as("sun_path", text("\x00abstract"))}, "unix:@abstract", true},
		{[]Value{family("AF_FILE"), as("path", text("/dev/log"))}, "unix:/dev/log", true},
		{[]Value{family("AF_UNIX")}, "unix:", true},
		{[]Value{family("AF_NETLINK")}, "", false},
		{[]Value{family("AF_INET"), as("sin_port", port), as("sin_addr", fn("inet_addr", text("nowhere")))}, "", false},
		{nil, "", false},
	} {
		if got, ok := SockAddr(Value{Kind: Struct, Elems: test.elems}); got != test.want || ok != test.ok {
			t.Errorf("got %q, %v; want %q, %v", got, ok, test.want, test.ok)
		}
	}
	if _, ok := SockAddr(Value{Kind: Addr, Int: 1}); ok {
		t.Error("an address of memory is an address of a socket")
	}
}

func TestFieldAndHas(t *testing.T) {
	v := Value{Kind: Array, Elems: []Value{{Kind: Struct, Elems: []Value{{Name: "fd", Kind: Int, Int: 3}}}}}
	if got := v.Field("fd"); got.Int != 3 {
		t.Errorf("got %+v", got)
	}
	flags := Value{Kind: Symbol, Str: "O_WRONLY|O_CREAT"}
	if !flags.Has("O_CREAT") || flags.Has("O_CREA") || flags.Has("") {
		t.Error("Has is wrong")
	}
	var none *Call
	if got := none.Arg(0); got.Kind != None {
		t.Errorf("got %+v", got)
	}
}
