package merge

import (
	"container/heap"
	"io"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// Member is one file of strace -ff.
type Member struct {
	TID  int         // the thread whose events it holds
	Head parser.Head // what its beginning tells
	// Open opens the file. done is called once no more is read from the reader.
	Open func() (r parser.Reader, done func(), err error)
}

// Reader gives the events of all members as one stream. Like those of any
// [parser.Reader] they are valid until the next Read.
type Reader struct {
	sources []*source       // all
	byTID   map[int]*source // those of one thread id; the last if several claim it
	queue   queue           // those that have events left, by time
	given   *source         // the one that gave the last event
	going   *source         // the one to go on with, where there is a choice; nil: the youngest
	renamed map[int]*execve // by the new thread id: calls begun under another one
	clock   event.Clock     // NoClock: the times say nothing of the order
	tick    int64           // nanoseconds within which times say nothing of the order
	births  int             // sources begun
	// arrivals counts the events that sources have come to.
	arrivals int
	roots    int          // commands that no call made, see Commands
	sent     map[kill]int // signals sent so far
	taken    map[kill]int // and received
	woken    map[word]int // threads woken so far
	waited   map[word]int // and that have gone on
	stats    parser.Stats // of what has been read to its end; Events of the merged stream
}

// New merges the members; a thread id should come once.
func New(members []Member) *Reader {
	m := &Reader{byTID: map[int]*source{}, sent: map[kill]int{}, taken: map[kill]int{}, woken: map[word]int{}, waited: map[word]int{}, renamed: map[int]*execve{},
		stats: parser.Stats{Kind: "strace"}}
	m.clock, m.tick = commonClock(members)
	for _, member := range members {
		s := &source{Member: member}
		m.sources = append(m.sources, s)
		m.byTID[s.TID] = s
	}
	m.firstKeys()
	for _, s := range m.sources {
		s.at = len(m.queue)
		m.queue = append(m.queue, s)
	}
	heap.Init(&m.queue)
	return m
}

// Stats says what has been read so far.
func (m *Reader) Stats() parser.Stats {
	all := m.stats
	all.First = append([]parser.Skipped(nil), all.First...)
	for _, s := range m.queue {
		if s.reader != nil {
			add(&all, s.reader.Stats())
		}
	}
	return all
}

const maxFirst = 20 // as the parser keeps

func add(all *parser.Stats, s parser.Stats) {
	all.Calls += s.Calls
	all.Skipped += s.Skipped
	all.Truncated = all.Truncated || s.Truncated
	all.First = append(all.First, s.First[:min(len(s.First), maxFirst-len(all.First))]...)
}

// Commands is how many of the threads read so far began with an execve without a
// call of another that made them: what strace was started for. More than one means
// that the files are of several runs.
func (m *Reader) Commands() int { return m.roots }

// Close lets go of all files. It is not needed after io.EOF.
func (m *Reader) Close() {
	for _, s := range m.queue {
		m.end(s)
	}
	m.queue = nil
}

// Read gives the next event, io.EOF after the last.
func (m *Reader) Read() (*event.Event, error) {
	if err := m.advance(); err != nil {
		return nil, err
	}
	for len(m.queue) > 0 {
		s := m.pick()
		if s.reader == nil {
			if err := m.begin(s); err != nil {
				return nil, err
			}
			continue // its first event may have to wait
		}
		return m.give(s), nil
	}
	return nil, io.EOF
}

// advance reads on where the last event came from, now that nobody needs it.
func (m *Reader) advance() error {
	s := m.given
	if s == nil || s.event != nil { // the second half of its call is due
		return nil
	}
	m.given = nil
	return m.next(s)
}

// begin opens a file and reads its first event.
func (m *Reader) begin(s *source) error {
	var err error
	if s.reader, s.done, err = s.Open(); err != nil {
		heap.Remove(&m.queue, s.at)
		return err
	}
	if s.birth == 0 {
		m.adopt(s, nil, true)
		if s.Head.Call == "execve" {
			m.roots++
		}
	}
	return m.next(s)
}

// next reads a file's next event; at its end the file is let go of.
func (m *Reader) next(s *source) error {
	err := s.load(m)
	if err == nil {
		heap.Fix(&m.queue, s.at)
		return nil
	}
	heap.Remove(&m.queue, s.at)
	m.end(s)
	if err == io.EOF {
		return nil
	}
	return err
}

// end lets go of a file.
func (m *Reader) end(s *source) {
	s.over()
	if s.reader == nil {
		return
	}
	add(&m.stats, s.reader.Stats())
	s.done()
	s.reader, s.opened = nil, nil
}

// give hands on an event of s, or the first half of one.
func (m *Reader) give(s *source) *event.Event {
	m.given, m.going = s, s
	if m.isSplit(s) {
		return m.firstHalf(s)
	}
	e := s.event
	s.event = nil
	s.number(e, m.count())
	e = m.rename(s, e)
	m.follow(s, e)
	return e
}

// count gives the next event's number.
func (m *Reader) count() int {
	m.stats.Events++
	return m.stats.Events - 1
}
