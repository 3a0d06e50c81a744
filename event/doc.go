// Package event is the data model that every room behind the parser shares:
// one decoded thing that happened to one thread.
//
// In: nothing; the parser fills these types from a capture or from an strace
// log. Out: the analyzer replays them, the report and `stracex show` print
// them. Both sources give the same events for the same run, so nothing behind
// the parser needs to know where an event came from.
//
// Arguments are trees of [Value] in the shape of strace's own notation. They
// keep what the log said: a cut string is marked as cut, an unreadable pointer
// stays an address, text that fits no form is kept whole as [Raw].
//
// Most events are looked at once. What lasts of them is kept small (kept.go), and the
// arguments that most calls are about are read without the others (first.go).
//
// Start reading at [Event], then [Call] and [Value]. [Append] prints an event
// in strace's syntax.
package event
