package analyze

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// Values that came to nothing: dir=$(mktemp -d) fails, and "$dir/stage" is /stage. What
// fails then, at a place where nobody wanted anything, is the consequence.

// maxSiblings is how many children of one process are asked what they missed.
const maxSiblings = 200

// valueMissed: a failed child was asked for its output, gave none, and a path that was to
// begin with that is missed at the root.
func valueMissed(f *facts, l *link) float64 {
	if !gaveNothing(l.child.hist.proc) {
		return 0
	}
	after := l.child.hist.proc.Ended.Index
	siblings := l.parent.hist.proc.Children
	begun, _ := slices.BinarySearchFunc(siblings, after, func(p *replay.Process, after int) int {
		if p.First == nil {
			return -1
		}
		return p.First.Index - after
	})
	if slices.ContainsFunc(siblings[begun:min(begun+maxSiblings, len(siblings))], func(p *replay.Process) bool {
		return slices.ContainsFunc(f.history(p).failures, func(x *failure) bool { return atRoot(p, x) })
	}) {
		return 8
	}
	return 0
}

// beginsWithNothing: the path is missed at the root, after a failed sibling was asked for
// a value and gave none.
func beginsWithNothing(_ *facts, c *candidate) (float64, string) {
	p := c.sus.hist.proc
	if c.fail == nil || p.Parent == nil || !atRoot(p, c.fail) {
		return 0, ""
	}
	siblings := p.Parent.Children
	if slices.ContainsFunc(siblings[:min(len(siblings), maxSiblings)], func(o *replay.Process) bool {
		return o != p && gaveNothing(o) && o.Ended.Index < c.pos.index
	}) {
		return -6, ""
	}
	return 0, ""
}

// gaveNothing: a failed process wrote nothing to a pipe that its parent had given it as
// stdout.
func gaveNothing(p *replay.Process) bool {
	out := p.Std[1]
	if !p.Failed() || p.Ended == nil || p.Parent == nil || out == nil || out.Pipe == nil || out.Pipe.Bytes > 0 {
		return false
	}
	own := p.Parent.Std[1]
	return own == nil || own.Pipe != out.Pipe
}

// atRoot: a process was given, as an argument, the path of something in "/" itself, or in a
// folder there that hier(7) doesn't know, and could not use it.
func atRoot(p *replay.Process, x *failure) bool {
	name, ok := strings.CutPrefix(strings.TrimSuffix(x.given, "/"), "/")
	top, below, _ := strings.Cut(name, "/")
	return ok && top != "" && !topFolders[top] && !strings.Contains(below, "/") && (x.errno == "ENOENT" || x.errno == "EACCES" || x.errno == "EROFS") && isArgument(p.Argv, x.given)
}

// topFolders are those of hier(7).
var topFolders = map[string]bool{
	"bin": true, "boot": true, "dev": true, "etc": true, "home": true, "lib": true, "lib32": true, "lib64": true, "libx32": true, "media": true, "mnt": true,
	"opt": true, "proc": true, "root": true, "run": true, "sbin": true, "srv": true, "sys": true, "tmp": true, "usr": true, "var": true,
}
