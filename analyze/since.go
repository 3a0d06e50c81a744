package analyze

import (
	"fmt"
	"time"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// leastWait is the time from which a report says how long a wait was. A call that the
// engine has seen only at the end of its capture began there, as far as it knows.
const leastWait = 100 * time.Millisecond

// sofar is how long a call had gone on when the trace ended.
func (f *facts) sofar(st *replay.Step) (d time.Duration, known bool) {
	since := st.Event.Time
	if c := st.Event.Call; c != nil && c.Entered >= 0 && st.Thread != nil {
		since = st.Thread.Since
	}
	if since.Clock == event.NoClock || since.Clock != f.now.Clock {
		return 0, false
	}
	return time.Duration(f.now.NS - since.NS), true
}

// lasted says how long a process had been blocked in a call when the trace ended, or
// when it was broken off: " for 9.8 s". "" when that isn't known.
func (f *facts) lasted(st *replay.Step) string {
	d, known := f.sofar(st)
	if !known || d < leastWait {
		return ""
	}
	text := " for "
	if st.Proc.Before { // and was in it already
		text = " for at least "
	}
	if d < 10*time.Second {
		return fmt.Sprintf("%s%.1f s", text, d.Seconds())
	}
	return text + d.Round(time.Second).String()
}
