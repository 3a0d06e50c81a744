package analyze

import (
	"fmt"

	"github.com/stracex/stracex/analyze/replay"
)

// A write to a regular file that writes less than it was given has met the end of the
// room: a full file system, a quota, a limit on file sizes (write(2)). Often nothing says
// so but the result.

// wroteFile takes note of a write that is cut short, until the rest is written. The last
// one of a process is enough.
func (f *facts) wroteFile(h *history, st *replay.Step) {
	c, file := st.Event.Call, st.File
	if file == nil || file.Kind != replay.PathFile || c.Name != "write" && c.Name != "pwrite64" {
		return
	}
	wanted := c.Arg(2).Int
	switch {
	case c.Ret.Value > 0 && c.Ret.Value < wanted:
		at := position{st.Event.Index, st.Seq}
		h.short = &source{file: file, path: file.Path, first: at, found: at, pos: at, by: "write", ev: st.Kept(), wanted: wanted}
		f.charge(h, sourceCost+len(c.Text()))
	case h.short != nil && h.short.file == file:
		h.short = nil
	}
}

// cutShort is a write that was cut short, and of which the rest was never written.
func cutShort(_ *facts, s *suspect) []*candidate {
	if e := s.hist.short; e != nil && e.pos.index < s.anchor.pos.index {
		return []*candidate{dataCause(s, e, e.pos)}
	}
	return nil
}

// shortCause says what a write that was cut short lacked.
func (f *facts) shortCause(out *Cause, c *candidate) {
	s := c.source
	wrote := s.ev.Event().Call.Ret.Value
	out.Summary = fmt.Sprintf("only a part of its data could be written to %s", s.path)
	out.Explanation = fmt.Sprintf("%s could write %d of %d bytes to %s: its file system or the quota is full, or a limit on file sizes is reached.", name(c.sus.hist.proc), wrote, s.wanted, s.path)
	if lim := f.limitOf(c.sus.hist.proc, "RLIMIT_FSIZE"); lim != "" {
		out.Explanation += fmt.Sprintf(" Its limit (RLIMIT_FSIZE, ulimit -f) is %s bytes.", lim)
	}
	out.Advice = append(out.Advice, "see whether there is room: df -h "+s.path, "and the limits: quota, ulimit -f")
	out.Manual = "write(2)"
}
