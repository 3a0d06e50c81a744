//go:build linux

package main

import (
	"fmt"
	"slices"
)

// figures are the rounds' figures, one list for each.
type figures struct {
	speed, ofGrep, peak  []float64 // of parsing: MB/s, of grep's speed, MB
	analyze, analyzePeak []float64 // times the parser's time, MB
	grepSpeed            []float64
}

func (f *figures) add(size int64, grep, read run) {
	f.speed = append(f.speed, float64(size)/1e6/read.wall.Seconds())
	f.grepSpeed = append(f.grepSpeed, float64(size)/1e6/grep.wall.Seconds())
	f.ofGrep = append(f.ofGrep, grep.wall.Seconds()/read.wall.Seconds())
	f.peak = append(f.peak, float64(read.peak)/1e6)
}

func (f *figures) addAnalyze(read, diagnosis run) {
	f.analyze = append(f.analyze, diagnosis.wall.Seconds()/read.wall.Seconds())
	f.analyzePeak = append(f.analyzePeak, float64(diagnosis.peak)/1e6)
}

// print writes the medians and gives how many miss their targets.
func (f *figures) print() (missed int) {
	for _, line := range []struct {
		name            string
		values          []float64
		atMost, atLeast float64
	}{
		{"grep, MB/s", f.grepSpeed, 0, 0},
		{"parse, MB/s", f.speed, 0, 0},
		{"parse/grep speed", f.ofGrep, 0, 0.8},
		{"parse peak, MB", f.peak, 200, 0},
		{"analyze/parse time", f.analyze, 2, 0},
		{"analyze peak, MB", f.analyzePeak, 1500, 0},
	} {
		if len(line.values) == 0 {
			continue
		}
		slices.Sort(line.values)
		m := median(line.values)
		fmt.Printf("  %-20s %8.2f  (%.2f to %.2f)%s\n", line.name, m, line.values[0], line.values[len(line.values)-1],
			verdict(m, line.atMost, line.atLeast, &missed))
	}
	return missed
}

func verdict(m, atMost, atLeast float64, missed *int) string {
	var says string
	ok := true
	switch {
	case atMost > 0:
		says, ok = fmt.Sprintf("  at most %.2f: ", atMost), m <= atMost
	case atLeast > 0:
		says, ok = fmt.Sprintf("  at least %.2f: ", atLeast), m >= atLeast
	default:
		return ""
	}
	if ok {
		return says + "holds"
	}
	*missed++
	return says + "MISSED"
}

// median of sorted values.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
