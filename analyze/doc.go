// Package analyze finds why a program failed, from the events of its trace.
//
// In: events, one at a time ([Analyzer.Add]). Out: a [Diagnosis].
//
// It reads a trace as an expert does, from the bottom up:
//
//	outcome.go     how the command ended
//	blame.go       which process failed first: down from the command, along exit statuses, pipes and words
//	links.go       how likely a failed child is to blame, unheard.go: one that nobody heard of, branches.go: one that a script runs for a failure,
//	               values.go: one whose value is missed; servers.go: a server that had ended
//	message.go     what it said, put together from its writes; relay.go follows words to their writer,
//	               hungup.go a connection to the one that closed it
//	cut.go         what can be known of a message that strace has cut; filtered.go: what a log lacks
//	candidates.go  the failed calls before the message; searches.go makes one of those for one thing
//	kinds.go       causes that are no failed call; accounts.go: a user or group that is in no list; locks.go: a wait broken off; folders.go: what is not in a folder; libraries.go: what is no library; variables.go: what a variable is set to
//	rules.go       the rules that rank them: a name, points and a sentence each
//	cause.go       the cause as it is told; cause_signal.go: when it is a signal
//	explain.go     why the kernel said no, what to do: explain_missing.go, explain_there.go, explain_denied.go, errortexts.go
//	               for the rest, explain_call.go for some calls only; explain_words.go: what the call did, in words
//	replies.go     what servers answer when they refuse
//	hang.go        of a command that did not end: who waits for whom; waits.go says for what, watch.go
//	               for what an event loop, since.go for how long; lost.go, heirs.go: whom nobody will wake,
//	               zombie.go: one that has ended; again.go: what is no wait
//	kernel.go      what the kernel's log tells
//	trail.go       the way from the message to the cause
//
// Package replay keeps the processes' state while the events go by; facts.go says
// what is kept of each call (failures.go, sources.go, words.go), and memory.go what
// is given up when a trace is very long. Start reading at [Analyzer.Diagnose].
package analyze
