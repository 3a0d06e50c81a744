package stx

import (
	"encoding/binary"
	"slices"
)

// maxColumn is above the number of every column that this package knows.
const maxColumn = 64 * fieldStep

// decoder takes fields from a block's columns. A field whose column the block
// doesn't have is zero: it was not known to who wrote it.
type decoder struct {
	place
	cols [len(kinds)][]source // by number
	bad  string               // name of the field that can't be
}

// source is what is left of a column.
type source struct {
	b     []byte
	last  uint64 // value of a step field
	there bool
}

// load takes the columns apart; they are part of body. It is false when they
// can't be.
func (d *decoder) load(body []byte) bool {
	d.clear()
	for len(body) > 0 {
		var head [3]uint64 // kind, number, size
		for i := range head {
			v, n := binary.Uvarint(body)
			if n <= 0 {
				return false
			}
			head[i], body = v, body[n:]
		}
		size := head[2]
		if size > uint64(len(body)) || !d.add(head[0], head[1], body[:size]) {
			return false
		}
		body = body[size:]
	}
	// What every record has costs a byte each, so that there are no more of
	// them than bytes.
	return d.left(headKind, 0) > 0 && d.left(headKind, fieldStep) > 0 && d.left(headKind, 2*fieldStep) > 0
}

// add adds a column, unless it is of a later version. It is false when it is
// there already.
func (d *decoder) add(kind, n uint64, values []byte) bool {
	if kind >= uint64(len(kinds)) || n >= maxColumn {
		return true
	}
	cols := &d.cols[kind]
	if int(n) >= len(*cols) {
		*cols = append(*cols, make([]source, int(n)+1-len(*cols))...)
	}
	s := &(*cols)[n]
	if s.there {
		return false
	}
	*s = source{b: values, there: true}
	return true
}

func (d *decoder) clear() {
	for _, cols := range d.cols {
		clear(cols)
	}
	d.bad = ""
}

// more says whether there is another record.
func (d *decoder) more() bool {
	return d.left(headKind, 0) > 0
}

// next gives the column of the next field, nil when the block has none.
func (d *decoder) next() *source {
	n := d.place.next()
	if cols := d.cols[d.kind]; n < len(cols) && cols[n].there {
		return &cols[n]
	}
	return nil
}

func (d *decoder) int(name string, _ int64) int64 {
	if s := d.next(); s != nil {
		return d.varint(name, s)
	}
	return 0
}

func (d *decoder) varint(name string, s *source) int64 {
	v, n := binary.Varint(s.b)
	if n <= 0 {
		d.fail(name)
		return 0
	}
	s.b = s.b[n:]
	return v
}

func (d *decoder) uint(name string, _ uint64, _ int) uint64 {
	if s := d.next(); s != nil {
		return d.uvarint(name, s)
	}
	return 0
}

func (d *decoder) uvarint(name string, s *source) uint64 {
	v, n := binary.Uvarint(s.b)
	if n <= 0 {
		d.fail(name)
		return 0
	}
	s.b = s.b[n:]
	return v
}

func (d *decoder) step(name string, _ uint64, _ int) uint64 {
	s := d.next()
	if s == nil {
		return 0
	}
	s.last += uint64(d.varint(name, s))
	return s.last
}

// take takes a length and as many bytes; they are part of the block.
func (d *decoder) take(name string) []byte {
	s := d.next()
	if s == nil {
		return nil
	}
	n := d.uvarint(name, s)
	if n > uint64(len(s.b)) {
		d.fail(name)
		return nil
	}
	v := s.b[:n]
	s.b = s.b[n:]
	return v
}

func (d *decoder) str(name string, _ string) string   { return string(d.take(name)) }
func (d *decoder) bytes(name string, _ []byte) []byte { return slices.Clone(d.take(name)) }

func (d *decoder) count(name string, _ int, structs bool) int {
	n := d.uint(name, 0, 10)
	d.elements(0, structs)
	if n > maxList || n > uint64(d.left(d.kind, d.list+1)) { // an element's first value is at least one byte
		d.fail(name)
		return 0
	}
	d.elements(int(n), structs)
	return int(n)
}

// left is how many bytes are left of a column.
func (d *decoder) left(kind Kind, n int) int {
	if cols := d.cols[kind]; n < len(cols) {
		return len(cols[n].b)
	}
	return 0
}

func (d *decoder) open(string)   { d.into() }
func (d *decoder) close()        { d.out() }
func (d *decoder) reading() bool { return true }

func (d *decoder) fail(name string) {
	if d.bad == "" {
		d.bad = name
	}
}
