// Package tracer is the ptrace engine.
package tracer
