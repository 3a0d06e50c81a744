// Package census says which threads of a long log are worth to be read.
//
// Of the many processes of a build or a job most end well, and hardly ever matter for
// why one failed; of those that fail many are expected to, by a shell that asks. In, from a first way through the log: each line
// ([Census.Wants]), and the events of the few lines that it wants ([Census.Add]): births,
// programs, ends, and what makes a process matter to others. Out, for a second way: which
// lines are worth it ([Choice.Wants]).
//
// Start reading at [Census.Choose], then Census.readers, where it is decided who matters.
package census
