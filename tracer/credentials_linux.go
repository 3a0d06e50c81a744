package tracer

import (
	"slices"
	"strings"
)

// Evidence says with whose rights a call has failed. /proc/PID/status takes the
// kernel longer than a whole walk over a path, so what it says of a thread is kept
// until the thread makes a call that may change it.

// credentials are those that access to files is decided by (credentials(7)).
type credentials struct {
	uid, gid uint32 // file system ids
	groups   []uint32
	caps     uint64 // in effect
}

// credentialCalls are those that may change them; an execve may too, and what is
// known then comes from the snapshot after it.
const credentialCalls = "setuid,setgid,setreuid,setregid,setresuid,setresgid,setgroups,setfsuid,setfsgid," +
	"setuid32,setgid32,setreuid32,setregid32,setresuid32,setresgid32,setgroups32,setfsuid32,setfsgid32," +
	"capset,prctl,unshare,setns"

func changesCredentials(name string) bool {
	return slices.Contains(strings.Split(credentialCalls, ","), name)
}

func (s *status) credentials() *credentials {
	return &credentials{uid: s.uid[3], gid: s.gid[3], groups: s.groups, caps: s.capEff}
}

// credentialsOf gives a thread's credentials, nil when they can't be read.
func (e *engine) credentialsOf(tid int) *credentials {
	t := e.threads[tid]
	if t != nil && t.credentials != nil {
		return t.credentials
	}
	s, err := readStatus("/proc", tid)
	if err != nil {
		return nil
	}
	c := s.credentials()
	if t != nil {
		t.credentials = c
	}
	return c
}
