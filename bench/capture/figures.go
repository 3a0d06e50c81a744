//go:build linux

package main

import (
	"fmt"
	"slices"
)

// The ways to run a load, as indexes of a round.
const (
	native = iota
	strace
	record
	why
	bare
	bareWhy
)

// round is what each way has cost in one round.
type round [6]cost

// cost is what one run has cost.
type cost struct {
	wall, cpu float64 // seconds; cpu is that of all processes that were waited for
	size      float64 // bytes of the capture or log
}

// figure is a ratio that is of interest, and what it should be at most.
type figure struct {
	name string
	of   func(round) float64
	most map[string]float64 // for a load; "" for all others
}

var figures = []figure{
	{"strace/native wall", func(r round) float64 { return r[strace].wall / r[native].wall }, nil},
	{"bare/strace wall", func(r round) float64 { return r[bare].wall / r[strace].wall }, nil},
	{"record/strace wall", func(r round) float64 { return r[record].wall / r[strace].wall },
		map[string]float64{"go": 0.65, "dd": 0.85, "find": 0.85, "true": 0.85}},
	{"record/strace CPU", func(r round) float64 { return r[record].cpu / r[strace].cpu }, map[string]float64{"": 1}},
	{"record/strace size", func(r round) float64 { return r[record].size / r[strace].size }, map[string]float64{"": 0.25}},
	{"why/native wall", func(r round) float64 { return r[why].wall / r[native].wall },
		map[string]float64{"gcc": 1.25, "silent": 1.25}},
	{"why/strace wall", func(r round) float64 { return r[why].wall / r[strace].wall }, map[string]float64{"go": 0.5}},
	{"bare why/strace", func(r round) float64 { return r[bareWhy].wall / r[strace].wall }, nil},
	{"why/strace CPU", func(r round) float64 { return r[why].cpu / r[strace].cpu }, map[string]float64{"": 1}},
}

// target gives the figure's target for a load.
func (f *figure) target(load string) (most float64, ok bool) {
	if most, ok = f.most[load]; !ok {
		most, ok = f.most[""]
	}
	return most, ok
}

// show prints a load's figures and counts those that miss their target.
func show(load string, rounds []round) (missed int) {
	fmt.Printf("%s: natively %.2f s\n", load, median(rounds, func(r round) float64 { return r[native].wall }))
	for _, f := range figures {
		mid := median(rounds, f.of)
		low, high := extent(rounds, f.of)
		fmt.Printf("  %-19s %5.2f  (%.2f to %.2f)", f.name, mid, low, high)
		if most, ok := f.target(load); ok {
			verdict := "holds"
			if mid > most {
				verdict = "MISSED"
				missed++
			}
			fmt.Printf("  at most %.2f: %s", most, verdict)
		}
		fmt.Println()
	}
	return missed
}

func values(rounds []round, of func(round) float64) []float64 {
	var list []float64
	for _, r := range rounds {
		list = append(list, of(r))
	}
	slices.Sort(list)
	return list
}

func median(rounds []round, of func(round) float64) float64 {
	list := values(rounds, of)
	n := len(list)
	if n == 0 {
		return 0
	}
	return (list[(n-1)/2] + list[n/2]) / 2
}

func extent(rounds []round, of func(round) float64) (low, high float64) {
	list := values(rounds, of)
	if len(list) == 0 {
		return 0, 0
	}
	return list[0], list[len(list)-1]
}
