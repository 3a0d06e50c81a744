package parser

import (
	"bytes"

	"github.com/stracex/stracex/event"
)

// dirent is an entry of a folder (getdents(2)): inode, offset, length of the
// entry, name; its type stands before the name in a linux_dirent64, in the last
// byte of a linux_dirent.
type dirent struct {
	ino, off, size, kind uint64
	name                 []byte
}

// nextDirent reads the first entry of b, and says what is behind it; ok is false
// when there is none that is whole.
func (d *decoder) nextDirent(b []byte, is64 bool) (e dirent, rest []byte, ok bool) {
	long := d.long()
	if is64 {
		long = 8
	}
	head := 2*long + 2
	if uint64(len(b)) < head+2 {
		return e, nil, false
	}
	e = dirent{ino: word(b[:long]), off: word(b[long : 2*long]), size: word(b[2*long : head])}
	if e.size < head+2 || e.size > uint64(len(b)) {
		return e, nil, false
	}
	if is64 {
		e.kind, e.name = uint64(b[head]), b[head+1:e.size]
	} else {
		e.kind, e.name = uint64(b[e.size-1]), b[head:e.size-1]
	}
	if i := bytes.IndexByte(e.name, 0); i >= 0 {
		e.name = e.name[:i]
	}
	return e, b[e.size:], true
}

// direntsAt counts the n bytes of entries at addr, or writes them when all is
// asked for.
func (d *decoder) direntsAt(addr, n uint64, is64 bool) event.Value {
	b := d.out.at(addr, n)
	whole := uint64(len(b)) == n
	if d.verbose && (whole || len(b) > 0) {
		return d.dirents(b, is64, !whole)
	}
	v := addrValue(addr)
	if !whole {
		return v
	}
	entries := 0
	for _, rest, ok := d.nextDirent(b, is64); ok; _, rest, ok = d.nextDirent(rest, is64) {
		entries++
	}
	v.Comment = howMany(entries, "entry", "entries")
	return v
}

// dirents writes the entries in b; cut says that there are more.
func (d *decoder) dirents(b []byte, is64, cut bool) event.Value {
	v := event.Value{Kind: event.Array, Cut: cut}
	for e, rest, ok := d.nextDirent(b, is64); ok; e, rest, ok = d.nextDirent(rest, is64) {
		kind := member("d_type", constant(d.arch.EnumText("dirent_type", e.kind)))
		name := event.Value{Kind: event.String, Name: "d_name", Str: string(e.name)}
		one := event.Value{Kind: event.Struct, Elems: []event.Value{
			member("d_ino", uintValue(e.ino)), member("d_off", intValue(int64(e.off))),
			member("d_reclen", uintValue(e.size)), kind, name,
		}}
		if !is64 {
			one.Elems[3], one.Elems[4] = name, kind
			one.Elems[1] = member("d_off", uintValue(e.off))
		}
		v.Elems = append(v.Elems, one)
	}
	return v
}
