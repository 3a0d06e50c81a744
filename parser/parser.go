package parser

import (
	"io"

	"github.com/stracex/stracex/event"
)

// Reader gives the events of one source, one at a time.
type Reader interface {
	// Read gives the next event, io.EOF after the last. The event and all it
	// points to stay valid after the next call.
	Read() (*event.Event, error)
	// Stats says what has been read so far; it is whole after io.EOF.
	Stats() Stats
}

// Stats counts what a source held.
type Stats struct {
	Kind      string // "capture" or "strace"
	Events    int
	Calls     int
	Skipped   int       // lines or records that were not understood
	First     []Skipped // the first of them, at most 20
	Truncated bool      // the source ends in the middle
	// Follow: other processes than the first are in the trace, or none was
	// started (false means that the log was made without -f although it shows
	// forks).
	StringsCut int // strings that the trace has only the beginning of
}

// Skipped is a line that was not understood.
type Skipped struct {
	File string
	Line int
	Text string // at most 200 bytes
	Why  string
}

// New reads a capture or an strace log, whichever r holds; name is for
// references and messages. An error says what the file is instead, and what to
// do: it is a *NotATraceError for a file that is neither, ErrEmpty for an empty
// one.
func New(r io.Reader, name string) (Reader, error) {
	panic("not written yet")
}
