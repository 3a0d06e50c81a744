// Package merge makes one stream of the files of strace -ff, which writes each
// thread's events to a file of its own.
//
// In: a [Member] for each file: its thread, its beginning, and how to open it.
// Out: a [Reader], a [parser.Reader] whose events are numbered through, and have
// their threads' ids, which -ff has in the files' names only.
//
// Where all files have times that can be compared (-t, -tt, -ttt), they decide
// (time.go). A call that another thread's event falls into is given in two
// halves, as strace -f does it (halves.go). Where the times are equal (-t: in a
// whole second) or there are none (-r counts from another file's line), events
// follow one another as the kernel makes them (order.go): a child's come after
// the call that made it, a wait after the end that it tells of, a signal after
// the kill that sent it, a wait for a futex after its wake (futex.go), what is read
// from a pipe or an eventfd after it was written (pipes.go), an exit_group after what
// the process's other threads did. As far as that leaves a choice, the younger thread
// goes first: parents mostly wait for their children. A message waits for the other
// threads of its process: it may tell of what they met. Where files are missing or
// contradict one another, the rest is given all the same.
//
// A file is opened when its first event is due, and let go of at its end. Of each
// open one a single event is held, with times two: the memory needed grows with
// the threads that live at a time.
//
// Start reading at [Reader.Read], then Reader.pick and source.blocker.
package merge
