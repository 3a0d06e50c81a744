package analyze

import (
	"fmt"
	"path"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// elfHead is how much glibc's loader reads of a library first, whatever that is called
// (elf/dl-load.c, on 64-bit machines; none is smaller), and elfMagic what stands there
// (elf(5)).
const (
	elfHead  = 832
	elfMagic = "\x7fELF"
)

// loaded looks at the beginning of a library that the loader reads.
func (h *history) loaded(src *source, st *replay.Step) {
	c := st.Event.Call
	if int64(st.File.Reads) != c.Ret.Value || c.Name != "read" || c.Ret.Value <= 0 || c.Arg(2).Int != elfHead {
		return
	}
	transfers(c, func(text string, _ bool) {
		is := elfMachine(text)
		switch {
		case text == "":
		case !strings.HasPrefix(text, elfMagic[:min(len(text), len(elfMagic))]):
			src.head = strings.Clone(text[:min(len(text), maxHead)])
			h.noLibrary = src
		case c.Ret.Value < elfHead:
			src.short = c.Ret.Value
			h.noLibrary = src
		case is == 0:
		case h.machine == 0 || h.machineSeq < h.execSeq:
			h.machine, h.machineSeq = is, st.Seq // the first one was loaded, or nothing would be
		case is != h.machine:
			src.machine = is
			h.noLibrary = src
		case h.noLibrary != nil && path.Base(h.noLibrary.path) == path.Base(src.path):
			h.noLibrary = nil // found elsewhere
		}
	})
}

// elfMachine is the machine that an ELF file's beginning is for, e_machine in elf(5); 0
// when that was not seen.
func elfMachine(text string) uint16 {
	const at, bigEndian = 18, 2
	if len(text) < at+2 || !strings.HasPrefix(text, elfMagic) {
		return 0
	}
	if text[5] == bigEndian {
		return uint16(text[at])<<8 | uint16(text[at+1])
	}
	return uint16(text[at+1])<<8 | uint16(text[at])
}

// machines are the names of machines (linux/elf-em.h).
var machines = map[uint16]string{3: "i386", 8: "MIPS", 20: "PowerPC", 21: "PowerPC 64", 22: "S/390", 40: "ARM", 62: "x86-64", 183: "AArch64", 243: "RISC-V", 258: "LoongArch"}

func machineName(m uint16) string {
	if n := machines[m]; n != "" {
		return n
	}
	return fmt.Sprintf("machine %d of ELF", m)
}

// maxHead is how much of such a file is told.
const maxHead = 40

// goneOn is after how many calls of its process such a file no longer matters: a program
// may have tried others, or done without.
const goneOn = 400

// noLibrary is the file that the loader took for a library and could not use: no call
// fails then.
func noLibrary(_ *facts, s *suspect) []*candidate {
	src := s.hist.noLibrary
	if src == nil || src.first.index >= s.anchor.pos.index || src.pos.seq < s.hist.execSeq || s.anchor.pos.seq-src.pos.seq > goneOn {
		return nil
	}
	c := dataCause(s, src, src.pos)
	c.between = max(0, s.anchor.pos.seq-src.pos.seq-1)
	c.noLibrary = true
	return []*candidate{c}
}

// noLibraryCause tells what is there instead.
func noLibraryCause(out *Cause, c *candidate) {
	s := c.source
	if s.machine != 0 {
		out.Summary = fmt.Sprintf("%s is for another machine (%s)", s.path, machineName(s.machine))
		out.Explanation = fmt.Sprintf("The loader read the beginning of %s, an ELF file for %s; %s runs on %s, and can't use it.", s.path, machineName(s.machine), name(c.sus.hist.proc), machineName(c.sus.hist.machine))
		out.Advice = append(out.Advice, fmt.Sprintf("install or build %s for this machine; file %s shows what it is for", s.path, shell(s.path)))
		return
	}
	if s.short > 0 {
		out.Summary = fmt.Sprintf("%s is cut off", s.path)
		out.Explanation = fmt.Sprintf("The loader read the beginning of %s, an ELF file: there are only %d bytes, fewer than any library has.", s.path, s.short)
		out.Advice = append(out.Advice, fmt.Sprintf("install, build or copy %s anew, and see that the disk was not full", s.path))
		return
	}
	out.Summary = fmt.Sprintf("%s is no shared library", s.path)
	out.Explanation = fmt.Sprintf("The loader read the beginning of %s, which is not that of an ELF file: %q.", s.path, s.head)
	out.Advice = append(out.Advice, "see what it is: file "+shell(s.path)+"; install or build it anew")
}
