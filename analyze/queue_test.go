package analyze_test

import "testing"

// Words that came over a message queue are followed to who sent them; those of another
// queue are not.
func TestWordsOverQueues(t *testing.T) {
	const begin = `9 execve("/usr/bin/perl", ["perl", "jobd"], 0x7ffc00000000 /* 1 var */) = 0
`
	const sysv = `8 msgrcv(4, {mtype=1, mtext="job7\n"}, 200, 1, 0) = 5
8 openat(AT_FDCWD, "/srv/none/job7", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
8 msgsnd(4, {mtype=2, mtext="cannot run job: no input\n"}, 25, 0) = 0
`
	const posix = `8 mq_open("answers", O_WRONLY|O_CREAT, 0600, NULL) = 3
8 openat(AT_FDCWD, "/srv/none/job7", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
8 mq_timedsend(3, "cannot run job: no input", 24, 0, NULL) = 0
`
	const end = `9 write(2, "client: cannot run job: no input\n", 33) = 33
9 exit_group(4) = ?
9 +++ exited with 4 +++
`
	for _, c := range []struct {
		name, log string
		relayed   bool
	}{
		{"System V", begin + sysv + "9 msgrcv(4, {mtype=2, mtext=\"cannot run job: no input\\n\"}, 200, 2, 0) = 25\n" + end, true},
		{"POSIX", begin + posix + "9 mq_open(\"answers\", O_RDONLY) = 5\n9 mq_timedreceive(5, \"cannot run job: no input\", 128, NULL, NULL) = 24\n" + end, true},
		{"nothing was received", begin + sysv + end, false},
	} {
		d := diagnose(t, c.log)
		relayed := false
		for _, s := range d.Trail {
			relayed = relayed || s.Role == "relay"
		}
		got := len(d.Causes) > 0 && text(d.Causes[0].Path) == "/srv/none/job7" && d.Causes[0].PID == 8
		if relayed != c.relayed || c.relayed && !got {
			t.Errorf("%s: relayed %v, %+v", c.name, relayed, d.Causes)
		}
	}
}
