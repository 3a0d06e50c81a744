package analyze

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Rules that hold a candidate against the words of the message.

// longAgo is after how many calls a file that was only looked for is hardly what a message
// means that shares a word with its name.
const longAgo = 200

// namesPath: the message names the path, its last part, or a word of it.
func namesPath(_ *facts, c *candidate) (float64, string) {
	if c.sus.anchor.line == nil {
		return 0, ""
	}
	points, begun := c.begun()
	if points >= 5 {
		return points, cutIn(begun)
	}
	msg, last, all := c.sus.anchor.line.known(), c.sus.anchor.last, c.sus.anchor.text
	for _, p := range c.paths() {
		for _, text := range []string{msg, last, all} {
			weight := 1.0
			switch text {
			case msg:
			case last:
				weight = 0.9
			case all:
				weight = 0.75
			}
			if text == all && besideQuoted(msg, p) {
				weight = 0.3
			}
			if len(p) > 3 && strings.ContainsAny(p, "/") && namesIn(text, p) {
				return 7 * weight, fmt.Sprintf("the message names %s", p)
			}
			base := path.Base(p)
			if len(base) >= 3 && base != c.programName() && !commonNoun[base] && namesIn(text, base) {
				if text == msg && len(msg) <= maxTold && !c.sus.anchor.line.cut && inOtherFolder(text, base, c.paths()) {
					weight *= 0.4
				}
				return 5 * weight, fmt.Sprintf("the message names %s", base)
			}
			if short := strings.TrimSuffix(p, path.Ext(p)); strings.Count(short, "/") > 2 && short != p && namesIn(text, short) {
				return 5 * weight, fmt.Sprintf("the message names %s", short)
			} else if short != p && len(path.Base(short)) > 4 && !c.isProgram(path.Base(short)) && (namesIn(text, short) || !c.isProgram(path.Base(stripped(short))) && namesIn(text, stripped(short))) {
				return 5 * weight, fmt.Sprintf("the message names %s", short)
			}
			if stem, _, _ := strings.Cut(base, "."); len(stem) >= 4 && !c.isProgram(stem) && !commonNoun[stem] && speaksOf(text, stem) {
				if c.fail != nil && probing(c.fail.name) && c.between > longAgo {
					weight /= 2 // a word that they share
				}
				return 3 * weight, fmt.Sprintf("the message speaks of %s", stem)
			}
			if dir := path.Base(path.Dir(p)); len(dir) >= 4 && !c.isProgram(dir) && !systemPath(p) && namesIn(text, dir) {
				return 2 * weight, fmt.Sprintf("the message speaks of %s", dir)
			}
		}
	}
	if points > 0 {
		return points, cutIn(begun)
	}
	if x := c.fail; x != nil && namesShort(msg, x.given) {
		return 5, fmt.Sprintf("the message names %s", x.given)
	}
	if dir := c.folderNamed(msg); dir != "" {
		return 3, fmt.Sprintf("the message names %s, where it is", dir)
	}
	return wordsInCommon(c, msg)
}

// stripped is a path without its ending; itself when nothing else would be left of its
// last part.
func stripped(p string) string {
	if bare := strings.TrimSuffix(p, path.Ext(p)); bare != "" && !strings.HasSuffix(bare, "/") {
		return bare
	}
	return p
}

// maxTold is the length up to which a message's paths are taken apart for each candidate.
const maxTold = 4096

// inOtherFolder: the message has the name only as the last part of other paths: it names
// src/a.css, and out/a.css is missing.
func inOtherFolder(text, base string, paths []string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n'\"`‘’“”()[]{}<>,;=", r) })
	other := false
	for _, w := range words {
		w = strings.TrimLeft(strings.Trim(w, ".:"), "./")
		at := strings.LastIndex(w, "/")
		switch {
		case w == base:
			return false
		case at < 0 || w[at+1:] != base:
		case slices.ContainsFunc(paths, func(p string) bool { return strings.HasSuffix(p, w) || strings.HasSuffix(w, strings.TrimLeft(p, "./")) }):
			return false
		default:
			other = true
		}
	}
	return other
}

func cutIn(p string) string { return "the message, which the trace cuts, begins to name " + p }

// commonNoun are last parts of paths that messages have as words of their own.
var commonNoun = map[string]bool{"socket": true, "log": true, "config": true, "file": true, "server": true}

// besideQuoted: the message's first line quotes what it is about ("module 'x' not
// found"), and the path, which only a later line may name, has nothing of it.
func besideQuoted(msg, p string) bool {
	parts := strings.FieldsFunc(msg, func(r rune) bool { return strings.ContainsRune("'\"`‘’“”", r) })
	quoted := false
	for i := 1; i < len(parts); i += 2 {
		if q := parts[i]; len(q) >= 3 && !strings.ContainsAny(q, " \t") {
			if quoted = true; strings.Contains(p, q) {
				return false
			}
		}
	}
	return quoted
}

// namesShort: a name too short to be told from other words stands between the
// marks that programs put around names: "tar: f: Cannot open".
func namesShort(msg, given string) bool {
	if given == "" || len(given) > 3 || strings.ContainsAny(given, "./") {
		return false
	}
	return strings.Contains(msg, ": "+given+": ") || strings.Contains(msg, "'"+given+"'") || strings.Contains(msg, "\""+given+"\"") || strings.Contains(msg, "‘"+given+"’")
}

// wordsInCommon: "key not usable" and etc/signing.key.
func wordsInCommon(c *candidate, msg string) (float64, string) {
	low := strings.ToLower(msg)
	for _, p := range c.paths() {
		for _, w := range strings.FieldsFunc(strings.ToLower(path.Base(p)), notLetter) {
			if lib, ok := strings.CutPrefix(w, "lib"); ok && len(lib) >= 3 && containsWord(low, lib) {
				return 2.5, fmt.Sprintf("the message speaks of %q", lib)
			}
			if len(w) >= 3 && !c.isProgram(w) && containsWord(strings.ReplaceAll(low, "."+w, "."), w) { // not as the ending of another name
				return 1.5, fmt.Sprintf("the message speaks of %q", w)
			}
			if len(w) >= 5 && !c.isProgram(w) && beginsWord(low, w) {
				return 1, fmt.Sprintf("the message has a word that begins with %q", w)
			}
		}
	}
	return 0, ""
}

func notLetter(r rune) bool { return !(r >= 'a' && r <= 'z') }

// paths are the names under which the candidate's object may be known.
func (c *candidate) paths() []string {
	var out []string
	add := func(p string) {
		if p != "" && p != "/" && p != "." && !strings.HasPrefix(p, "\x00") {
			out = append(out, p)
		}
	}
	if x := c.fail; x != nil {
		add(x.path)
		add(x.given)
		add(x.path2)
	}
	if c.source != nil {
		add(c.source.path)
	}
	return out
}

func (c *candidate) programName() string { return c.sus.hist.proc.Name() }

// isProgram says whether a word is the program's name, with or without its version, or
// what it calls itself: the first word of its message, "thumbs: cannot …".
func (c *candidate) isProgram(w string) bool {
	name := c.programName()
	if w == name || w == strings.TrimRight(name, "0123456789.-") {
		return true
	}
	l := c.sus.anchor.line
	return l != nil && strings.HasPrefix(strings.ToLower(l.text), strings.ToLower(w)+":")
}

// namesIn says whether text names the path or file name, and not one that goes
// on below or beside it.
func namesIn(text, p string) bool {
	for i := 0; ; {
		k := strings.Index(text[i:], p)
		if k < 0 {
			return false
		}
		k += i
		end := k + len(p)
		if !wordByte(text, k-1) && !wordByte(text, end) && !goesOn(text, end) && (k == 0 || text[k-1] != '.') {
			return true
		}
		i = k + 1
	}
}

// goesOn: "/name" or ".name" follows.
func goesOn(text string, i int) bool {
	return i+1 < len(text) && (text[i] == '/' || text[i] == '.') && wordByte(text, i+1)
}

// containsWord finds w in text with no letter or digit touching it.
func containsWord(text, w string) bool {
	for i := 0; ; {
		k := strings.Index(text[i:], w)
		if k < 0 {
			return false
		}
		k += i
		if !wordByte(text, k-1) && !wordByte(text, k+len(w)) {
			return true
		}
		i = k + 1
	}
}

// speaksOf says whether a text has a word that is no folder on the way to something else.
func speaksOf(text, w string) bool {
	for rest := text; ; {
		k := strings.Index(rest, w)
		if k < 0 {
			return false
		}
		end := k + len(w)
		if !wordByte(rest, k-1) && !wordByte(rest, end) && !(end < len(rest)-1 && rest[end] == '/' && rest[end+1] > ' ') {
			return true
		}
		rest = rest[end:]
	}
}

func wordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	b := s[i]
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-'
}

// warnedOf: a milder line of the same process, before the message, names the path.
func warnedOf(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.sus.anchor.line == nil || strings.Count(c.fail.path, "/") < 2 {
		return 0, ""
	}
	for _, l := range c.sus.hist.lines {
		if l.start.index >= c.sus.anchor.pos.index {
			break
		}
		if l.start.index > c.pos.index && l.start.seq-c.pos.seq <= answerWindow && mild(l.text) && !dataOnly(l) && namesIn(l.text, c.fail.path) {
			return 2.5, fmt.Sprintf("a warning right after it names %s", c.fail.path)
		}
	}
	return 0, ""
}

// namesAddress: the message names the address, its port or its host: "database
// 127.0.0.1:5432 is down".
func namesAddress(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.addr == "" || c.sus.anchor.line == nil {
		return 0, ""
	}
	text := c.sus.anchor.text
	host, port := splitAddr(c.fail.addr)
	switch {
	case strings.Contains(text, c.fail.addr):
		return 6, "the message names " + c.fail.addr
	case port != "" && containsWord(text, port):
		return 4, "the message names port " + port
	case host != "" && containsWord(text, host):
		return 3, "the message names " + host
	}
	return 0, ""
}

func splitAddr(a string) (host, port string) {
	if strings.HasPrefix(a, "unix:") {
		return strings.TrimPrefix(a, "unix:"), ""
	}
	if i := strings.LastIndexByte(a, ':'); i > 0 {
		return strings.Trim(a[:i], "[]"), a[i+1:]
	}
	return a, ""
}

// namesErrno: the message gives the error, as "Permission denied", "EACCES" or
// "[Errno 13]"; or another one.
func namesErrno(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.sus.anchor.line == nil {
		return 0, ""
	}
	named := c.sus.anchor.named()
	switch {
	case named[c.fail.errno]:
		return 2.5, fmt.Sprintf("the message gives its error (%s)", c.fail.errno)
	case len(named) > 0:
		return -1, ""
	case c.fail.errno == "ENOENT" && containsAny(strings.ToLower(c.sus.anchor.line.text), absentWords):
		return 1.5, "the message says that something does not exist"
	}
	return 0, ""
}

// closeToMessage: a program complains soon after what it complains of.
func closeToMessage(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.sus.anchor.line == nil && c.sus.hist.proc.Exit == nil {
		return 0, ""
	}
	what := "the message was written"
	if c.sus.anchor.line == nil {
		what = "the process ended"
	}
	switch n := c.between; {
	case n <= 3:
		return 3, fmt.Sprintf("%s %s later", what, calls(n+1))
	case n <= 12:
		return 2.25, fmt.Sprintf("%s %s later", what, calls(n+1))
	case n <= 40:
		return 1.25, fmt.Sprintf("%s %s later", what, calls(n+1))
	case n <= 150:
		return 0.5, ""
	case n <= 1000, c.asked():
		return 0, ""
	}
	return -1.5, ""
}

func calls(n int) string {
	if n == 1 {
		return "1 call"
	}
	return fmt.Sprintf("%d calls", n)
}

// callWords are the words with which messages speak of calls.
var callWords = map[string][]string{
	"flock": {"lock"}, "fcntl": {"lock"}, "bind": {"bind", "listen", "address", "port"}, "listen": {"listen"},
	"connect": {"connect", "reach", "server", "upstream", "mirror", "host"}, "clone": {"fork", "thread", "process", "worker"}, "clone3": {"fork", "thread", "process", "worker"}, "vfork": {"fork", "process"},
	"mmap": {"memory", "allocat", "map"}, "brk": {"memory", "allocat"}, "execve": {"exec", "run", "command", "interpreter"}, "mkdir": {"directory", "folder", "create", "mkdir"},
	"rename": {"rename", "move", "replace"}, "chdir": {"chdir", "directory", "folder"}, "chown": {"chown", "owner"}, "chmod": {"chmod", "mode"}, "mount": {"mount"},
	"write": {"write", "writing", "space", "output"}, "pwrite64": {"write", "writing", "space"}, "setuid": {"user", "privilege"}, "setgroups": {"group", "privilege"}, "setresuid": {"user", "privilege"},
	"link": {"link"}, "symlink": {"link"}, "chroot": {"root"}, "ftruncate": {"space", "size", "truncate"}, "fallocate": {"space", "size"},
	"setrlimit": {"limit"}, "prlimit64": {"limit"}, "setpriority": {"priority", "nice"}, "sched_setaffinity": {"affinity"}, "sched_setscheduler": {"priority", "schedul", "policy"},
	"sethostname": {"host"}, "capset": {"capabilit", "privilege"}, "unshare": {"namespace", "unshare"}, "setns": {"namespace"},
}

// namesCall: the message speaks of what the call does: "cannot bind", "out of memory".
func namesCall(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.sus.anchor.line == nil {
		return 0, ""
	}
	name := strings.TrimSuffix(strings.TrimSuffix(c.fail.name, "at"), "at2")
	low := strings.ReplaceAll(strings.ToLower(withoutPaths(c.sus.anchor.line.text)), "internal server error", "")
	if containsAny(low, callWords[name]) {
		return 2, fmt.Sprintf("the message speaks of what %s does", c.fail.name)
	}
	return 0, ""
}
