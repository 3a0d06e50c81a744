package analyze

import (
	"testing"

	"github.com/stracex/stracex/analyze/replay"
)

// Who wrote the words that a process read: another one, before, to the same thing.
func TestWriterOf(t *testing.T) {
	reader, writer, other := &history{}, &history{}, &history{}
	pipe, stranger := &replay.Pipe{}, &replay.Pipe{}
	end := func(p *replay.Pipe) *replay.File { return &replay.File{Kind: replay.PipeFile, Pipe: p} }
	file := func(path string) *replay.File { return &replay.File{Kind: replay.PathFile, Path: path} }
	moved := func(h *history, f *replay.File, at int, text string) *passed {
		return &passed{hist: h, file: f, pos: position{index: at}, text: text, begun: -1}
	}
	const words = "the store is not there"
	for _, test := range []struct {
		name string
		in   *passed
		out  []*passed
		want int // of out, -1 for none
	}{
		{"it wrote them", moved(reader, end(pipe), 9, words), []*passed{moved(writer, end(pipe), 5, words)}, 0},
		{"it wrote others", moved(reader, end(pipe), 9, words), []*passed{moved(writer, end(pipe), 5, "all is well, really")}, -1},
		{"later", moved(reader, end(pipe), 9, words), []*passed{moved(writer, end(pipe), 12, words)}, -1},
		{"itself", moved(reader, end(pipe), 9, words), []*passed{moved(reader, end(pipe), 5, words)}, -1},
		{"the first of several", moved(reader, end(pipe), 9, words), []*passed{moved(other, end(stranger), 4, words), moved(writer, end(stranger), 5, words)}, 0},
		{"the one that is connected", moved(reader, end(pipe), 9, words), []*passed{moved(other, end(stranger), 4, words), moved(writer, end(pipe), 5, words)}, 1},
		{"the first that is connected", moved(reader, end(pipe), 9, words), []*passed{moved(writer, end(pipe), 4, words), moved(other, end(pipe), 5, words)}, 0},
		{"to the same file", moved(reader, file("/srv/a.log"), 9, words), []*passed{moved(writer, file("/srv/a.log"), 5, words)}, 0},
		{"to another file", moved(reader, file("/srv/a.log"), 9, words), []*passed{moved(writer, file("/srv/b.log"), 5, words)}, -1},
		{"to no file that has a name", moved(reader, file(""), 9, words), []*passed{moved(writer, end(pipe), 5, words), moved(other, file(""), 5, words)}, 0},
	} {
		f := newFacts()
		f.words.wrote = test.out
		got := f.writerOf(test.in, words)
		if test.want < 0 && got != nil || test.want >= 0 && got != test.out[test.want] {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// A call that took its time was entered before it returned.
func TestWrittenMeanwhile(t *testing.T) {
	p := &passed{pos: position{index: 12}, begun: 5}
	if got := entered(p); got != 5 {
		t.Error(got)
	}
	if p.begun = -1; entered(p) != 12 {
		t.Error(entered(p))
	}
}
