//go:build race

package parser

// slower is how many times the race detector slows the reader down.
const slower = 10
