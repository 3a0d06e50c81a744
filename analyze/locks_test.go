package analyze_test

import "testing"

// TestLockBroken: a timer ends the wait for a lock; with SA_RESTART the kernel waits on.
func TestLockBroken(t *testing.T) {
	const begin = `10 execve("/usr/bin/flock", ["flock", "-w", "1", "job.lock", "true"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/job.lock", O_RDONLY|O_CREAT|O_NOCTTY, 0666) = 3
10 flock(3, LOCK_EX) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
10 --- SIGALRM {si_signo=SIGALRM, si_code=SI_TIMER, si_timerid=0, si_overrun=0, si_int=0, si_ptr=NULL} ---
`
	const end = "10 exit_group(1) = ?\n10 +++ exited with 1 +++\n"
	for _, tt := range []struct{ name, log, call, errno string }{
		{"broken off", begin + "10 rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)\n" + end, "flock", "EINTR"},
		{"begun again", begin + "10 rt_sigreturn({mask=[]}) = 0\n10 flock(3, LOCK_EX) = 0\n10 openat(AT_FDCWD, \"/srv/job\", O_RDONLY) = -1 EACCES (Permission denied)\n" + end, "openat", "EACCES"},
	} {
		d := diagnose(t, tt.log)
		if len(d.Causes) == 0 || d.Causes[0].Syscall != tt.call || text(d.Causes[0].Errno) != tt.errno {
			t.Errorf("%s: not %s %s:\n%s", tt.name, tt.call, tt.errno, render(d))
		}
	}
}
