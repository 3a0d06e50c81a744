package main

import (
	"errors"
	"testing"

	"github.com/stracex/stracex/tracer"
)

// TestStatus: the exit status is the command's, and never 0 for one that did not end.
func TestStatus(t *testing.T) {
	for _, test := range []struct {
		result tracer.Result
		want   int
	}{
		{tracer.Result{}, 0},
		{tracer.Result{ExitCode: 3}, 3},
		{tracer.Result{Signal: 15}, 143},
		{tracer.Result{Signal: 9, TimedOut: true}, 137},
		{tracer.Result{Running: true, TimedOut: true}, 137}, // blocked where no signal reaches it
	} {
		got := 0
		var status *statusError
		if errors.As((&capture{result: test.result}).status(nil), &status) {
			got = status.status
		}
		if got != test.want {
			t.Errorf("%+v: status %d, want %d", test.result, got, test.want)
		}
	}
}
