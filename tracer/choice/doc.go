// Package choice says which system calls are of interest: strace's -e trace=
// language, the set that a diagnosis rests on, and the seccomp program by which
// the kernel stops a tracee for these calls only.
//
// In: an expression ([Parse]) or [Diagnosis]. Out: a [Set], which answers for one
// call ([Set.Matches]) or as a BPF program for all ([Set.Program]). Start reading
// at [Set].
//
//	choice.go     the set
//	parse.go      strace's syntax
//	classes.go    %file, %network …: which call is of which class
//	diagnosis.go  what a diagnosis rests on
//	program.go    the seccomp program
package choice
