package analyze

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The older half goes, but for what matters; all of it where too much does.
func TestFewer(t *testing.T) {
	even := func(n int) bool { return n%2 == 0 }
	first := func(n int) bool { return n == 1 }
	all := func(int) bool { return true }
	list := []int{1, 2, 3, 4, 5, 6, 7, 8}
	for _, test := range []struct {
		name     string
		measures []func(int) bool
		want     []int
	}{
		{"some matter", []func(int) bool{even}, []int{2, 4, 5, 6, 7, 8}},
		{"all matter", []func(int) bool{all}, []int{5, 6, 7, 8}},
		{"the second measure is less", []func(int) bool{all, first}, []int{1, 5, 6, 7, 8}},
		{"the first is little enough", []func(int) bool{even, first}, []int{2, 4, 5, 6, 7, 8}},
		{"nothing matters", nil, []int{5, 6, 7, 8}},
	} {
		if d := cmp.Diff(test.want, fewer(list, test.measures...)); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
}
