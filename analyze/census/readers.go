package census

import "github.com/stracex/stracex/analyze/replay"

const (
	// siblings is how many processes that ended well before one that failed, and have its
	// parent, may have made what it failed with.
	siblings = 32
	// enough of a kind are read, whatever room there is.
	enough = 64
	// share of a log's lines is the least room.
	share = 16
)

// selection is who is read, and what that takes.
type selection struct {
	reads map[*replay.Process]bool
	of    map[*replay.Process]int // lines of each process that has ended
	lines int                     // taken
}

// add takes a process, and all above it: what it was given is theirs.
func (s *selection) add(p *replay.Process) {
	for ; p != nil && !s.reads[p]; p = p.Parent {
		s.reads[p] = true
		s.lines += s.of[p]
	}
}

// addAll takes a process and what it started, as long as there is room.
func (s *selection) addAll(p *replay.Process, end int) {
	seen := map[*replay.Process]bool{} // a trace may tell of a process that has started itself
	for list := []*replay.Process{p}; len(list) > 0 && s.lines < end; list = list[1:] {
		if p := list[0]; !seen[p] {
			seen[p] = true
			s.add(p)
			list = append(list, p.Children...)
		}
	}
}

// fill takes processes of a list, in the order of their ends, as long as there is room: the
// last ones, which a failure was more likely about, but for a quarter of it the first
// ones, which others may have failed for.
func (s *selection) fill(list []*replay.Process, room int) {
	end, n := s.lines+room, min(len(list), enough)
	last := len(list) - (n - n/4)
	for ; len(list) > last && s.lines < end-room/4; list = list[:len(list)-1] {
		s.add(list[len(list)-1])
	}
	for i := 0; i < n/4 && i < len(list) && s.lines < end; i++ {
		s.add(list[i])
	}
}

// readers are the processes that are read whole: those of which it can't be told what they
// are good for, the sample, and as far as there is room those that failed and whose parents
// failed, what ended well beside them, others that failed, and who has to do with others.
func (c *Census) readers(room Room) map[*replay.Process]bool {
	s := &selection{reads: map[*replay.Process]bool{}, of: c.linesOf()}
	last := c.lastLines()
	s.add(c.state.Root)
	for _, p := range c.state.All {
		if p.Exit == nil || last[p] <= room.Sample || p.Parent == nil && len(p.Execs) == 0 {
			s.add(p)
		}
	}
	blamed, others := c.mayMatter()
	most := max(room.Others, c.lines/share)
	s.fill(blamed, most/2)
	c.fillBefore(s, blamed, most/4)
	s.fill(others, most/4)
	return s.reads
}

// mayMatter gives, in the order of their ends, the processes that failed like all above
// them, and the others that failed or have to do with others. What began after the
// command's end is not why that failed.
func (c *Census) mayMatter() (blamed, others []*replay.Process) {
	root := c.state.Root
	for _, p := range c.ended {
		switch {
		case root.Exit != nil && root.Begins() && p.First != nil && p.First.Index > root.Ended.Index:
		case p.Failed() && c.isBlamed(p):
			blamed = append(blamed, p)
		case p.Failed(), c.matters[p]:
			others = append(others, p)
		}
	}
	return blamed, others
}

// isBlamed says whether all above a process failed too, up to the command.
func (c *Census) isBlamed(p *replay.Process) bool {
	const deepest = 1 << 10
	for depth := 0; p != nil && depth < deepest && (p.Failed() || p.Exit == nil); depth++ {
		if p == c.state.Root {
			return true
		}
		p = p.Parent
	}
	return false
}

// fillBefore takes what ended well before those that are read of a list, beside them.
func (c *Census) fillBefore(s *selection, list []*replay.Process, room int) {
	before := c.before()
	end := s.lines + room
	for i := len(list) - 1; i >= 0 && s.lines < end; i-- {
		if !s.reads[list[i]] {
			continue
		}
		near := before[list[i]]
		for j := len(near) - 1; j >= 0 && s.lines < end; j-- {
			s.addAll(near[j], end)
		}
	}
}

// before are the siblings that ended before a process that failed, of the command's.
func (c *Census) before() map[*replay.Process][]*replay.Process {
	before := map[*replay.Process][]*replay.Process{}
	recent := map[*replay.Process][]*replay.Process{} // by parent: children that ended well
	for _, p := range c.ended {
		switch {
		case p.Parent == nil:
		case !p.Failed():
			r := recent[p.Parent]
			if len(r) >= siblings {
				r = r[1:]
			}
			recent[p.Parent] = append(r, p)
		default:
			before[p] = recent[p.Parent]
			delete(recent, p.Parent)
		}
	}
	return before
}

// lastLines are the last lines of processes that have ended.
func (c *Census) lastLines() map[*replay.Process]int {
	last := map[*replay.Process]int{}
	c.eachLife(func(p *replay.Process, l life) { last[p] = max(last[p], l.last) })
	return last
}

// linesOf counts the lines of processes that have ended.
func (c *Census) linesOf() map[*replay.Process]int {
	lines := map[*replay.Process]int{}
	c.eachLife(func(p *replay.Process, l life) { lines[p] += l.lines })
	return lines
}

// eachLife goes through the lives that have ended.
func (c *Census) eachLife(f func(*replay.Process, life)) {
	for tid, list := range c.ends {
		for i, p := range list {
			f(p, c.threads[tid].lives[i])
		}
	}
}
