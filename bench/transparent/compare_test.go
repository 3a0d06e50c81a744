//go:build linux

package main

import (
	"maps"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name string
		read func([]byte) results
		in   string
		want results
	}{
		{"automake", readAutomake, `make[1]: Entering directory '/src'
PASS: testsuite/a.sh
SKIP: test-b
XFAIL: c with spaces
# TOTAL: 3
# PASS:  1
FAIL: 
  PASS: not at the line's beginning
ERROR: d
`, results{"testsuite/a.sh": "PASS", "test-b": "SKIP", "c with spaces": "XFAIL", "d": "ERROR"}},
		{"go", readGo, `{"Action":"start","Package":"os"}
{"Action":"run","Package":"os","Test":"TestA"}
{"Action":"output","Package":"os","Test":"TestA","Output":"--- FAIL: TestB\n"}
written to stderr, not JSON
{"Action":"pass","Package":"os","Test":"TestA","Elapsed":0}
{"Action":"skip","Package":"os","Test":"TestB/sub"}
{"Action":"run","Package":"os","Test":"TestNeverEnds"}
{"Action":"fail","Package":"os"}
`, results{"TestA": "pass", "TestB/sub": "skip"}},
		{"nothing", readGo, "", results{}},
	} {
		if got := c.read([]byte(c.in)); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	first := results{"same": "pass", "worse": "pass", "gone": "pass", "flaky": "pass", "TestRemoveAllNoFcntl": "pass"}
	again := results{"same": "pass", "worse": "pass", "gone": "pass", "flaky": "fail", "TestRemoveAllNoFcntl": "pass"}
	now := results{"same": "pass", "worse": "fail", "new": "pass", "flaky": "fail", "TestRemoveAllNoFcntl": "fail"}
	c := compare("os", [2]results{first, again}, now)
	if c.same != 1 || c.different != 3 || c.known != 1 || c.unsteady != 1 {
		t.Errorf("%+v", c)
	}
	for _, line := range []string{
		"  gone: natively pass, now no result: DIFFERENT\n",
		"  new: natively no result, now pass: DIFFERENT\n",
		"  worse: natively pass, now fail: DIFFERENT\n",
		"  flaky: natively pass, then fail; now fail\n",
		"  TestRemoveAllNoFcntl: natively pass, now fail; known: it runs strace",
	} {
		if !strings.Contains(c.text, line) {
			t.Errorf("%q is not in\n%s", line, c.text)
		}
	}
	if strings.Count(c.text, "\n") != 5 {
		t.Errorf("a line too many or too few:\n%s", c.text)
	}
	if c := compare("net", [2]results{first, again}, now); c.known != 0 || c.different != 4 {
		t.Errorf("what is known of os is none of net's: %+v", c)
	}
}

func TestTally(t *testing.T) {
	if got := (results{"a": "skip", "b": "pass", "c": "pass"}).tally(); got != "pass 2, skip 1" {
		t.Error(got)
	}
}
