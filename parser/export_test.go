package parser

import (
	"unsafe"

	"github.com/stracex/stracex/event"
)

// Spoil has a log's reader spoil what it lent as soon as the next event is read:
// whoever kept a part of a borrowed event finds rubbish in it.
func Spoil(r Reader) Reader {
	if s, ok := r.(*straceReader); ok {
		return &spoiling{s}
	}
	return r
}

type spoiling struct{ *straceReader }

func (r *spoiling) Read() (*event.Event, error) {
	if l := &r.lines; l.block != nil && l.at > 0 {
		q := &l.block.lines[l.at-1]
		spoil(l.block.text[q.from:q.to])
	}
	for _, a := range []*quickArgs{&r.quickly.args, &r.quickly.half} {
		if room := a.scan.room; room != nil {
			spoil(unsafe.String(unsafe.SliceData(room.bytes), len(room.bytes)))
			for i := range room.values {
				room.values[i] = event.Value{Kind: event.Raw, Str: "spoiled"}
			}
		}
	}
	return r.straceReader.Read()
}

func spoil(s string) {
	for i := range unsafe.Slice(unsafe.StringData(s), len(s)) {
		unsafe.Slice(unsafe.StringData(s), len(s))[i] = 'Z'
	}
}

// CorpusLogs are the shared logs, where they are.
var CorpusLogs = corpusLogs
