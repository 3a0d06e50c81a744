package event

import "encoding/binary"

// Kept is an event that lasts, in little memory: of the many that are kept of a long
// log hardly any is looked at again. The zero Kept is none.
type Kept struct {
	// like is the event itself where data is empty; else one that is the same but for
	// what data holds, see appendKept.
	like *Event
	data string
}

// KeepWhole is an event that lasts anyway.
func KeepWhole(e *Event) Kept { return Kept{like: e} }

// Keeper keeps events of one trace.
type Keeper struct {
	likes [256]*Event // by likeHash
	room  []byte      // used again for each
}

// Keep keeps an event.
func (k *Keeper) Keep(e *Event) Kept {
	if !packs(e) {
		return Kept{like: e.Keep()}
	}
	k.room = appendKept(k.room[:0], e)
	kept := Kept{k.like(e), string(k.room)}
	if cap(k.room) > maxRoom {
		k.room = nil
	}
	return kept
}

// packs says whether an event is one that Kept has in little memory: a call of a log,
// whose arguments nobody has changed.
func packs(e *Event) bool { return e.Borrowed && e.Call != nil && e.Call.argReader != nil }

// like is an event like e, which lasts.
func (k *Keeper) like(e *Event) *Event {
	p := &k.likes[likeHash(e)%uint(len(k.likes))]
	if *p == nil || !alike(*p, e) {
		*p = newLike(e)
	}
	return *p
}

func likeHash(e *Event) uint {
	c := e.Call
	h := uint(e.Kind) + uint(len(c.Name))*7 + uint(len(c.Ret.Errno))*13
	if n := len(c.Name); n > 0 {
		h += uint(c.Name[0])*31 + uint(c.Name[n-1])*17
	}
	if n := len(c.Ret.Errno); n > 0 {
		h += uint(c.Ret.Errno[n-1])*5 + uint(c.Ret.Errno[n/2])*3
	}
	return h
}

// alike says whether two events differ in nothing but what appendKept writes.
func alike(a, b *Event) bool {
	c, d := a.Call, b.Call
	return c.Name == d.Name && c.Ret.Errno == d.Ret.Errno && c.Ret.Message == d.Ret.Message && a.File == b.File &&
		a.Kind == b.Kind && a.Time.Clock == b.Time.Clock && c.argReader == d.argReader && c.Unfinished == d.Unfinished &&
		c.Partial == d.Partial && c.Ret.Known == d.Ret.Known && c.Ret.Style == d.Ret.Style && c.Ret.HasDeco == d.Ret.HasDeco
}

func newLike(e *Event) *Event {
	c := e.Call
	return &Event{
		File: e.File, Kind: e.Kind, Time: Time{Clock: e.Time.Clock},
		Call: &Call{
			Name: c.Name, argReader: c.argReader, Unfinished: c.Unfinished, Partial: c.Partial,
			Ret: Result{Known: c.Ret.Known, Errno: c.Ret.Errno, Message: c.Ret.Message, Style: c.Ret.Style, HasDeco: c.Ret.HasDeco},
		},
	}
}

// maxRoom is how much memory is kept for the next event.
const maxRoom = 1 << 20

// texts are the texts of an event that differ from call to call.
func (e *Event) texts() [6]*string {
	c := e.Call
	return [...]*string{&c.first, &c.rest, &c.Ret.Deco, &c.Ret.Note, &c.Ret.Comment, &e.Comm}
}

// appendKept adds what tells an event from those like it: numbers, then the texts'
// sizes, then the texts.
func appendKept(b []byte, e *Event) []byte {
	c := e.Call
	b = binary.AppendVarint(b, int64(e.Index))
	b = binary.AppendVarint(b, int64(e.Index-e.Line))
	b = binary.AppendVarint(b, int64(e.TID))
	b = binary.AppendVarint(b, e.Time.NS)
	b = binary.AppendVarint(b, int64(c.Entered))
	b = binary.AppendVarint(b, c.Duration)
	b = binary.AppendVarint(b, c.Ret.Value)
	texts := e.texts()
	for _, s := range texts {
		b = binary.AppendVarint(b, int64(len(*s)))
	}
	for _, s := range texts {
		b = append(b, *s...)
	}
	return b
}

// Event gives the event, nil for none. It is made anew each time: whoever changes its
// arguments does so for himself.
func (k Kept) Event() *Event {
	if len(k.data) == 0 {
		return k.like
	}
	made := &struct {
		event Event
		call  Call
	}{*k.like, *k.like.Call}
	e, c := &made.event, &made.call
	e.Call = c
	rest := k.data
	number := func() int64 {
		v, n := varint(rest)
		rest = rest[n:]
		return v
	}
	e.Index = int(number())
	e.Line = e.Index - int(number())
	e.TID, e.Time.NS, c.Entered, c.Duration, c.Ret.Value = int(number()), number(), int(number()), number(), number()
	texts := e.texts()
	var sizes [len(texts)]int64
	for i := range sizes {
		sizes[i] = number()
	}
	for i, n := range sizes {
		*texts[i], rest = rest[:n], rest[n:]
	}
	return e
}

// varint reads what binary.AppendVarint has written.
func varint(s string) (v int64, n int) {
	u, shift := uint64(0), 0
	for ; s[n] >= 0x80; n++ {
		u |= uint64(s[n]&0x7f) << shift
		shift += 7
	}
	u |= uint64(s[n]) << shift
	return int64(u>>1) ^ -int64(u&1), n + 1
}

// Name is the name of the event's call, "" for none.
func (k Kept) Name() string {
	if k.like == nil || k.like.Call == nil {
		return ""
	}
	return k.like.Call.Name
}

// None says that nothing is kept.
func (k Kept) None() bool { return k.like == nil }
