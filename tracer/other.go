//go:build !linux

package tracer

import "context"

// Init does nothing here; see the Linux version.
func Init() {}

// Run returns ErrUnsupported.
func Run(context.Context, Options) (Result, error) { return Result{}, ErrUnsupported }
