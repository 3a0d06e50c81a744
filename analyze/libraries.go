package analyze

import (
	"fmt"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// elfHead is how much glibc's loader reads of a library first (elf/dl-load.c, on 64-bit
// machines), and elfMagic what stands there (elf(5)).
const (
	elfHead  = 832
	elfMagic = "\x7fELF"
)

// loaded looks at the beginning of a library that the loader reads.
func (h *history) loaded(src *source, st *replay.Step) {
	c := st.Event.Call
	if !isLibrary(src.path) || int64(st.File.Reads) != c.Ret.Value || c.Name != "read" || c.Ret.Value <= 0 || c.Arg(2).Int != elfHead {
		return
	}
	transfers(c, func(text string, _ bool) {
		if text != "" && !strings.HasPrefix(text, elfMagic[:min(len(text), len(elfMagic))]) {
			src.head = strings.Clone(text[:min(len(text), maxHead)])
			h.noLibrary = src
		}
	})
}

// maxHead is how much of such a file is told.
const maxHead = 40

// noLibrary is the file that the loader took for a library and could not use: no call
// fails then.
func noLibrary(_ *facts, s *suspect) []*candidate {
	src := s.hist.noLibrary
	if src == nil || src.first.index >= s.anchor.pos.index || src.pos.seq < s.hist.execSeq || s.anchor.pos.seq-src.pos.seq > answerWindow {
		return nil
	}
	c := dataCause(s, src, src.pos)
	c.noLibrary = true
	return []*candidate{c}
}

// noLibraryCause tells what is there instead.
func noLibraryCause(out *Cause, c *candidate) {
	s := c.source
	out.Summary = fmt.Sprintf("%s is no shared library", s.path)
	out.Explanation = fmt.Sprintf("The loader read the beginning of %s, which is not that of an ELF file: %q.", s.path, s.head)
	out.Advice = append(out.Advice, "see what it is: file "+s.path+"; install or build it anew")
}
