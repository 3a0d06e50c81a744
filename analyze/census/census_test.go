package census

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stracex/stracex/parser"
)

// prefix cuts the simplest of lines, as the sieve does all.
func prefix(line string) (tid int, body []byte) {
	fmt.Sscan(line, &tid)
	_, rest, _ := strings.Cut(line, " ")
	return tid, bytes.TrimSpace([]byte(rest))
}

// choose goes through a log once; there is room for few lines of those that may matter.
func choose(t *testing.T, log string, sample int) (*Choice, bool) {
	t.Helper()
	return chooseIn(t, log, Room{Sample: sample, Others: 4000})
}

func chooseIn(t *testing.T, log string, room Room) (*Choice, bool) {
	t.Helper()
	c := New()
	var wanted strings.Builder
	for line := range strings.Lines(log) {
		if tid, body := prefix(line); c.Wants(tid, body) {
			wanted.WriteString(line)
		}
	}
	r, err := parser.New(strings.NewReader(wanted.String()), "x")
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := r.Read()
		if err == io.EOF {
			return c.Choose(room)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Add(e)
	}
}

// read is what a Choice has read of a log.
func read(choice *Choice, log string) string {
	var b strings.Builder
	for line := range strings.Lines(log) {
		if tid, body := prefix(line); choice.Wants(tid, body) {
			b.WriteString(line)
		}
	}
	return b.String()
}

const start = "1 execve(\"/bin/sh\", [\"sh\"], 0x7ffc /* 1 var */) = 0\n"

// child is a process that 1 has started and that opens a file.
func child(pid int, more string, status int) string {
	return fmt.Sprintf("1 vfork( <unfinished ...>\n%d execve(\"/bin/w\", [\"w\"], 0x7ffc /* 1 var */) = 0\n1 <... vfork resumed>) = %[1]d\n"+
		"%[1]d openat(AT_FDCWD, \"/srv/%[1]d\", O_RDONLY) = -1 ENOENT (No such file or directory)\n%s%[1]d exit_group(%[3]d) = ?\n%[1]d +++ exited with %[3]d +++\n"+
		"1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == %[3]d}], 0, NULL) = %[1]d\n", pid, more, status)
}

func end(status int) string {
	return fmt.Sprintf("1 exit_group(%d) = ?\n1 +++ exited with %[1]d +++\n", status)
}

// Who matters is read whole; of others no more than that they were there.
func TestChoose(t *testing.T) {
	many := ""
	for i := range siblings + 5 {
		many += child(100+i, "", 0)
	}
	for _, test := range []struct {
		name, log string
		sample    int
		reads     string // ids of which all is read
		not       string
	}{
		{"one that ended well", start + child(2, "", 0) + end(1), 0, "1", "2"},
		{"one that failed", start + child(2, "", 3) + end(1), 0, "1 2", ""},
		{"one that was killed", start + strings.Replace(child(2, "", 0), "+++ exited with 0 +++", "+++ killed by SIGKILL +++", 1) + end(1), 0, "1 2", ""},
		{"one that has not ended", start + strings.ReplaceAll(child(2, "", 0), "2 +++ exited with 0 +++\n", ""), 0, "1 2", ""},
		{"one that listens", start + child(2, "2 listen(3, 5) = 0\n", 0) + end(1), 0, "1 2", ""},
		{"one that ends others", start + child(2, "2 kill(1, SIGTERM) = 0\n", 0) + end(1), 0, "1 2", ""},
		{"the parent of one that failed", start + strings.Replace(child(2, "", 0), "2 exit_group", "2 fork() = 3\n3 close(9) = -1 EBADF (Bad file descriptor)\n3 +++ exited with 1 +++\n2 exit_group", 1) + end(1), 0, "1 2 3", ""},
		{"the child of one that ended well", start + strings.Replace(child(2, "", 0), "2 exit_group", "2 fork() = 3\n3 close(9) = -1 EBADF (Bad file descriptor)\n3 +++ exited with 0 +++\n2 exit_group", 1) + end(1), 0, "1", "2 3"},
		{"those in the sample", start + child(2, "", 0) + child(3, "", 0) + end(1), 8, "1 2", "3"},
		{"those right before one that failed", start + many + child(2, "", 1) + end(1), 0, "1 2 105 136", "100 104"},
		{"those right before one that failed, elsewhere", start + many + "7 execve(\"/bin/x\", [\"x\"], 0x7ffc /* 1 var */) = 0\n7 +++ exited with 1 +++\n" + end(1), 0, "1 7", "100 136"},
		{"those before one whose parent got over it", start + child(5, "", 0) + strings.Replace(child(2, "", 0), "2 exit_group", "2 fork() = 3\n3 close(9) = -1 EBADF (Bad file descriptor)\n3 +++ exited with 1 +++\n2 exit_group", 1) + end(1), 0, "1 2 3", "5"},
		{"what came after the command's end", start + end(1) + "7 execve(\"/bin/x\", [\"x\"], 0x7ffc /* 1 var */) = 0\n7 close(9) = -1 EBADF (Bad file descriptor)\n7 +++ exited with 1 +++\n", 0, "1", "7"},
		{"what came after the end of one that was attached to", strings.Replace(start, "execve", "1 getpid() = 1\n1 execve", 1)[2:] + end(1) + "7 execve(\"/bin/x\", [\"x\"], 0x7ffc /* 1 var */) = 0\n7 close(9) = -1 EBADF (Bad file descriptor)\n7 +++ exited with 1 +++\n", 0, "1 7", ""},
		{"an id used again", start + child(2, "", 0) + child(2, "2 close(77) = 0\n", 1) + child(2, "", 0) + end(1), 0, "1", ""},
	} {
		choice, ok := choose(t, test.log, test.sample)
		if !ok {
			t.Errorf("%s: no choice", test.name)
			continue
		}
		got := read(choice, test.log)
		for _, id := range strings.Fields(test.reads) {
			for line := range strings.Lines(test.log) {
				if strings.HasPrefix(line, id+" ") && !strings.Contains(got, line) {
					t.Errorf("%s: %s is not read:\n%s", test.name, strings.TrimSpace(line), got)
				}
			}
		}
		for _, id := range strings.Fields(test.not) {
			if strings.Contains(got, "\n"+id+" openat") || strings.Contains(got, "\n"+id+" close") || strings.Contains(got, "\n"+id+" fork") {
				t.Errorf("%s: %s is read:\n%s", test.name, id, got)
			}
		}
	}
}

// Where there is no room for all that failed, it is for the last ones, and some of the
// first; those come first whose failure their parents passed on.
func TestRoom(t *testing.T) {
	log := start
	for i := range 40 {
		log += child(100+i, "", 1)
	}
	survived := strings.Replace(child(2, "", 0), "2 exit_group", "2 fork() = 3\n3 close(9) = -1 EBADF (Bad file descriptor)\n3 +++ exited with 1 +++\n2 exit_group", 1)
	log += survived + end(1)
	for _, test := range []struct {
		lines     int
		reads     string
		leaves    string
		processes int
	}{
		{4000, "3 100 120 139", "", 42},
		{200, "3 100 139 121", "110", -1},
		{0, "139 100", "101 110 120", -1},
	} {
		choice, ok := chooseIn(t, log, Room{Others: test.lines})
		if !ok {
			t.Fatal("no choice")
		}
		got := read(choice, log)
		for _, id := range strings.Fields(test.reads) {
			if !strings.Contains(got, "\n"+id+" openat") && !strings.Contains(got, "\n"+id+" close") {
				t.Errorf("%d lines: %s is not read", test.lines, id)
			}
		}
		for _, id := range strings.Fields(test.leaves) {
			if strings.Contains(got, "\n"+id+" openat") {
				t.Errorf("%d lines: %s is read", test.lines, id)
			}
		}
		if n := choice.Processes - 1 - choice.Left; test.processes >= 0 && n != test.processes {
			t.Errorf("%d lines: %d processes are read", test.lines, n)
		}
	}
}

// Of lives of one id only the one that matters is read, and of a child that is left out
// its program and its end.
func TestBounds(t *testing.T) {
	log := start + child(2, "", 0) + strings.Repeat(child(3, "", 0), siblings) + child(2, "2 close(77) = 0\n", 1) + end(1)
	choice, ok := choose(t, log, 0)
	if !ok || choice.Left != 1 || choice.Processes != siblings+3 {
		t.Fatalf("%v %+v", ok, choice)
	}
	got := read(choice, log)
	if n := strings.Count(got, "\"/srv/2\""); n != 1 {
		t.Errorf("%d of two lives are read", n)
	}
	if n := strings.Count(got, "2 execve"); n != 2 {
		t.Errorf("%d programs", n)
	}
	if n := strings.Count(got, "\n2 +++"); n != 2 {
		t.Errorf("%d ends", n)
	}
}

// A log of very many threads is read whole.
func TestBound(t *testing.T) {
	c := New()
	for i := range maxLives + 10 {
		c.Wants(1+i, []byte("close(3) = 0"))
	}
	if _, ok := c.Choose(Room{}); ok || len(c.threads) > maxLives+1 {
		t.Errorf("%v, %d threads", ok, len(c.threads))
	}
}

// Where the lines tell of other ends than the events, nothing is left out.
func TestDisagrees(t *testing.T) {
	if _, ok := choose(t, start+child(2, "2 +++ what +++\n", 0)+end(1), 0); ok {
		t.Error("a line that is no end was taken for one")
	}
}
