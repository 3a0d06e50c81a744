package choice

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
)

// Parse reads the value of an -e or --trace option in strace's syntax (strace(1),
// "Filtering"): "trace=" or "t=" or nothing, "!" for the complement, then a list
// of names, %classes and /regular expressions, with commas between; "?" before
// one forgives that there is none. "all" and "none" are sets too, and
// "%diagnosis" is [Diagnosis].
func Parse(expr string) (*Set, error) {
	list, err := value(expr)
	if err != nil {
		return nil, err
	}
	list, not := strings.CutPrefix(list, "!")
	s := &Set{}
	for item := range strings.SplitSeq(list, ",") {
		part, err := parseItem(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		s = s.With(part)
	}
	if not {
		if len(s.when) > 0 {
			return nil, errors.New("there is no complement of " + diagnosisName)
		}
		s.invert()
	}
	s.expr = strings.TrimPrefix(strings.TrimPrefix(expr, "trace="), "t=")
	if s.empty() && list != "none" && !strings.HasPrefix(list, "?") {
		return nil, fmt.Errorf("%q leaves no call to trace", expr)
	}
	return s, nil
}

// qualifiers of strace's -e that are not about which calls are traced.
var qualifiers = []string{"abbrev", "verbose", "raw", "signal", "signals", "s", "read", "reads",
	"write", "writes", "fault", "inject", "status", "quiet", "kvm", "decode-fds", "v", "x", "r", "w"}

// value takes the qualifier off.
func value(expr string) (string, error) {
	name, list, ok := strings.Cut(expr, "=")
	switch {
	case expr == "":
		return "", errors.New("an empty expression: name calls, as in trace=open,openat or trace=%file")
	case !ok:
		return expr, nil
	case name == "trace" || name == "t":
		if list == "" {
			return "", errors.New("trace= names no call: trace=none is how to say that")
		}
		return list, nil
	case slices.Contains(qualifiers, name):
		return "", fmt.Errorf("-e %s= of strace is not supported: only trace= is", name)
	}
	return "", fmt.Errorf("%q is no qualifier: only trace= is supported", name)
}

func parseItem(item string) (*Set, error) {
	item, forgiving := strings.CutPrefix(item, "?")
	s := &Set{}
	switch {
	case item == "":
		return nil, errors.New("an empty name in the list of calls")
	case item == "all":
		return All(), nil
	case item == "none":
		return s, nil
	case item == diagnosisName:
		return Diagnosis(), nil
	case item[0] == '/':
		return s, s.addMatching(item[1:], forgiving)
	case item[0] == '%':
		if s.addClass(item[1:]) || forgiving {
			return s, nil
		}
		return nil, fmt.Errorf("no such class of calls: %s (there are %s)", item, strings.Join(classNames(), " "))
	}
	name, _, _ := strings.Cut(item, "@") // @64: of one word size; taken for all
	if s.add(name) || s.addOldClass(name) || forgiving {
		return s, nil
	}
	return nil, unknown(name)
}

// addMatching takes in all calls whose name has a match.
func (s *Set) addMatching(expr string, forgiving bool) error {
	re, err := regexp.Compile(expr)
	if err != nil {
		return fmt.Errorf("the regular expression after /: %w", err)
	}
	found := false
	for _, name := range allNames() {
		if re.MatchString(name) {
			found = s.add(name) || found
		}
	}
	if !found && !forgiving {
		return fmt.Errorf("no call matches /%s", expr)
	}
	return nil
}

// allNames gives the names of all calls, sorted.
func allNames() []string {
	var list []string
	for _, arch := range arches {
		for nr := range uint64(numbers) {
			if name := arch.CallName(nr); !strings.HasPrefix(name, "syscall_0x") {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// unknown names the calls nearest to a name that is none.
func unknown(name string) error {
	type near struct {
		name     string
		distance int
	}
	var list []near
	for _, n := range allNames() {
		if d := distance(name, n); d <= 1+len(name)/4 || len(name) > 3 && strings.Contains(n, name) {
			list = append(list, near{n, d})
		}
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	if len(list) == 0 {
		return fmt.Errorf("no such system call: %q (?%s to trace it where there is one)", name, name)
	}
	var names []string
	for _, n := range list[:min(3, len(list))] {
		names = append(names, n.name)
	}
	return fmt.Errorf("no such system call: %q; near it: %s", name, strings.Join(names, ", "))
}

// distance is Levenshtein's, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// describe gives abi's line for a name on some architecture.
func describe(name string) *abi.Call {
	for _, arch := range arches {
		if c := arch.Lookup(name); c != nil {
			return c
		}
	}
	return nil
}
