package analyze

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// Who has an address or a lock is told, and what that is to the command.
func TestHolder(t *testing.T) {
	log := "1 execve(\"/srv/app\", [\"app\"], 0x7ffe /* 5 vars */) = 0\n1 fork() = 2\n2 pause( <unfinished ...>\n"
	bind := "1 bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 EADDRINUSE (Address already in use)\n"
	lock := "1 flock(3</srv/lock>, LOCK_EX|LOCK_NB) = -1 EAGAIN (Resource temporarily unavailable)\n"
	for _, test := range []struct{ call, seen, why, next string }{
		{bind, "127.0.0.1:80 is held by nginx[99]", "is held by nginx[99].", "ps -fp 99"},
		{bind, "127.0.0.1:80 is held by app[2]", "The command has started app[2] itself.", "before it is asked for again"},
		{bind, "127.0.0.1:80 is held by app[1]", "That is the process itself.", "twice"},
		{bind, "", "Another socket is bound", "ss -ltnup"},
		{lock, "the lock is held by cron[99]", "is held by cron[99].", "ps -fp 99"},
		{lock, "the mutex is held by thread [2]", "Another process holds a lock", "lslocks"},
	} {
		a := New()
		eachEvent(t, []byte(log+test.call+"1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"), func(e *event.Event) {
			a.Add(e)
			if e.Call != nil && e.Call.Ret.Failed() {
				a.Add(&event.Event{Index: e.Index, TID: 1, Kind: event.Evidence, Evidence: &event.Seen{Text: []string{test.seen}}})
			}
		})
		d := a.Diagnose()
		if len(d.Causes) == 0 || !strings.Contains(d.Causes[0].Explanation, test.why) || !strings.Contains(strings.Join(d.Causes[0].Advice, " "), test.next) {
			t.Errorf("%s: %+v", test.seen, d.Causes)
		}
	}
}
