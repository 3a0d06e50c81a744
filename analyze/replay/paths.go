package replay

import (
	"path"
	"strings"
)

// pathTable has the paths of calls, each in one copy that lasts: a trace has the
// same ones again and again, and what a borrowed event has must not be kept.
type pathTable struct {
	seen   map[string]*pathText
	joined map[joint]string
}

// pathText is a path as a call has it, and without what is superfluous in it.
type pathText struct{ given, clean string }

// joint is a relative path in a directory.
type joint struct{ dir, name string }

// maxTexts bounds each of the tables: one that is full begins anew.
const maxTexts = 1 << 16

func newPathTable() pathTable {
	return pathTable{map[string]*pathText{}, map[joint]string{}}
}

func (t *pathTable) get(s string) *pathText {
	if p := t.seen[s]; p != nil {
		return p
	}
	if len(t.seen) >= maxTexts {
		clear(t.seen)
	}
	s = strings.Clone(s)
	p := &pathText{given: s}
	if strings.HasPrefix(s, "/") {
		p.clean = path.Clean(s)
	}
	t.seen[s] = p
	return p
}

// join is State.Join, remembered. The name must last.
func (s *State) join(dir, name string) string {
	at := joint{dir, name}
	if p, ok := s.table.joined[at]; ok {
		return p
	}
	if len(s.table.joined) >= maxTexts {
		clear(s.table.joined)
	}
	p := s.Join(dir, name)
	s.table.joined[at] = p
	return p
}
