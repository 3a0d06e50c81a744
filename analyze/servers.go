package analyze

import (
	"fmt"

	"github.com/stracex/stracex/analyze/replay"
)

// Servers of this trace that had ended when others wanted them.

// maxListened bounds the addresses that are remembered.
const maxListened = 10000

// listens remembers who serves an address.
func (f *facts) listens(_ *history, st *replay.Step) {
	if st.File == nil || st.File.Sock == nil || st.File.Sock.Local == "" || len(f.listened) >= maxListened {
		return
	}
	if f.listened == nil {
		f.listened = map[string]*replay.Process{}
	}
	f.listened[st.File.Sock.Local] = st.Proc
}

// endedServer is the process that listened on the address of a failed connect and failed
// itself before; nil if there is none.
func (f *facts) endedServer(x *failure, at position) *replay.Process {
	if x.addr == "" || x.errno != "ECONNREFUSED" && x.errno != "ENOENT" {
		return nil
	}
	p := f.listened[x.addr]
	if p == nil || p == x.hist.proc || !p.Failed() || p.Ended.Index > at.index {
		return nil
	}
	return p
}

// endedServers are those whose end is the reason that a suspect found nobody.
func (f *facts) endedServers(s *suspect) (out []*suspect) {
	for _, x := range s.hist.failures {
		at, ok := lastBefore(x.at, s.anchor.pos.index)
		if !ok {
			continue
		}
		if p := f.endedServer(x, at); p != nil {
			h := f.history(p)
			k := s.to(h, "child", anchorOf(h))
			k.gets("its server ended", 5)
			k.because = fmt.Sprintf("%s, which had listened on %s, %s", name(p), x.addr, ended(p))
			out = append(out, k)
		}
	}
	return out
}
