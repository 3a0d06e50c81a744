package replay_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stracex/stracex/parser"

	"github.com/stracex/stracex/analyze/replay"
)

// process of the model: descriptor to path, with close-on-exec.
type modelProc struct {
	fds map[int]modelFD
	cwd string
}

type modelFD struct {
	path    string
	cloexec bool
}

func (p *modelProc) lowest() int {
	for n := 3; ; n++ {
		if _, used := p.fds[n]; !used {
			return n
		}
	}
}

// TestTableAgainstModel runs random opens, dups, closes, chdirs, forks and
// execs through the replay and through a few lines of maps.
func TestTableAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		procs := []*modelProc{{fds: map[int]modelFD{}, cwd: "/"}}
		var log strings.Builder
		log.WriteString("100 chdir(\"/\") = 0\n")
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			i := rapid.IntRange(0, len(procs)-1).Draw(t, "process")
			modelStep(t, &log, &procs, i)
		}
		r, err := parser.New(strings.NewReader(log.String()), "model.log")
		if err != nil {
			t.Fatal(err)
		}
		s := replay.New()
		for {
			e, err := r.Read()
			if err != nil {
				break
			}
			s.Apply(e)
		}
		compare(t, s, procs, log.String())
	})
}

func modelStep(t *rapid.T, log *strings.Builder, procs *[]*modelProc, i int) {
	p, tid := (*procs)[i], 100+i
	anyFD := func() int { return rapid.IntRange(3, 9).Draw(t, "fd") }
	switch rapid.SampledFrom([]string{"open", "openat", "dup2", "dup3", "close", "chdir", "fork", "exec", "cloexec", "close_range"}).Draw(t, "op") {
	case "open":
		path, n := fmt.Sprintf("f%d", rapid.IntRange(0, 9).Draw(t, "name")), p.lowest()
		fmt.Fprintf(log, "%d openat(AT_FDCWD, %q, O_RDONLY|O_CLOEXEC) = %d\n", tid, path, n)
		p.fds[n] = modelFD{join(p.cwd, path), true}
	case "openat":
		dir := anyFD()
		if d, ok := p.fds[dir]; ok {
			n := p.lowest()
			fmt.Fprintf(log, "%d openat(%d, \"x\", O_RDONLY) = %d\n", tid, dir, n)
			p.fds[n] = modelFD{join(d.path, "x"), false}
		}
	case "dup2", "dup3":
		from, to := anyFD(), anyFD()
		if f, ok := p.fds[from]; ok && from != to {
			fmt.Fprintf(log, "%d dup3(%d, %d, O_CLOEXEC) = %d\n", tid, from, to, to)
			p.fds[to] = modelFD{f.path, true}
		}
	case "close":
		n := anyFD()
		if _, ok := p.fds[n]; ok {
			fmt.Fprintf(log, "%d close(%d) = 0\n", tid, n)
			delete(p.fds, n)
		} else {
			fmt.Fprintf(log, "%d close(%d) = -1 EBADF (Bad file descriptor)\n", tid, n)
		}
	case "close_range":
		n := anyFD()
		fmt.Fprintf(log, "%d close_range(%d, 4294967295, 0) = 0\n", tid, n)
		for fd := range p.fds {
			if fd >= n {
				delete(p.fds, fd)
			}
		}
	case "chdir":
		dir := fmt.Sprintf("d%d", rapid.IntRange(0, 3).Draw(t, "dir"))
		fmt.Fprintf(log, "%d chdir(%q) = 0\n", tid, dir)
		p.cwd = join(p.cwd, dir)
	case "fork":
		if len(*procs) < 5 {
			c := &modelProc{fds: map[int]modelFD{}, cwd: p.cwd}
			for n, f := range p.fds {
				c.fds[n] = f
			}
			*procs = append(*procs, c)
			fmt.Fprintf(log, "%d clone(child_stack=NULL, flags=SIGCHLD) = %d\n", tid, 100+len(*procs)-1)
		}
	case "exec":
		fmt.Fprintf(log, "%d execve(\"/bin/x\", [\"x\"], 0x7ffc00000000 /* 1 var */) = 0\n", tid)
		for n, f := range p.fds {
			if f.cloexec {
				delete(p.fds, n)
			}
		}
	case "cloexec":
		n := anyFD()
		if f, ok := p.fds[n]; ok {
			fmt.Fprintf(log, "%d fcntl(%d, F_SETFD, 0) = 0\n", tid, n)
			p.fds[n] = modelFD{f.path, false}
		}
	}
}

func join(dir, name string) string { return strings.TrimSuffix(dir, "/") + "/" + name }

func compare(t *rapid.T, s *replay.State, procs []*modelProc, log string) {
	for i, p := range procs {
		th := s.Thread(100 + i)
		if th == nil {
			t.Fatalf("no thread %d\n%s", 100+i, log)
		}
		if th.FS.Cwd != p.cwd {
			t.Fatalf("process %d: directory %q, want %q\n%s", 100+i, th.FS.Cwd, p.cwd, log)
		}
		for n := 3; n < 16; n++ {
			got := ""
			if f := th.Files.Get(n); f != nil {
				got = f.Path
			}
			if got != p.fds[n].path {
				t.Fatalf("process %d: descriptor %d is %q, want %q\n%s", 100+i, n, got, p.fds[n].path, log)
			}
		}
	}
}
