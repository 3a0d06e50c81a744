// Package replay keeps the state of the traced processes while their events
// go by: who is whose child, which descriptor is which open file, which
// directory a relative path is relative to, as whom a process runs.
//
// In: events in the order of the trace. Out: for each of them a [Step], with
// the process that did it and what its arguments were really about: absolute
// paths, open files, socket addresses.
//
// The state is replayed, never guessed. What was open before the trace began
// is unknown, unless a capture's snapshot or the log's own annotations (strace
// -y) say it.
//
// Start reading at [State.Apply], then effects.go, the table of calls that
// change something; births.go says whose child a new thread is, inner.go by what
// ids a pid namespace has it, snapshot.go what a capture tells of a process.
package replay
