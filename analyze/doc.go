// Package analyze finds why a program failed, from the events of its trace.
//
// In: events, one at a time ([Analyzer.Add]). Out: a [Diagnosis].
//
// It reads a trace as an expert does, from the bottom up:
//
//	outcome.go     how the command ended
//	blame.go       which process failed first: down from the command, along exit statuses, pipes and words
//	message.go     what it said, put together from its writes; relay.go follows words to their writer
//	candidates.go  the failed calls before the message
//	rules.go       the rules that rank them: a name, points and a sentence each
//	explain.go     what the call was about, why the kernel said no, what to do
//	trail.go       the way from the message to the cause
//
// Package replay keeps the processes' state while the events go by; facts.go
// says what is kept of each call. Start reading at [Analyzer.Diagnose].
package analyze
