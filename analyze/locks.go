package analyze

import (
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// A wait for a lock that a signal breaks off, as with "flock -w 1 job.lock true":
//
//	flock(3, LOCK_EX)      = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
//	--- SIGALRM {si_signo=SIGALRM, si_code=SI_TIMER, …} ---
//	exit_group(1)          = ?
//
// The program gets EINTR, unless the kernel begins the call again.

// lockBroken keeps such a wait as a failure.
func (f *facts) lockBroken(h *history, st *replay.Step) {
	if st.File == nil || st.File.Path == "" {
		return
	}
	x := f.keep(h, failureKey{name: st.Event.Call.Name, errno: "EINTR", path: st.File.Path, program: st.Proc.Program}, st)
	x.over = false
	f.lastFailure[st.Event.TID] = x
}

// locked: the lock was got after all.
func (f *facts) locked(h *history, st *replay.Step) {
	if c := st.Event.Call; st.File == nil || st.File.Path == "" || c.Name != "flock" && !strings.Contains(c.Arg(1).Str, "SETLK") {
		return
	}
	key := failureKey{name: st.Event.Call.Name, errno: "EINTR", path: st.File.Path, program: st.Proc.Program}
	if x := h.sameFailure(&key); x != nil {
		x.over = true
	}
}

// lockWait: a wait for a lock that ended without one.
func lockWait(x *failure) bool {
	return callClass[x.name] == "lock" && x.errno == "EINTR" && !x.over
}
