// Package sieve leaves out lines of a long log before the parser sees them.
//
// In: a log of strace -f -o, whose lines begin with their thread's id, and a function
// that says of each line whether it is wanted. Out: a [parser.Reader] of the wanted
// lines, whose events have the places (Index, Line) that they have in the whole log.
//
// To find out whose line it is takes a tenth of the time that reading it takes: so it
// pays to go through a log twice, first for few lines that say what the others are
// worth. Start reading at [Open], then [Sieve.Read].
package sieve
