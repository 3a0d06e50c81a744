package parser

import (
	"fmt"

	"github.com/stracex/stracex/event"
)

// controlChars name the elements of c_cc (asm-generic/termbits-common.h), the
// same on all our architectures.
var controlChars = [...]string{
	"VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VTIME", "VMIN", "VSWTC", "VSTART", "VSTOP", "VSUSP", "VEOL",
	"VREPRINT", "VDISCARD", "VWERASE", "VLNEXT", "VEOL2",
}

// termiosShape writes a terminal's control characters with their names, in the
// notation of C: [[VINTR]=0x3, …].
func termiosShape(d *decoder, v event.Value, _ []byte) event.Value {
	for i, e := range v.Elems {
		if e.Name == "c_cc" {
			v.Elems[i].Elems = designated(e.Elems)
		}
	}
	return v
}

func designated(chars []event.Value) []event.Value {
	out := make([]event.Value, len(chars))
	for i, c := range chars {
		name := fmt.Sprint(i)
		if i < len(controlChars) {
			name = controlChars[i]
		}
		value := "0"
		if c.Int != 0 {
			value = fmt.Sprintf("%#x", c.Int)
		}
		out[i] = event.Value{Kind: event.Raw, Str: "[" + name + "]=" + value}
	}
	return out
}
