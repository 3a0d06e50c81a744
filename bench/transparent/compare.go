//go:build linux

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// results are those of a suite's tests: test to PASS, skip and so on.
type results map[string]string

// tally counts the results: "PASS 12, SKIP 3".
func (r results) tally() string {
	n := map[string]int{}
	for _, result := range r {
		n[result]++
	}
	var parts []string
	for _, result := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprint(result, " ", n[result]))
	}
	return strings.Join(parts, ", ")
}

// known are tests that can't have the same result under a tracer, as "SUITE TEST",
// and why.
var known = map[string]string{
	"os TestRemoveAllNoFcntl": "runs strace, and a process has one tracer at most (ptrace(2), PTRACE_TRACEME: EPERM)",
}

// comparison says in which tests a traced run differs from native ones.
type comparison struct {
	same, different, known int
	unsteady               int    // that differ between the native runs
	text                   string // a line for each test that is not the same
}

func compare(suite string, native [2]results, got results) (c comparison) {
	tests := map[string]bool{}
	for _, r := range []results{native[0], native[1], got} {
		for test := range r {
			tests[test] = true
		}
	}
	for _, test := range slices.Sorted(maps.Keys(tests)) {
		first, second, now := result(native[0], test), result(native[1], test), result(got, test)
		reason := known[suite+" "+test]
		switch {
		case first != second:
			c.unsteady++
			c.text += fmt.Sprintf("  %s: natively %s, then %s; now %s\n", test, first, second, now)
		case now == first:
			c.same++
		case reason != "":
			c.known++
			c.text += fmt.Sprintf("  %s: natively %s, now %s; known: it %s\n", test, first, now, reason)
		default:
			c.different++
			c.text += fmt.Sprintf("  %s: natively %s, now %s: DIFFERENT\n", test, first, now)
		}
	}
	return c
}

func result(r results, test string) string {
	if r[test] == "" {
		return "no result"
	}
	return r[test]
}
