//go:build !linux

package tracer

import (
	"context"
	"os"
)

// Init does nothing here; see the Linux version.
func Init() {}

// Run returns ErrUnsupported.
func Run(context.Context, Options) (Result, error) { return Result{}, ErrUnsupported }

// RunApart needs Linux.
func RunApart(context.Context, Options, *os.File) (Result, error) { return Result{}, ErrUnsupported }

// Behind needs Linux.
func Behind(string) []string { return nil }

// Named needs Linux.
func Named(string) []int { return nil }
