package analyze

import (
	"fmt"
	"strconv"
	"strings"
)

// holder is who was seen to have the address or the lock that a call asked for: "nginx[12]"
// of "127.0.0.1:80 is held by nginx[12]"; pid is 0 when nobody was seen.
func holder(ev *Evidence) (who string, pid int) {
	if ev == nil {
		return "", 0
	}
	for _, text := range ev.Findings {
		_, rest, ok := strings.Cut(text, " is held by ")
		if !ok || strings.HasPrefix(rest, "thread ") {
			continue
		}
		end := strings.IndexByte(rest, ']')
		begin := strings.LastIndexByte(rest[:max(end, 0)], '[')
		if begin < 0 {
			continue
		}
		if n, err := strconv.Atoi(rest[begin+1 : end]); err == nil {
			return rest[:end+1], n
		}
	}
	return "", 0
}

// tellHolder says what can be done about who has the address or the lock.
func (f *facts) tellHolder(out *Cause, x *failure) {
	who, pid := holder(out.Evidence)
	if pid == 0 || x.errno != "EADDRINUSE" && callClass[x.name] != "lock" {
		return
	}
	what := "address"
	if x.errno != "EADDRINUSE" {
		what = "lock"
	}
	switch p := f.state.Process(pid); {
	case pid == x.hist.proc.PID && what == "address":
		out.Explanation += " That is the process itself."
		out.Advice = []string{"see why it binds the address twice: two settings that name it, or a server that is started twice"}
	case p != nil && f.state.Root != nil && p.Descends(f.state.Root):
		out.Explanation += fmt.Sprintf(" The command has started %s itself.", who)
		out.Advice = []string{fmt.Sprintf("see that %s ends, or gives the %s back, before it is asked for again; or don't start it twice", who, what)}
	default:
		out.Advice = []string{fmt.Sprintf("see what it is, and whether it is needed: ps -fp %d; stop it, or use another %s", pid, what)}
	}
}
