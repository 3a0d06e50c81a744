package event

import (
	"math"
	"strings"
)

// Most calls of a log are of no interest to whoever reads it, and taking their
// arguments apart is most of the work: so it is done when they are asked for, and
// of a borrowed call no further than they are asked for.

// ArgReader takes the text of arguments apart: "3, "/etc/passwd", O_RDONLY)", in
// two pieces when other events came between a call's halves. It may be used where
// the reader of the log is used, not beside it.
type ArgReader interface {
	// ReadArgs gives the values and how many of them are in the first piece.
	ReadArgs(first, rest string) (args []Value, shown int)
	// Borrow gives the values, at least n of them unless there are fewer, of the
	// reader's present call. They are valid as long as its event.
	Borrow(first, rest string, n int) []Value
}

// Args are the call's arguments. The caller may change the values, for all that
// hold the call; of a borrowed call they are valid as long as its event.
func (c *Call) Args() []Value {
	if c.argReader != nil {
		c.read(math.MaxInt)
	}
	return c.args
}

// read reads at least n arguments.
func (c *Call) read(n int) {
	if c.borrowed {
		c.args = c.argReader.Borrow(c.first, c.rest, n)
		return
	}
	var args []Value
	args, c.shown = c.argReader.ReadArgs(c.first, c.rest)
	c.SetArgs(args)
}

// Arg gives the i-th argument; a Value of kind None when there are fewer.
func (c *Call) Arg(i int) Value {
	if c == nil || i < 0 {
		return Value{}
	}
	if i >= len(c.args) {
		if c.argReader != nil {
			c.read(i + 1)
		}
		if i >= len(c.args) {
			return Value{}
		}
	}
	return c.args[i]
}

// Shown is how many of Args the call's Entered event held: a printer shows them
// there and only the rest at the return.
func (c *Call) Shown() int {
	if c.argReader != nil {
		_, shown := c.argReader.ReadArgs(c.first, c.rest)
		return shown
	}
	return c.shown
}

// Text is the text of arguments that were not asked for yet, "" of others.
func (c *Call) Text() string { return c.first + c.rest }

// SetArgs sets the arguments.
func (c *Call) SetArgs(args []Value) {
	c.args, c.first, c.rest, c.argReader, c.borrowed = args, "", "", nil, false
}

// SetShown sets what Shown gives, after the arguments.
func (c *Call) SetShown(n int) { c.shown = n }

// ShowNone makes the call one whose Entered event held no arguments.
func (c *Call) ShowNone() {
	c.shown = 0
	if c.argReader != nil {
		c.first, c.rest = "", c.first+c.rest
	}
}

// BorrowArgs sets the arguments to what r will read when they are asked for; the
// text need not last longer than the call's event.
func (c *Call) BorrowArgs(first, rest string, r ArgReader) {
	c.args, c.shown = nil, 0
	c.first, c.rest, c.argReader, c.borrowed = first, rest, r, true
}

// NewCall gives a call with arguments, without a result.
func NewCall(name string, args ...Value) *Call {
	return &Call{Name: name, args: args, Entered: -1, Duration: -1}
}

// Keep gives the event itself, or a copy when the reader will use its memory
// again. Arguments of the copy are what the log says, not what was changed.
func (e *Event) Keep() *Event {
	if !e.Borrowed {
		return e
	}
	k := &struct {
		event Event
		call  Call
	}{event: *e}
	c, call := &k.event, &k.call
	c.Borrowed = false
	if e.Call != nil {
		*call = *e.Call
		c.Call = call
	}
	if call.borrowed {
		call.args, call.borrowed = nil, false
	}
	cloneAll([]*string{&c.Comm, &c.Text, &call.first, &call.rest, &call.Ret.Deco, &call.Ret.Note, &call.Ret.Comment})
	return c
}

// cloneAll copies texts into one piece of memory.
func cloneAll(texts []*string) {
	n := 0
	for _, s := range texts {
		n += len(*s)
	}
	if n == 0 {
		return
	}
	var b strings.Builder
	b.Grow(n)
	for _, s := range texts {
		from := b.Len()
		b.WriteString(*s)
		*s = b.String()[from:]
	}
}
