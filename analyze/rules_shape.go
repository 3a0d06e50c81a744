package analyze

import (
	"fmt"
	"path"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// Rules on the shape of what happened around a candidate.

func handedOver(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.handed == "" || c.sus.anchor.line != nil && c.sus.anchor.line.tid == c.fail.tid {
		return 0, ""
	}
	if errorWeight[c.fail.errno] <= -2 {
		return 0, ""
	}
	return 3.5, c.fail.handed
}

// repeated: a thing that is tried again and again matters.
func repeated(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.count < 3 || callWeight[c.fail.name] < 1.5 || errorWeight[c.fail.errno] <= -2 {
		return 0, ""
	}
	return 0.75, fmt.Sprintf("it failed the same way %d times", c.fail.count)
}

// foundElsewhere: a search that ended in success.
func foundElsewhere(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.path == "" && x.given == "" || x.errno != "ENOENT" && x.errno != "ENOTDIR" && x.errno != "EACCES" {
		return 0, ""
	}
	p := x.path
	if p == "" {
		p = x.given
	}
	h, ok := c.sus.hist.hits[path.Base(p)]
	if !ok || h.pos.index < c.pos.index || h.pos.seq-c.pos.seq > 3000 {
		return 0, ""
	}
	if probing(h.name) && !probing(x.name) && h.path == x.path {
		return 0, "" // a later look shows that it is there after all
	}
	if x.errno == "EACCES" {
		return -3, ""
	}
	return -7, ""
}

// fallback: the thread's next look at the file system, for another file of the
// same kind, worked.
func fallback(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.next == nil || x.next.path == "" || x.next.pos.index > c.sus.anchor.pos.index {
		return 0, ""
	}
	points := -1.0
	switch {
	case x.next.path != x.path && x.next.pos.seq-c.pos.seq <= 3:
		points = -2
	case x.errno != "ENOENT" && x.errno != "ENOTDIR":
		points = -0.5
	}
	if path.Ext(x.next.path) == path.Ext(x.path) && path.Dir(x.next.path) == path.Dir(x.path) {
		points -= 0.5
	}
	return points, ""
}

// harmlessElsewhere: another process of this trace had the very same failure
// and ended well.
func harmlessElsewhere(f *facts, c *candidate) (float64, string) {
	x := c.fail
	if x != nil && x.path != "" && x.count <= 2 && f.harmless[x.what()] {
		return -4, ""
	}
	return 0, ""
}

// what names a failure across processes.
func (x *failure) what() string { return x.name + "\x00" + x.errno + "\x00" + x.path }

// markHarmless collects the failures of processes that ended well.
func (f *facts) markHarmless() {
	f.harmless = map[string]bool{}
	for _, h := range f.order {
		if h.proc.Exit == nil || h.proc.Failed() {
			continue
		}
		for _, x := range h.failures {
			f.harmless[x.what()] = true
		}
	}
}

// startupProbe: what every program asks before it has begun: the loader's and
// the C library's optional files.
func startupProbe(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" && x.errno != "ECONNREFUSED" {
		return 0, ""
	}
	p := x.path
	switch {
	case x.name == "connect" && (p == "/dev/log" || strings.HasSuffix(p, "/nscd/socket") || strings.HasPrefix(p, "/run/systemd/")):
		return -6, "" // the C library's own: the log, and the cache of names
	case p == "/etc/ld.so.preload", strings.Contains(p, "/glibc-hwcaps"), strings.HasPrefix(p, "/sys/"), strings.HasPrefix(p, "/proc/"):
		return -6, ""
	case strings.Contains(p, "/locale/"), strings.Contains(p, "/locale-langpack/"), strings.Contains(p, "/gconv/"), strings.Contains(p, "/zoneinfo/"), strings.Contains(p, "/nscd/"), strings.HasSuffix(p, "/nsswitch.conf"):
		return -4, ""
	}
	return 0, ""
}

// ownPath: a path outside the distribution's own folders is more likely what
// this program on this machine lacks.
func ownPath(_ *facts, c *candidate) (float64, string) {
	for _, p := range c.paths() {
		if strings.HasPrefix(p, "/") && systemPath(p) {
			return 0, ""
		}
	}
	if len(c.paths()) > 0 {
		return 1.25, ""
	}
	return 0, ""
}

// personal: a settings file in somebody's home is there or not.
func personal(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" {
		return 0, ""
	}
	if strings.Contains(x.path, "/.config/") || strings.Contains(x.path, "/.cache/") || strings.HasPrefix(path.Base(x.path), ".") && path.Base(x.path) != "." {
		return -2, ""
	}
	return 0, ""
}

// cleanUp: removing what isn't there.
func cleanUp(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.errno != "ENOENT" {
		return 0, ""
	}
	switch c.fail.name {
	case "unlink", "unlinkat", "rmdir":
		return -2.5, ""
	}
	return 0, ""
}

// placeToSearch: after a search in vain, a folder that should have been
// searched and isn't there.
func placeToSearch(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" || !probing(x.name) || path.Ext(x.path) != "" || systemPath(x.path) || c.sus.anchor.line == nil {
		return 0, ""
	}
	if containsAny(strings.ToLower(c.sus.anchor.line.text), []string{"no module", "cannot find", "can't find", "not found", "can't locate", "cannot locate", "could not find", "unable to find", "unable to locate", "no such module", "cannot load", "unresolved"}) {
		return 2.5, "a place to search that is not there"
	}
	return 0, ""
}

// anotherProgram: what failed before the process became the program that
// failed.
func anotherProgram(_ *facts, c *candidate) (float64, string) {
	if c.fail != nil && c.pos.seq < c.sus.hist.execSeq {
		return -4, ""
	}
	return 0, ""
}

// waitsForOther: a file that is looked for again and again, while a process
// that was started to make it has failed, is the symptom.
func waitsForOther(f *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.count < 3 || x.errno != "ENOENT" || !probing(x.name) && x.name != "connect" {
		return 0, ""
	}
	for _, k := range c.sus.hist.proc.Children {
		if k.Failed() && k.Ended.Index < c.pos.index {
			return -3, ""
		}
	}
	return 0, ""
}

// nothingToRead: a file that the message names, or that was empty.
func nothingToRead(_ *facts, c *candidate) (float64, string) {
	if c.kind != "data" {
		return 0, ""
	}
	if c.source.file == nil && path.Base(c.source.path) == c.programName() {
		return -4, "" // its own name
	}
	points, why := 0.0, ""
	if c.source.file == nil && containsAny(ref(c.source.ev).Text, []string{"S_IFREG", "S_IFLNK"}) {
		points -= 1.5 // a file that it only looked for
	}
	switch file := c.source.file; {
	case file != nil && file.Sock != nil && strings.HasSuffix(file.Sock.Peer, ":53"):
		return 5, "the name server was asked right before the message"
	case file != nil && file.Sock != nil && c.between <= 40:
		return 3, "the message speaks of what it said"
	case file != nil && file.Sock != nil:
		return 1.5, "the message speaks of what it said"
	case file != nil && file.EOF != nil && file.Reads == 0 && file.Kind == replay.PathFile:
		points, why = points+3, "it was empty"
	case file != nil && c.sus.anchor.line != nil && containsAny(strings.ToLower(c.sus.anchor.line.text), endWords):
		points, why = points+4.5, "the message speaks of its end"
	}
	if c.sus.anchor.line != nil && len(c.sus.anchor.named()) > 0 {
		points -= 3 // then a call failed
	}
	if c.sus.anchor.line != nil && asPlace(c.sus.anchor.line.text, path.Base(c.source.path)) {
		points -= 2 // then it says where the program stood
	}
	if c.sus.anchor.line != nil && !strings.Contains(c.sus.anchor.line.text, path.Base(c.source.path)) {
		points -= 2 // only what came after it says the name
	}
	if c.source.path != "" && systemPath(c.source.path) || c.source.path == "/dev/null" {
		points -= 4
	}
	if c.between <= 40 {
		points++
	}
	return points, why
}

// asPlace: "main.sh: 3:", "CMakeLists.txt:4", "app.py", line 3.
func asPlace(text, base string) bool {
	_, after, ok := strings.Cut(text, base)
	if !ok {
		return false
	}
	after = strings.TrimLeft(after, "\"'`: (,")
	return after != "" && after[0] >= '0' && after[0] <= '9' || strings.HasPrefix(after, "line ")
}

func untraced(_ *facts, c *candidate) (float64, string) {
	switch {
	case c.ghost != nil:
		p := c.sus.hist.proc
		if p.Exit != nil && p.Exit.Code == c.ghost.code {
			return 6, "it ended with the same status"
		}
		return 4, "it failed, and its calls are not in this trace"
	case c.relay != nil:
		return 7, "the message was read from there"
	}
	return 0, ""
}
