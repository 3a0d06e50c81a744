package stx

import (
	"encoding/binary"
	"slices"
)

// encoder appends fields to b.
type encoder struct {
	b      []byte
	starts []int // where the open elements' lengths are
	bad    string
}

func (e *encoder) int(_ string, v int64) int64 {
	e.b = binary.AppendVarint(e.b, v)
	return v
}

func (e *encoder) uint(_ string, v uint64, _ int) uint64 {
	e.b = binary.AppendUvarint(e.b, v)
	return v
}

func (e *encoder) str(_ string, v string) string {
	e.b = append(binary.AppendUvarint(e.b, uint64(len(v))), v...)
	return v
}

func (e *encoder) bytes(_ string, v []byte) []byte {
	e.b = append(binary.AppendUvarint(e.b, uint64(len(v))), v...)
	return v
}

func (e *encoder) count(name string, n int, _ bool) int {
	if n > maxList {
		e.fail(name)
	}
	e.b = binary.AppendUvarint(e.b, uint64(n))
	return n
}

// open leaves one byte for the length of what follows, close fills it in.
func (e *encoder) open(string) {
	e.starts = append(e.starts, len(e.b))
	e.b = append(e.b, 0)
}

func (e *encoder) close() {
	at := e.starts[len(e.starts)-1]
	e.starts = e.starts[:len(e.starts)-1]
	var room [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(room[:], uint64(len(e.b)-at-1))
	if n > 1 {
		e.b = slices.Insert(e.b, at, room[1:n]...)
	}
	copy(e.b[at:], room[:n])
}

func (e *encoder) reading() bool    { return false }
func (e *encoder) fail(name string) { e.bad = name }

// decoder takes fields from the front of b. Past the end of b a field is zero:
// it was not known to who wrote the record.
type decoder struct {
	b     []byte
	rests [][]byte // what follows the open elements
	bad   string   // name of the field that can't be
}

func (d *decoder) int(name string, _ int64) int64 {
	if len(d.b) == 0 {
		return 0
	}
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail(name)
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) uint(name string, _ uint64, _ int) uint64 {
	if len(d.b) == 0 {
		return 0
	}
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail(name)
		return 0
	}
	d.b = d.b[n:]
	return v
}

// take takes a length and as many bytes; they are part of b.
func (d *decoder) take(name string) []byte {
	n := d.uint(name, 0, 10)
	if n > uint64(len(d.b)) {
		d.fail(name)
		return nil
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) str(name string, _ string) string   { return string(d.take(name)) }
func (d *decoder) bytes(name string, _ []byte) []byte { return slices.Clone(d.take(name)) }

func (d *decoder) count(name string, _ int, _ bool) int {
	n := d.uint(name, 0, 10)
	if n > maxList || n > uint64(len(d.b)) { // an element is at least one byte
		d.fail(name)
		return 0
	}
	return int(n)
}

func (d *decoder) open(name string) {
	v := d.take(name)
	d.rests = append(d.rests, d.b)
	d.b = v
}

// close leaves out what this version doesn't know of an element.
func (d *decoder) close() {
	d.b = d.rests[len(d.rests)-1]
	d.rests = d.rests[:len(d.rests)-1]
}

func (d *decoder) reading() bool { return true }

func (d *decoder) fail(name string) {
	if d.bad == "" {
		d.bad = name
	}
	d.b = nil
	clear(d.rests)
}
