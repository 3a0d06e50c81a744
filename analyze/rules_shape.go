package analyze

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// Rules on the shape of what happened around a candidate.

// handedOver: a thread of a pool takes what it came to back to the thread that speaks.
func handedOver(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.handed == "" || c.sus.anchor.line != nil && c.sus.anchor.line.tid == c.fail.tid {
		return 0, ""
	}
	if errorWeight[c.fail.errno] <= -2 {
		return 0, ""
	}
	if c.missing() && c.sus.anchor.line == nil && c.fail.tid == c.sus.hist.proc.PID {
		return 0, "" // the first thread gives work to others
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

// toldNobody: the program turned to the syslog with it, but nobody is there, as in a
// container. What it then says on stderr is often less.
func toldNobody(f *facts, c *candidate) (float64, string) {
	if c.fail == nil || !c.fail.told {
		return 0, ""
	}
	probe, _ := startupProbe(f, c)
	other, _ := namesErrno(f, c)
	if mine, _ := personal(f, c); probe < 0 || mine < 0 || other < 0 {
		return 0, ""
	}
	return 3.5, "the program turned to the syslog right after, which nobody takes here"
}

// foundElsewhere: a search that ended in success.
func foundElsewhere(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.path == "" && x.given == "" || x.errno != "ENOENT" && x.errno != "ENOTDIR" && x.errno != "EACCES" || x.setByHand() {
		return 0, ""
	}
	p := x.path
	if p == "" {
		p = x.given
	}
	if c.toBeMade() {
		return -4, "" // it needs not be there
	}
	if x.errno == "ENOENT" && isURL(x.given) && c.sus.anchor.line != nil {
		return -5.5, "" // a URL, which is also looked for as a file
	}
	if short := strings.TrimSuffix(p, path.Ext(p)); path.Ext(short) != "" && c.sus.hist.byBase[path.Base(short)] != nil && x.errno == "ENOENT" {
		return -4, "" // "a.zip.gz", beside "a.zip" that is there
	}
	if x.errno == "ENOENT" && c.moduleFound(p) {
		return -5, ""
	}
	if x.errno == "ENOENT" && c.beside() {
		return -3, ""
	}
	if x.errno == "ENOENT" && (c.openedAs(p) || c.followsFound(p)) {
		return -5, ""
	}
	const soon = 40
	if s := c.sus.hist.byStem[stemOf(p)]; x.errno == "ENOENT" && strings.HasSuffix(p, ".so") && s != nil && s.path != p && s.found.index > c.pos.index && s.found.seq-c.pos.seq < soon {
		return -5, "" // with another ending: mod/__init__.so, and mod/__init__.py is there
	}
	h := c.sus.hist.byBase[path.Base(p)]
	if x.errno == "ENOENT" && h != nil && h.file != nil && h.path != p && h.first.index < c.pos.index && c.pos.seq-h.first.seq < soon && path.Ext(p) != "" {
		return -2.5, "" // one of this name was read before, in another folder: this one may add to it
	}
	if h != nil && h.file != nil && isLibrary(p) && h.first.index < c.pos.index {
		return -4, "" // it was opened before; what it needs may be missing
	}
	if h == nil || h.found.index < c.pos.index || h.found.seq-c.pos.seq > 3000 {
		return 0, ""
	}
	if probing(h.by) && !probing(x.name) && h.path == x.path && (x.errno != "ENOENT" || callClass[x.name] != "make") {
		return 0, "" // a later look shows that it is there after all
	}
	switch {
	case x.errno == "EACCES" && h.path == x.path && probing(h.by):
		return 0, "" // that it is there was never in doubt
	case x.errno == "EACCES" && !((probing(x.name) || strings.HasPrefix(x.name, "exec")) && inProgramFolder(h.path)):
		return -3, ""
	case x.errno == "ENOTDIR" && callClass[x.name] == "make":
		return 0, "" // it was to be made here
	}
	c.found = true
	return -7, ""
}

// moduleFound: "mod.lua" and "mod/init.lua" were not there, but "mod.so" was found then:
// a module may be either.
func (c *candidate) moduleFound(p string) bool {
	for _, name := range []string{strings.TrimSuffix(path.Base(p), path.Ext(p)), path.Base(path.Dir(p))} {
		if lib := c.sus.hist.byBase[name+".so"]; lib != nil && lib.found.index > c.pos.index {
			return true
		}
	}
	return false
}

// fallback: the thread's next look at the file system, for another file of the
// same kind, worked.
func fallback(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if c.missing() && packed[path.Ext(x.path)] && c.sus.hist.missedAt(stripped(x.path)) {
		return -1, "" // the packed form of what is not there either
	}
	if x == nil || !x.next.known || x.told || x.next.path == "" || strings.Contains(x.next.path, "/LC_MESSAGES/") || c.asked() || x.next.pos.index > c.sus.anchor.pos.index {
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

// packed are the endings of files that programs unpack by themselves.
var packed = map[string]bool{".gz": true, ".xz": true, ".bz2": true, ".zst": true, ".hz": true, ".Z": true, ".lzma": true, ".lz4": true}

// missedAt says whether a path was not found.
func (h *history) missedAt(p string) bool {
	if h.missing == nil {
		h.missing = map[string]bool{}
		for _, o := range h.failures {
			if o.errno == "ENOENT" {
				h.missing[o.path] = true
			}
		}
	}
	return h.missing[p]
}

// harmlessElsewhere: another process of this trace had the very same failure
// and ended well.
func harmlessElsewhere(f *facts, c *candidate) (float64, string) {
	x := c.fail
	if x != nil && x.path != "" && x.count <= 2 && c.sus.how != "maker" && c.sus.how != "pipe" && f.harmless[x.what()] {
		return -4, ""
	}
	return 0, ""
}

// what names a failure across processes.
type what struct{ name, errno, path string }

func (x *failure) what() what { return what{x.name, x.errno, x.path} }

// markHarmless collects the failures of processes that ended well, beside those of
// processes that are forgotten.
func (f *facts) markHarmless() {
	for w := range f.harmless {
		if p := f.state.Abs(w.path); p != w.path {
			f.harmless[what{w.name, w.errno, p}] = true
		}
	}
	for _, h := range f.order {
		if h.proc.Exit != nil && !h.proc.Failed() {
			for _, x := range h.failures {
				f.harmless[x.what()] = true
			}
		}
	}
}

// openedAs: the library was opened before, under the name that libraries have: zip,
// libzip.la, and libzip.so is there. What it needs may be missing.
func (c *candidate) openedAs(p string) bool {
	s := c.sus.hist.sharedObject(bareName(p))
	return s != nil && s.path != p && s.first.index < c.pos.index
}

// bareName is a library's name without "lib" and endings: zip of libzip.so.2.
func bareName(p string) string {
	stem, _, _ := strings.Cut(path.Base(p), ".")
	return strings.TrimPrefix(stem, "lib")
}

// sharedObject is the one that was opened under a name without "lib" and endings.
func (h *history) sharedObject(bare string) *source {
	if h.shared == nil {
		h.shared = map[string]*source{}
		for _, s := range h.sources {
			if s.file != nil && isLibrary(s.path) && !systemPath(s.path) {
				h.shared[bareName(s.path)] = s
			}
		}
	}
	return h.shared[bare]
}

// followsFound: files of one name are numbered, and the one before is there: this is how
// a program finds the last.
func (c *candidate) followsFound(p string) bool {
	ext := path.Ext(p)
	n, err := strconv.Atoi(strings.TrimPrefix(ext, "."))
	if err != nil || n < 1 {
		return false
	}
	return c.sus.hist.sources[strings.TrimSuffix(p, ext)+"."+strconv.Itoa(n-1)] != nil
}

// startupProbe: what every program asks before it has begun: the loader's and
// the C library's optional files.
func startupProbe(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" && x.errno != "ECONNREFUSED" {
		return 0, ""
	}
	p := x.path
	bits, _ := need(x)
	switch {
	case bits&2 != 0 && x.name != "connect": // nobody makes or changes those
	case x.name == "connect" && (p == "/dev/log" || strings.HasSuffix(p, "/nscd/socket") || strings.HasPrefix(p, "/run/systemd/")):
		return -6, "" // the C library's own: the log, and the cache of names
	case p == "/etc/ld.so.cache": // then it looks in the folders
		return -4, ""
	case libcFiles[p], strings.HasPrefix(p, "/etc/ld-musl-"):
		return -6, ""
	case p == "/etc/ld.so.preload", strings.Contains(p, "/glibc-hwcaps"), probing(x.name) && hardware[path.Base(p)], strings.HasPrefix(p, "/sys/"), strings.HasPrefix(p, "/proc/"):
		return -6, ""
	case strings.Contains(p, "/zoneinfo/") && systemPath(p):
		if soughtElsewhere(x) {
			return 0, "" // the C library has one place only
		}
		return -6, ""
	case strings.Contains(p, "/locale/") && c.speaksOfLocale():
		return 2, "the message speaks of a locale"
	case (strings.Contains(p, "/locale/") || strings.Contains(p, "/gconv/")) && (c.lastWord() || c.atWork()):
		return 0, ""
	case strings.Contains(p, "/locale/"), strings.Contains(p, "/locale-langpack/"), strings.Contains(p, "/gconv/"), strings.Contains(p, "/nscd/"), strings.HasSuffix(p, "/nsswitch.conf"), strings.HasSuffix(path.Dir(p), "/userdb"), strings.HasSuffix(p, "/userdb"):
		return -6, ""
	case c.sus != nil && probing(x.name) && path.Base(p) == c.programName() && inProgramFolder(p):
		return -6, "" // it looks for itself
	case systemPath(p) && c.beforeScript():
		return -2, "" // the interpreter's own
	case isLibrary(p) && strings.HasPrefix(path.Base(p), "lib") && c.between > wentOn:
		return -4, "" // the program does without it
	}
	return 0, ""
}

// lastWord: the process came to nothing else before it crashed, or complained of this error.
func (c *candidate) lastWord() bool {
	const next = 3
	if c.sus == nil {
		return false
	}
	p := c.sus.hist.proc
	return c.between <= next && (c.sus.anchor.named()[c.fail.errno] || p.Exit != nil && replay.Crashes(p.Exit.Signal))
}

// speaksOfLocale: the message is about a locale that was sought right before it.
func (c *candidate) speaksOfLocale() bool {
	return c.sus != nil && c.sus.anchor.line != nil && c.between <= rightBefore && strings.Contains(strings.ToLower(withoutPaths(c.sus.anchor.line.text)), "locale")
}

// beforeScript: the process came to the script that it runs only later.
func (c *candidate) beforeScript() bool {
	if c.sus == nil {
		return false
	}
	h := c.sus.hist
	for _, arg := range h.proc.Argv[min(1, len(h.proc.Argv)):] {
		if s := h.byBase[path.Base(arg)]; s != nil && s.file != nil && !systemPath(s.path) {
			return s.first.index > c.pos.index && s.first.seq > h.execSeq
		}
	}
	return false
}

// atWork: the process had been at work for long, and complained right after it: it is not
// the C library's look for the user's locale when a program starts.
func (c *candidate) atWork() bool {
	const started = 200
	return c.sus != nil && c.sus.anchor.line != nil && c.between <= rightBefore && c.pos.seq-c.sus.hist.execSeq > started
}

// wentOn is how many calls a program makes that goes on without a library.
const wentOn = 150

// libcFiles are what the loader, the C library and its usual companions look for on every
// machine, and most don't have (ld.so(8), gai.conf(5), host.conf(5), selinux(8)).
var libcFiles = map[string]bool{
	"/etc/ld.so.nohwcap": true, "/etc/suid-debug": true, "/etc/gai.conf": true, "/etc/host.conf": true,
	"/etc/selinux/config": true, "/selinux": true, "/etc/localtime": true,
}

// soughtElsewhere says whether the process did not find the same name in another folder
// either.
func soughtElsewhere(x *failure) bool {
	return x.hist != nil && slices.ContainsFunc(x.hist.failures, func(o *failure) bool {
		return o != x && o.errno == "ENOENT" && path.Base(o.path) == path.Base(x.path) && path.Dir(o.path) != path.Dir(x.path)
	})
}

// hardware are the folders that the loader of glibc before 2.37 looks for in every place
// where libraries lie.
var hardware = map[string]bool{"tls": true, "x86_64": true, "haswell": true, "avx512_1": true, "i686": true, "sse2": true, "aarch64": true}

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
		if c.sus.anchor.line != nil && namesIn(c.sus.anchor.line.text, x.path) {
			return -1, ""
		}
		return -3, ""
	}
	return 0, ""
}

// cleanUp: removing what isn't there.
func cleanUp(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.errno != "ENOENT" {
		return 0, ""
	}
	switch ext := path.Ext(c.fail.path); {
	case c.fail.name == "unlink", c.fail.name == "unlinkat", c.fail.name == "rmdir":
		return -3.5, ""
	case probing(c.fail.name) && (ext == ".pid" || ext == ".sock" || ext == ".lock" || ext == ".tmp"):
		return -2, "" // some languages look before they remove
	}
	return 0, ""
}

// placeToSearch: after a search in vain, a folder that should have been
// searched and isn't there.
func placeToSearch(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" || x.path == "" || !probing(x.name) || path.Ext(x.path) != "" || systemPath(x.path) || c.sus.anchor.line == nil {
		return 0, ""
	}
	if containsAny(strings.ToLower(c.sus.anchor.line.text), seekWords) {
		return 2.5, "a place to search that is not there"
	}
	return 0, ""
}

// seekWords are those of a complaint that something is nowhere.
var seekWords = []string{"no module", "cannot find", "can't find", "not found", "can't locate", "cannot locate", "could not find", "unable to find", "unable to locate", "no such module", "cannot load", "unresolved"}

// anotherProgram: what failed before the process became the program that
// failed.
func anotherProgram(f *facts, c *candidate) (float64, string) {
	if c.fail != nil && c.pos.seq < c.sus.hist.execSeq {
		if missed, _ := missedLater(f, c); missed <= 0 {
			return -4, ""
		}
	}
	return 0, ""
}

// waitsForOther: a file that is looked for again and again, while a process
// that was started to make it has failed, is the symptom.
func waitsForOther(f *facts, c *candidate) (float64, string) {
	x := c.fail
	if x != nil && (x.name == "connect" || x.during) && (x.errno == "ECONNREFUSED" || x.errno == "ENOENT") && onThisMachine(x.addr) && f.daemonFailed(c.pos) {
		return -3, ""
	}
	if x != nil && f.helperDied(c) {
		return -7, ""
	}
	if x != nil && f.endedServer(x, c.pos) != nil {
		return -5, ""
	}
	if x != nil && f.toBeMade(c) {
		return -13, ""
	}
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

// helperDied: nobody ever listened on a socket of this machine that was tried again and
// again, and between two times a child of the process ended with an error.
func (f *facts) helperDied(c *candidate) bool {
	x := c.fail
	if x.name != "connect" || x.count < 3 || !onThisMachine(x.addr) || f.listened[f.state.AbsAddr(x.addr)] != nil {
		return false
	}
	return slices.ContainsFunc(c.sus.hist.proc.Children, func(k *replay.Process) bool {
		return k.Failed() && k.Exit.Signal == "" && k.Ended.Index > x.at[0].index && k.Ended.Index < c.pos.index && len(k.Execs) > 0 && !f.endedByOther(k)
	})
}

// daemonFailed: a process that was left in the background had failed before.
func (f *facts) daemonFailed(at position) bool {
	for _, p := range f.state.All {
		if p.Failed() && p.Ended.Index < at.index && p.Parent != nil && p.Parent.Ended != nil && !p.Parent.Failed() && leftAlone(p) {
			return true
		}
	}
	return false
}

// thrownAway: whoever started the process wanted its output, and sent its messages to
// /dev/null: it was prepared for them. What nobody could read says less in any case.
func thrownAway(f *facts, c *candidate) (float64, string) {
	l := c.sus.anchor.line
	if l == nil || l.file.Path != "/dev/null" {
		return 0, ""
	}
	path, _ := namesPath(f, c)
	errno, _ := namesErrno(f, c)
	points := -(max(path, 0) + max(errno, 0)) / 2
	if out := c.sus.hist.proc.Std[1]; out == nil || out.Path != "/dev/null" {
		points -= 2
	}
	return points, ""
}
