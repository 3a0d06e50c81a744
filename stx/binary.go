package stx

import "encoding/binary"

// fieldStep is between the columns of a kind's fields; the columns of a list's
// values, or of its structs' fields, come between the list's and the next.
const fieldStep = 16

// place is the column of the field that comes next. A struct has no lists.
type place struct {
	kind   Kind // headKind for what every record has
	at     int
	step   int // to the field after: fieldStep, in a struct 1
	list   int // the column of the list that came last
	values int // so many of its values come next
	after  int // where it goes on after the struct
}

const headKind Kind = 0

func (p *place) begin(kind Kind) { *p = place{kind: kind, step: fieldStep} }

func (p *place) next() int {
	if p.values > 0 {
		p.values--
		return p.list + 1
	}
	at := p.at
	p.at += p.step
	return at
}

// elements is called when the list's own column was the last.
func (p *place) elements(n int, structs bool) {
	p.list = p.at - fieldStep
	if !structs {
		p.values = n
	}
}

func (p *place) into() { p.after, p.at, p.step = p.at, p.list+1, 1 }
func (p *place) out()  { p.at, p.step = p.after, fieldStep }

// encoder gathers the columns of a block.
type encoder struct {
	place
	cols   [len(kinds)][]column // by number
	used   []columnID
	size   int // bytes in all columns
	record int // counts from 1 in a block
	bad    string
}

type columnID struct {
	kind Kind
	n    int
}

type column struct {
	b    []byte
	last uint64 // value of a step field
	// What the column was before record came.
	record     int
	length     int
	lastBefore uint64
}

// next gives the column of the next field.
func (e *encoder) next() *column {
	n := e.place.next()
	if cols := e.cols[e.kind]; n < len(cols) && cols[n].record == e.record {
		return &cols[n]
	}
	return e.touch(n)
}

// touch gives a column that the record comes to first, and keeps what it was.
func (e *encoder) touch(n int) *column {
	cols := &e.cols[e.kind]
	if n >= len(*cols) {
		*cols = append(*cols, make([]column, n+1-len(*cols))...)
	}
	c := &(*cols)[n]
	if c.record == 0 {
		e.used = append(e.used, columnID{e.kind, n})
	}
	c.record, c.length, c.lastBefore = e.record, len(c.b), c.last
	return c
}

// put appends a number; most take one byte.
func (e *encoder) put(c *column, v uint64) {
	if v < 0x80 {
		c.b = append(c.b, byte(v))
		e.size++
		return
	}
	n := len(c.b)
	c.b = binary.AppendUvarint(c.b, v)
	e.size += len(c.b) - n
}

func zigzag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

func (e *encoder) int(_ string, v int64) int64 {
	e.put(e.next(), zigzag(v))
	return v
}

func (e *encoder) uint(_ string, v uint64, _ int) uint64 {
	e.put(e.next(), v)
	return v
}

func (e *encoder) step(_ string, v uint64, _ int) uint64 {
	c := e.next()
	e.put(c, zigzag(int64(v-c.last)))
	c.last = v
	return v
}

func (e *encoder) str(_ string, v string) string {
	c := e.next()
	e.put(c, uint64(len(v)))
	c.b = append(c.b, v...)
	e.size += len(v)
	return v
}

func (e *encoder) bytes(_ string, v []byte) []byte {
	c := e.next()
	e.put(c, uint64(len(v)))
	c.b = append(c.b, v...)
	e.size += len(v)
	return v
}

func (e *encoder) count(name string, n int, structs bool) int {
	if n > maxList {
		e.fail(name)
	}
	e.uint(name, uint64(n), 10)
	e.elements(n, structs)
	return n
}

func (e *encoder) open(string)      { e.into() }
func (e *encoder) close()           { e.out() }
func (e *encoder) reading() bool    { return false }
func (e *encoder) fail(name string) { e.bad = name }

// undo takes the last record back.
func (e *encoder) undo(size int) {
	for _, id := range e.used {
		if c := &e.cols[id.kind][id.n]; c.record == e.record {
			c.b, c.last = c.b[:c.length], c.lastBefore
		}
	}
	e.size, e.bad = size, ""
}

// take appends the block's body to b, and begins another block.
func (e *encoder) take(b []byte) []byte {
	for _, id := range e.used {
		c := &e.cols[id.kind][id.n]
		if len(c.b) > 0 {
			b = appendColumn(b, id, c.b)
		}
		*c = column{b: keep(c.b, blockTarget)}
	}
	e.used, e.size, e.record = e.used[:0], 0, 0
	return b
}

func appendColumn(b []byte, id columnID, values []byte) []byte {
	b = binary.AppendUvarint(b, uint64(id.kind))
	b = binary.AppendUvarint(b, uint64(id.n))
	b = binary.AppendUvarint(b, uint64(len(values)))
	return append(b, values...)
}

// keep gives a buffer back for reuse, unless something large made it grow.
func keep(b []byte, limit int) []byte {
	if cap(b) > limit {
		return nil
	}
	return b[:0]
}
