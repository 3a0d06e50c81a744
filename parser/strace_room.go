package parser

import (
	"unsafe"

	"github.com/stracex/stracex/event"
)

// room is memory for the values of one call, which the next call uses again. A nil
// room gives memory that lasts.
type room struct {
	values []event.Value
	bytes  []byte
}

const (
	minValues = 32
	minBytes  = 4 << 10
	maxRoom   = 1 << 20 // bytes that are kept for the next call
)

// reset makes all of it free again.
func (r *room) reset() {
	r.values, r.bytes = r.values[:0], r.bytes[:0]
	if cap(r.values) > maxRoom/int(unsafe.Sizeof(event.Value{})) {
		r.values = nil
	}
	if cap(r.bytes) > maxRoom {
		r.bytes = nil
	}
}

// copy gives a copy of values.
func (r *room) copy(values []event.Value) []event.Value {
	if len(values) == 0 {
		return nil
	}
	if r == nil {
		return append([]event.Value(nil), values...)
	}
	from := len(r.values)
	if cap(r.values)-from < len(values) { // what was given out stays where it is
		r.values, from = make([]event.Value, 0, max(minValues, 2*cap(r.values), len(values))), 0
	}
	r.values = append(r.values, values...)
	return r.values[from:len(r.values):len(r.values)]
}

// unescape is unescape, in the room.
func (r *room) unescape(prefix, s string) string {
	if r == nil {
		return unescape(prefix, s)
	}
	from, n := len(r.bytes), len(prefix)+len(s)
	if cap(r.bytes)-from < n {
		r.bytes, from = make([]byte, 0, max(minBytes, 2*cap(r.bytes), n)), 0
	}
	r.bytes = appendUnescaped(r.bytes, prefix, s)
	b := r.bytes[from:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// borrow has the scanner's values lie in memory that the next call uses again.
func (p *scanner) borrow() {
	if p.room == nil {
		p.room = new(room)
	}
	p.room.reset()
}
