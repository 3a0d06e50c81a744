package event

import "strings"

// ValueKind is the shape of a Value.
//
// A value has the shape of its notation, not of its meaning, since a log tells
// no more; a capture is decoded into the same shapes. So the same call gives
// the same tree from both:
//
//	NULL, 0x7ffe23559d98, 0x3    Addr, Style Hex: a hexadecimal number is one, whatever it means
//	3, -1, 0644                  Int, Style Decimal or Octal; Unsigned from 2^63 on
//	O_RDONLY|0x80000000          Symbol: names, and numbers among names
//	"x\n"...                     String "x\n", Cut
//	@"abc"                       String "\x00abc" (an abstract socket's sun_path)
//	3</etc/passwd>               Int 3, Deco "/etc/passwd"
//	3</tmp/x>(deleted)           Int 3, Deco "/tmp/x (deleted)"
//	AT_FDCWD</root>              Symbol, Deco "/root"
//	{a=1, b=2, ...}              Struct with Elems named a and b, Cut
//	[{fd=3, events=POLLIN}]      Array of one Struct
//	[], [CHLD], [3]              Array: with fewer than two elements a set can't be told from an array
//	[INT TERM], [3 4]            Set: two or more elements with blanks between them
//	~[], ~[KILL STOP]            Set, Neg
//	[128 => 16]                  Array of one Int 128, whose After is 16
//	htons(80)                    Func "htons" of one Int
//	[{WIFEXITED(s) && …}]        Array of one Struct of one Raw, its text (see [Value.WaitStatus])
//	8192*1024                    Raw
//	0x55d0 /* 8 vars */          Addr, Comment "8 vars"
//	[/* 8 vars */]               Array without Elems, Comment "8 vars"
//	/* 9 entries */              None, Comment "9 entries"
//	"/etc/x" [etc_t]             String "/etc/x", Comment "etc_t" (strace --secontext)
//	0x1 /* A */|0x2 /* B */      Addr 3, Comment "A|B" (strace -X verbose)
//
// Anything else is Raw, with its text up to the comma or bracket that ends it.
type ValueKind uint8

const (
	None   ValueKind = iota // absent
	Int                     // a number: Int
	Addr                    // a pointer that was not followed, or any hexadecimal number: Int; 0 is NULL
	String                  // bytes: Str, Cut when the trace has only their beginning
	Symbol                  // constants: Str is "O_RDONLY|O_CLOEXEC", "AT_FDCWD", "SIGCHLD"
	Struct                  // {name=value, …}: Elems with Name; Cut for a trailing "..."
	Array                   // [value, …]: Elems; Cut for a trailing "..."
	Set                     // a set of signals "[INT TERM]", of descriptors "[3 4]": Elems; Neg for "~[…]"
	Func                    // name(value, …): Str is the name ("htons", "inet_addr", "makedev"), Elems
	Raw                     // text kept as it is: a wait status, an expression
)

// Style is how a number is written.
type Style uint8

const (
	Decimal  Style = iota
	Hex            // 0x1f, the bits of Int as an uint64
	Octal          // 0644, 000
	Unsigned       // decimal, the bits of Int as an uint64: 18446744073709551615
)

// Value is one argument, field or element of a call, in strace's notation.
type Value struct {
	Kind    ValueKind
	Style   Style
	Cut     bool
	Neg     bool
	HasDeco bool   // tells a Deco that is "" from none
	Name    string // field name in a struct, argument name where the log gives one
	Int     int64
	Str     string
	// Deco is what a descriptor points to: "/etc/passwd", "socket:[123]",
	// "TCP:[127.0.0.1:5432]" (strace -y, -yy), or the command name of a pid
	// (strace -Y). A path or name is without escapes; any other text is as
	// strace writes it.
	Deco    string
	Comment string // text in /* … */ after the value: "8 vars", "O_RDONLY"
	Elems   []Value
	// After is the value after the call, where the kernel changed it
	// ("[128 => 16]", "{…} => {…}").
	After *Value
}

// Field gives the named field of a struct, or of the only struct in an array.
func (v Value) Field(name string) Value {
	if v.Kind == Array && len(v.Elems) > 0 {
		return v.Elems[0].Field(name)
	}
	for _, e := range v.Elems {
		if e.Name == name {
			return e
		}
	}
	return Value{}
}

// Has says whether a Symbol value names the constant: "O_CREAT" in
// "O_WRONLY|O_CREAT".
func (v Value) Has(constant string) bool {
	if v.Kind != Symbol {
		return false
	}
	rest := v.Str
	for rest != "" {
		var one string
		one, rest, _ = strings.Cut(rest, "|")
		if one == constant {
			return true
		}
	}
	return false
}

// IsNull says whether the value is a null pointer.
func (v Value) IsNull() bool { return v.Kind == Addr && v.Int == 0 }

// Final is the value after the call: After where the kernel changed it.
func (v Value) Final() Value {
	if v.After != nil {
		return *v.After
	}
	return v
}
