package analyze

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// Rules on what else of the trace is about the file that a candidate missed.

// beside: "app.local.ini" is missing, and "app.ini" beside it was found: the former only
// adds to the latter.
func (c *candidate) beside() bool {
	dir, base := path.Split(c.fail.path)
	parts := strings.Split(base, ".")
	for i := 1; i < len(parts) && len(parts) > 2; i++ {
		name := strings.Join(slices.Delete(slices.Clone(parts), i, i+1), ".")
		if s := c.sus.hist.sources[dir+name]; s != nil && s.file != nil && s.first.index < c.sus.anchor.pos.index {
			return true
		}
	}
	return false
}

// namedInData: the name of what is missing stands in a file that the process had read
// shortly before: somebody has written it there. In quotes that may be code, which names
// all that it may ever use. What is only looked for is wanted if it has a line of its own.
func namedInData(f *facts, c *candidate) (float64, string) {
	const shortly = 60
	x := c.fail
	if x == nil || x.errno != "ENOENT" && x.errno != "EACCES" && x.errno != "ENOTDIR" || x.given == "" {
		return 0, ""
	}
	names := writtenAs(x.given)
	read := f.words.read[c.sus.hist]
	before, _ := slices.BinarySearchFunc(read, c.pos.index, func(in *passed, index int) int { return cmp.Compare(in.pos.index, index) })
	for _, in := range slices.Backward(read[:before]) {
		if c.pos.seq-in.pos.seq > shortly {
			break
		}
		if in.file == nil || in.file.Kind != replay.PathFile || systemPath(f.state.Abs(in.file.Path)) || c.isScript(f.state.Abs(in.file.Path)) {
			continue
		}
		if probing(x.name) {
			if strings.HasPrefix(x.given, "/") && c.pos.seq-in.pos.seq <= rightBefore && hasLine(in.text, x.given) {
				c.namedIn = f.state.Abs(in.file.Path)
				return 2.5, c.namedIn + " names it, and was read right before"
			}
			continue
		}
		for _, name := range names {
			if !namesIn(in.text, name) || strings.Contains(in.text, name+"\"") || strings.Contains(in.text, name+"'") {
				continue
			}
			c.namedIn = f.state.Abs(in.file.Path)
			return 1.75, "its name stands in " + c.namedIn + ", which was read before"
		}
	}
	return 0, ""
}

// hasLine says whether a text has a line that is a path and nothing else.
func hasLine(text, p string) bool {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == p {
			return true
		}
	}
	return false
}

// isScript: the process runs the file: its first argument that is a path or has an ending,
// and is not the value of an option, as in -keystore server.p12.
func (c *candidate) isScript(p string) bool {
	const few, long = 10, 5
	before := ""
	for i, arg := range c.sus.hist.proc.Argv {
		value := strings.HasPrefix(before, "-") && !strings.HasPrefix(before, "--") && len(before) >= long
		switch {
		case value:
		case path.Base(arg) == path.Base(p):
			return true
		case i >= few || i > 0 && !strings.HasPrefix(arg, "-") && strings.ContainsAny(arg, "/."):
			return false
		}
		before = arg
	}
	return false
}

// writtenAs are the forms in which a path may be written in a file: as it was given, and
// its last two parts.
func writtenAs(given string) []string {
	const telling = 5
	var out []string
	given = strings.TrimPrefix(given, "./")
	parts := strings.Split(given, "/")
	for _, name := range []string{given, strings.Join(parts[max(0, len(parts)-2):], "/"), parts[len(parts)-1]} {
		if len(name) >= telling && strings.ContainsAny(name, "./") {
			out = append(out, name)
		}
	}
	return out
}

// toBeMade: the file is an argument of another program, which has failed before: that
// was to make it.
func (f *facts) toBeMade(c *candidate) bool {
	x, p := c.fail, c.sus.hist.proc
	if x.errno != "ENOENT" || len(x.given) < 4 {
		return false
	}
	return slices.ContainsFunc(f.failedOver(x.given), func(o *replay.Process) bool {
		return o != p && o.Ended.Index < c.pos.index && !p.Descends(o) && !sameWork(o, p) &&
			!slices.ContainsFunc(f.history(o).failures, func(y *failure) bool {
				return y.path == x.path && y.errno == x.errno && callWeight[y.name] > 1 // it wanted the file itself
			})
	})
}

// sameWork: two processes run a program, and the same command of it: "git add" is not
// "git commit".
func sameWork(a, b *replay.Process) bool {
	return a.Program == b.Program && subcommand(a) == subcommand(b)
}

// subcommand is a program's first argument, if that is a word.
func subcommand(p *replay.Process) string {
	if len(p.Argv) < 2 || strings.ContainsAny(p.Argv[1], "-./=") {
		return ""
	}
	return p.Argv[1]
}

// failedOver are the failed processes that have a path as an argument.
func (f *facts) failedOver(p string) []*replay.Process {
	if f.failedWith == nil {
		f.failedWith = byArgument(f.state.All)
	}
	return f.failedWith[p]
}

// needs says whether a process misses what another one, or a child of it, was to make.
func (f *facts) needs(o, maker *replay.Process) bool {
	if f.needy != o { // asked for one after another of its siblings
		f.needy, f.needed = o, map[*replay.Process]bool{}
		for _, x := range f.history(o).failures {
			if x.errno == "ENOENT" && len(x.given) > 3 {
				for _, p := range f.failedOver(x.given) {
					f.needed[p] = true
				}
			}
		}
	}
	for p := range f.needed {
		if p.Descends(maker) {
			return true
		}
	}
	return false
}

// byArgument lists failed processes by their arguments, and the values of their options.
func byArgument(all []*replay.Process) map[string][]*replay.Process {
	out := map[string][]*replay.Process{}
	for _, p := range all {
		if !p.Failed() || len(p.Argv) < 2 {
			continue
		}
		for _, arg := range p.Argv[1:] {
			out[arg] = append(out[arg], p)
			if _, value, ok := strings.Cut(arg, "="); ok {
				out[value] = append(out[value], p)
			}
		}
	}
	return out
}

// gaveUpOn: a failure of the kinds that are part of a day's work (see neverCause), after
// which the process only complained, or ended.
func (s *suspect) gaveUpOn(x *failure) bool {
	if !s.hist.proc.Failed() || !dailyWork(x) {
		return false
	}
	const next = 4 // it may tidy up
	at, ok := lastBefore(x.at, s.anchor.pos.index)
	return ok && s.anchor.pos.seq-at.seq <= next
}

// dailyWork: a full pipe or queue that does not block, a pipe that can't be written out to
// a disk, a file that can't be waited for, a child of which nothing is to be learned.
func dailyWork(x *failure) bool {
	switch x.errno {
	case "EAGAIN":
		return readWrite[x.name] == isWrite
	case "EINVAL":
		return x.name == "fsync" || x.name == "fdatasync"
	case "EPERM":
		return x.name == "epoll_ctl"
	case "ECHILD":
		c := x.step.Event.Event().Call
		return x.name == "wait4" && c.Arg(0).Int > 0 && !c.Arg(2).Has("WNOHANG")
	}
	return false
}

var repairs = map[string]bool{"chmod": true, "fchmodat": true, "fchmodat2": true, "chown": true, "lchown": true, "fchownat": true}

// repair: the program tried to change the mode or owner of what had been refused to it
// right before.
func repair(_ *facts, c *candidate) (float64, string) {
	const soon = 8
	x := c.fail
	if x == nil || x.path == "" || !repairs[x.name] {
		return 0, ""
	}
	if o := c.sus.hist.refusedAt(x.path); o != nil {
		if at, ok := lastBefore(o.at, c.pos.index); ok && c.pos.seq-at.seq <= soon {
			return -5, ""
		}
	}
	return 0, ""
}

// refusedAt is the first call that was refused a path.
func (h *history) refusedAt(p string) *failure {
	if h.refused == nil {
		h.refused = map[string]*failure{}
		for _, o := range h.failures {
			if o.errno == "EACCES" && h.refused[o.path] == nil {
				h.refused[o.path] = o
			}
		}
	}
	return h.refused[p]
}
