//go:build !race

package parser

// slower is 1 without the race detector.
const slower = 1
