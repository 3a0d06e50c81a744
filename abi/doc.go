// Package abi says what the kernel's system calls mean, as data: numbers and
// names for each architecture, the kind of every argument, names of flags,
// errnos, signals and ioctls.
//
// In: text files, written by hand from the manual pages and the kernel's own
// list (/sys/kernel/tracing/events/syscalls): calls.txt, one line for each
// call; flags.txt, the sets of constants. Numbers and values come from the
// pinned golang.org/x/sys/unix and, where it has none, from the kernel's UAPI
// headers by way of uapi.txt and ioctls.txt. `go generate ./abi` makes the
// z*.go tables of them; a test says when they are stale, others compare them
// with the running kernel, its headers and what strace prints.
// Out: the tracer learns from [Arch.Lookup] which memory to copy, the parser
// how to decode it, the analyzer which argument is a path or a descriptor.
//
// Texts are written as strace writes them. Nothing here is of one operating
// system: a Linux trace is decoded anywhere.
//
// Start reading at calls.txt, then at [Call] and [Arg].
package abi

//go:generate go run ./internal/gen
