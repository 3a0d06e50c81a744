// Package abi says what the kernel's system calls mean, as data: numbers and
// names for each architecture, the kind of every argument, names of flags,
// errnos, signals and ioctls.
//
// In: calls.txt, one line for each call, written by hand from the manual pages
// and the kernel's own list (/sys/kernel/tracing/events/syscalls); and the
// pinned golang.org/x/sys/unix, from which the numbers and constants come.
// `go generate ./abi` makes the z*.go tables of them; a test says when they
// are stale.
// Out: the tracer learns from [Lookup] which memory to copy, the parser how to
// decode it, the analyzer which argument is a path or a descriptor.
//
// Start reading at calls.txt, then at [Call] and [Arg].
package abi

//go:generate go run ./internal/gen
