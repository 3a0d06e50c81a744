package tracer

import (
	"testing"
	"time"
)

// Programs that follow each other are told from one that is at work.
func TestQuiet(t *testing.T) {
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d) }
	for _, c := range []struct {
		name string
		p    *processor
		want bool
	}{
		{"just started", &processor{startedAt: time.Now()}, false},
		{"the first, at work", &processor{startedAt: ago(10 * time.Millisecond)}, true},
		{"one of many", &processor{startedAt: ago(10 * time.Millisecond), gap: 8 * time.Millisecond}, false},
		{"the last of many", &processor{startedAt: ago(50 * time.Millisecond), gap: 8 * time.Millisecond}, true},
		{"with many stops", &processor{startedAt: time.Now(), stops: 1000}, true},
	} {
		if got := c.p.quiet(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	p := newProcessor()
	defer p.stop()
	p.programStarted()
	if p.gap != 0 {
		t.Errorf("%v before the first program", p.gap)
	}
	p.startedAt = ago(time.Second)
	p.programStarted()
	if p.gap < time.Second || p.gap > time.Minute {
		t.Errorf("a gap of %v, not a second", p.gap)
	}
}
