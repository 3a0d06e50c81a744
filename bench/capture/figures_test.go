//go:build linux

package main

import "testing"

func TestMedian(t *testing.T) {
	wall := func(r round) float64 { return r[why].wall }
	for _, c := range []struct{ in, want []float64 }{
		{nil, []float64{0, 0, 0}},
		{[]float64{3}, []float64{3, 3, 3}},
		{[]float64{9, 1, 4}, []float64{4, 1, 9}},
		{[]float64{2, 8, 4, 6}, []float64{5, 2, 8}},
	} {
		var rounds []round
		for _, v := range c.in {
			rounds = append(rounds, round{why: {wall: v}})
		}
		low, high := extent(rounds, wall)
		if mid := median(rounds, wall); mid != c.want[0] || low != c.want[1] || high != c.want[2] {
			t.Errorf("%v: %v, %v to %v", c.in, mid, low, high)
		}
	}
}

func TestTargets(t *testing.T) {
	for _, f := range figures {
		if f.name == "record/strace CPU" {
			if most, ok := f.target("dd"); !ok || most != 1 {
				t.Errorf("CPU: %v %v", most, ok)
			}
		}
		if f.name == "record/strace wall" {
			if most, ok := f.target("go"); !ok || most != 0.65 {
				t.Errorf("wall of go: %v %v", most, ok)
			}
			if _, ok := f.target("silent"); ok {
				t.Error("no target is set for the wall of silent")
			}
		}
	}
}
