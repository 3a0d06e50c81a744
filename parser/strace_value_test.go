package parser

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/event"
)

func num(n int64) event.Value   { return event.Value{Kind: event.Int, Int: n} }
func addr(n int64) event.Value  { return event.Value{Kind: event.Addr, Int: n, Style: event.Hex} }
func str(s string) event.Value  { return event.Value{Kind: event.String, Str: s} }
func name(s string) event.Value { return event.Value{Kind: event.Symbol, Str: s} }
func raw(s string) event.Value  { return event.Value{Kind: event.Raw, Str: s} }

func seq(kind event.ValueKind, elems ...event.Value) event.Value {
	return event.Value{Kind: kind, Elems: elems}
}

func named(name string, v event.Value) event.Value {
	v.Name = name
	return v
}

func deco(v event.Value, text string) event.Value {
	v.Deco, v.HasDeco = text, true
	return v
}

func with(v event.Value, change func(*event.Value)) event.Value {
	change(&v)
	return v
}

func cut(v event.Value) event.Value { return with(v, func(v *event.Value) { v.Cut = true }) }

func commented(v event.Value, text string) event.Value {
	return with(v, func(v *event.Value) { v.Comment = text })
}

func changed(v, after event.Value) event.Value {
	return with(v, func(v *event.Value) { v.After = &after })
}

func styled(v event.Value, s event.Style) event.Value {
	return with(v, func(v *event.Value) { v.Style = s })
}

var valueTests = []struct {
	text string
	want event.Value
}{
	{"3", num(3)},
	{"-1", num(-1)},
	{"-9223372036854775808", num(-1 << 63)},
	{"18446744073709551615", styled(num(-1), event.Unsigned)},
	{"0644", styled(num(0o644), event.Octal)},
	{"000", styled(num(0), event.Octal)},
	{"0", num(0)},
	{"NULL", addr(0)},
	{"0x7ffe23559d98", addr(0x7ffe23559d98)},
	{"0xffffffffff600000", addr(-0xa00000)},
	{"0x7ffe23559d98 /* 8 vars */", commented(addr(0x7ffe23559d98), "8 vars")},
	{"/* 9 entries */", commented(event.Value{}, "9 entries")},
	{"[/* 8 vars */]", commented(seq(event.Array), "8 vars")},
	{"AT_FDCWD", name("AT_FDCWD")},
	{"O_RDONLY|0x80000000", name("O_RDONLY|0x80000000")},
	{"0x300|SIGCHLD", name("0x300|SIGCHLD")},
	{"S_IFREG|0644", name("S_IFREG|0644")},
	{`"a\n\t\"\\\0\33\377\x7f\00012"`, str("a\n\t\"\\\x00\x1b\xff\x7f\x0012")},
	{`"abc"...`, cut(str("abc"))},
	{`""...`, cut(str(""))},
	{`@"abstract\0"`, str("\x00abstract\x00")},
	{`"a, b) = -1 ENOENT (No) <unfinished ...>"`, str("a, b) = -1 ENOENT (No) <unfinished ...>")},
	{"3</etc/passwd>", deco(num(3), "/etc/passwd")},
	{`3</tmp/f\0743\76[1]{2}>`, deco(num(3), "/tmp/f<3>[1]{2}")},
	{"1</dev/null<char 1:3>>", deco(num(1), "/dev/null<char 1:3>")},
	{"5</tmp/x>(deleted)", deco(num(5), "/tmp/x (deleted)")},
	{"5</tmp/x (deleted)>", deco(num(5), "/tmp/x (deleted)")},
	{"9<TCP:[127.0.0.1:80->127.0.0.1:4711]>", deco(num(9), "TCP:[127.0.0.1:80->127.0.0.1:4711]")},
	{`4<UNIX-STREAM:[12->13,"/run/a]>"]>`, deco(num(4), `UNIX-STREAM:[12->13,"/run/a]>"]`)},
	{"15<{eventfd-count=0x3, eventfd-id=2}>", deco(num(15), "{eventfd-count=0x3, eventfd-id=2}")},
	{"12<sh>", deco(num(12), "sh")},
	{`12<work\t(x)>`, deco(num(12), "work\t(x)")},
	{"AT_FDCWD</root>", deco(name("AT_FDCWD"), "/root")},
	{"-100 /* AT_FDCWD */</root>", commented(deco(num(-100), "/root"), "AT_FDCWD")},
	{"[]", seq(event.Array)},
	{"[CHLD]", seq(event.Array, name("CHLD"))},
	{"[INT TERM]", seq(event.Set, name("INT"), name("TERM"))},
	{"[3</a> 4]", seq(event.Set, deco(num(3), "/a"), num(4))},
	{"~[]", with(seq(event.Set), func(v *event.Value) { v.Neg = true })},
	{"~[KILL STOP]", with(seq(event.Set, name("KILL"), name("STOP")), func(v *event.Value) { v.Neg = true })},
	{"[3, 4]", seq(event.Array, num(3), num(4))},
	{`["ls", "-l", ...]`, cut(seq(event.Array, str("ls"), str("-l")))},
	{"[128 => 16]", seq(event.Array, changed(num(128), num(16)))},
	{"{...}", cut(seq(event.Struct))},
	{"{st_mode=S_IFREG|0644, st_size=3, ...}",
		cut(seq(event.Struct, named("st_mode", name("S_IFREG|0644")), named("st_size", num(3))))},
	{"{1, 500000}", seq(event.Struct, num(1), num(500000))},
	{"{msg_name(0)=NULL, msg_iov(1)=[]}",
		seq(event.Struct, named("msg_name", addr(0)), named("msg_iov", seq(event.Array)))},
	{"{a=1} => {a=[2]}", changed(seq(event.Struct, named("a", num(1))),
		seq(event.Struct, named("a", seq(event.Array, num(2)))))},
	{`{sin_port=htons(80), inet_pton(AF_INET6, "::1", &sin6_addr)}`, seq(event.Struct,
		named("sin_port", with(seq(event.Func, num(80)), func(v *event.Value) { v.Str = "htons" })),
		with(seq(event.Func, name("AF_INET6"), str("::1"), name("&sin6_addr")), func(v *event.Value) { v.Str = "inet_pton" }))},
	{"[{WIFEXITED(s) && WEXITSTATUS(s) == 7}]",
		seq(event.Array, seq(event.Struct, raw("WIFEXITED(s) && WEXITSTATUS(s) == 7")))},
	{"{tms_stime=1 /* 0.01 s */}", seq(event.Struct, commented(named("tms_stime", num(1)), "0.01 s"))},
	{"dirfd=AT_FDCWD", named("dirfd", name("AT_FDCWD"))},
	{"8192*1024", raw("8192*1024")},
	{"0899", raw("0899")},
	{"SNDCTL_TMR_TIMEBASE or TCGETS", raw("SNDCTL_TMR_TIMEBASE or TCGETS")},
	{"<... resuming interrupted read ...>", raw("<... resuming interrupted read ...>")},
	{"{B38400 opost isig -icanon ...}", seq(event.Struct, raw("B38400 opost isig -icanon ..."))},
	{"\x1bred", raw(`\033red`)},
	{"~[,]", raw("~[,]")},
	{"[1 8*2]", raw("[1 8*2]")},
	{"[/**/ a]", seq(event.Array, raw("/**/ a"))},
	{`3<a\72[b>`, deco(num(3), `a\72[b`)},
	{`["x",... ]`, cut(seq(event.Array, str("x")))},
}

func TestValues(t *testing.T) {
	for _, test := range valueTests {
		p := scanner{s: test.text + ", 7)"}
		l := p.list(')')
		want := []event.Value{test.want, num(7)}
		if diff := cmp.Diff(want, l.elems); diff != "" || !l.closed || p.open {
			t.Errorf("%s: closed %v, open %v, -want +got\n%s", test.text, l.closed, p.open, diff)
		}
	}
}

func TestOpenValues(t *testing.T) {
	for _, text := range []string{`{a=1, b=2`, `["x", `, `"abc`, `htons(1`, `3, {a=1`, `0x1 /* 8 va`} {
		p := scanner{s: text}
		if l := p.list(')'); l.closed || !p.open {
			t.Errorf("%s: closed %v, open %v", text, l.closed, p.open)
		}
	}
	for _, text := range []string{``, `3`, `3, `, `AT_FDCWD, "x", O_RDONLY`, `{a=1}`, `0x1 /* 8 vars */`} {
		p := scanner{s: text}
		if l := p.list(')'); l.closed || p.open {
			t.Errorf("%s: closed %v, open %v", text, l.closed, p.open)
		}
	}
}

// TestHardValues feeds what would take a careless reader quadratic time, deep
// recursion or memory far beyond the line's length.
func TestHardValues(t *testing.T) {
	for _, unit := range []string{"[", "{a=", "1<", "1<[>", "1</<", "/*", `"`, `"\`, "a(", "(", ",", "1,", "[1 ", "~[", "1 => ", "<unfinished ...>", "@\""} {
		text := strings.Repeat(unit, 1<<17/len(unit))
		p := scanner{s: text}
		p.list(')')
		if p.depth != 0 || p.i > len(text) {
			t.Errorf("%s: depth %d, position %d of %d", unit, p.depth, p.i, len(text))
		}
	}
}
