package parser

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser/carrier"
	"github.com/stracex/stracex/stx"
)

// Reader gives the events of one source, one at a time.
type Reader interface {
	// Read gives the next event, io.EOF after the last. One that is Borrowed
	// is valid until the next call only, with all that it points to.
	Read() (*event.Event, error)
	// Stats says what has been read so far; it is whole after io.EOF.
	Stats() Stats
}

// Stats counts what a source held.
type Stats struct {
	Kind      string // "capture" or "strace"
	Events    int
	Calls     int       // Returned events
	Skipped   int       // lines or records that were not understood
	First     []Skipped // the first of them, at most 20
	Truncated bool      // the source ends in the middle
}

const (
	maxSkipped     = 20
	maxSkippedText = 200
)

// Skipped is a line that was not understood.
type Skipped struct {
	File string
	Line int
	Text string // at most 200 bytes
	Why  string
}

// skip counts a line or record that was not understood.
func (s *Stats) skip(file string, line int, text, why string) {
	s.Skipped++
	if len(s.First) < maxSkipped {
		s.First = append(s.First, Skipped{file, line, strings.Clone(text[:min(len(text), maxSkippedText)]), why})
	}
}

// ErrEmpty is the error for a file without content.
var ErrEmpty = errors.New("the file is empty")

// NotATraceError says that a file is neither a capture nor an strace log.
type NotATraceError struct {
	Name  string // of the file
	Looks string // what it looks like: "an ELF program", "" when that is not known
}

func (e *NotATraceError) Error() string {
	if e.Looks == "" {
		return fmt.Sprintf("%s: not a trace: there is no line of strace in it", e.Name)
	}
	return fmt.Sprintf("%s: not a trace: it looks like %s", e.Name, e.Looks)
}

// Hint says what to do instead.
func (e *NotATraceError) Hint() string {
	return "record one with: strace -f -s 256 -o trace.log CMD"
}

// peekSize is how much of a file is looked at to say what it is.
const peekSize = carrier.HeadSize

// New reads a capture or an strace log, whichever r holds, also one that is
// compressed, and a log that a CI system, a container engine, a mailer or the like
// has wrapped: see the package carrier. name is for references and messages. An
// error says what the file is instead, and what to do: it is a *NotATraceError for
// a file that is neither, ErrEmpty for an empty one.
//
// Structures of a capture are abbreviated as strace does by default.
func New(r io.Reader, name string) (Reader, error) { return open(r, name, false) }

// NewVerbose is like New, but gives the structures of a capture whole, as strace
// -v writes them: all members of a stat, the entries of a folder, and so on. Of a
// log it gives what the log has.
func NewVerbose(r io.Reader, name string) (Reader, error) { return open(r, name, true) }

func open(r io.Reader, name string, verbose bool) (Reader, error) {
	u, err := carrier.Unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	plain, err := newPlain(u.Reader, name, verbose)
	if err != nil || !u.Packed() {
		return plain, err
	}
	return &unpacked{plain, u}, nil
}

// newPlain reads what is not compressed, or no longer.
func newPlain(b *bufio.Reader, name string, verbose bool) (Reader, error) {
	head, err := peek(b, name)
	if err != nil {
		return nil, err
	}
	if stx.IsCapture(head) {
		return newRaw(b, name, verbose)
	}
	looks := looksLike(head)
	if b, err = carrier.Text(b); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if head, err = peek(b, name); err != nil {
		return nil, err
	}
	if !hasTraceLine(head) {
		return nil, &NotATraceError{Name: name, Looks: looks}
	}
	return newStrace(b, head, name), nil
}

// peek gives the beginning of what b holds; there is something.
func peek(b *bufio.Reader, name string) ([]byte, error) {
	head, err := b.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(head) == 0 {
		return nil, fmt.Errorf("%s: %w", name, ErrEmpty)
	}
	return head, nil
}

// unpacked is the reader of what was compressed: it also knows whether that broke
// off.
type unpacked struct {
	Reader
	from *carrier.Unpacked
}

func (u *unpacked) Stats() Stats {
	s := u.Reader.Stats()
	s.Truncated = s.Truncated || u.from.Truncated()
	return s
}
