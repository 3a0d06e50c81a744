// Package parser reads captures and strace logs into events.
//
// In: a file or a pipe, whatever its flavour; [New] finds out what it is. Out:
// a [Reader] that gives one event at a time, in the order of the source, and
// [Stats] that say what could not be read. Nothing is dropped: a line that was
// not understood is an event of kind Unknown, text of the traced program an
// Output event.
//
// The package carrier stands before: it unpacks, and takes off a log what CI
// systems, containers and mailers put around its lines.
//
// A log of strace is read by blocks of lines, several at a time, and a large
// line alone (blocks.go). Calls of a few plain forms, nearly all of a log, are
// told apart by their ends (quick.go, quick_prefix.go, quick_close.go), and
// their arguments are read when somebody asks for them (event.Call.Args). All
// other lines are read closely: a line has a prefix (pid, time:
// strace_prefix.go) and a body of a few forms (strace_body.go); arguments are
// trees of values (strace_value.go, strace_list.go, strace_scalar.go). What
// only some versions or options write is in strace_old.go and
// strace_secontext.go, what strace says itself in strace_message.go. Where
// strace broke a call in two because another thread came in between, the first
// half gives an Entered event and the second a Returned one with all arguments,
// under the name with which it began (strace_resumed.go). A call whose end
// never comes gives a Returned event marked Unfinished when its thread ends, or
// at the end of the log: what a hung program waits in is found there.
//
// A capture holds registers and memory; raw.go and its neighbours decode them
// into the same trees. Structures are abbreviated there, as strace does, since
// only the decoder knows which struct it writes; [NewVerbose] gives them whole.
//
// Start reading at [New], then straceReader.line in strace.go.
package parser
