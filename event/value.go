package event

import "strings"

// ValueKind is the shape of a Value.
type ValueKind uint8

const (
	None   ValueKind = iota // absent
	Int                     // a number: Int
	Addr                    // a pointer that was not followed: Int; 0 is NULL
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
	Decimal Style = iota
	Hex           // 0x1f
	Octal         // 0644
)

// Value is one argument, field or element of a call, in strace's notation.
type Value struct {
	Kind  ValueKind
	Name  string // field name in a struct, argument name where the log gives one
	Int   int64
	Str   string
	Cut   bool
	Neg   bool
	Style Style
	// Deco is what a descriptor points to: "/etc/passwd", "socket:[123]",
	// "TCP:[127.0.0.1:5432]" (strace -y, -yy). HasDeco tells "" from absent.
	Deco    string
	HasDeco bool
	Comment string // text in /* … */ after the value: "8 vars", "O_RDONLY"
	Elems   []Value
	// After is the value after the call, where the kernel changed it
	// ("[128 => 16]", "{…} => {…}").
	After *Value
}

// Arg gives the i-th argument; a Value of kind None when there are fewer.
func (c *Call) Arg(i int) Value {
	if c == nil || i < 0 || i >= len(c.Args) {
		return Value{}
	}
	return c.Args[i]
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
