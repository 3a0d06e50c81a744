package analyze

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// whyThere explains EEXIST where a symbolic link is in the way: what makes things doesn't
// follow it (mkdir(2)), a look does, and finds nothing when it leads nowhere.
func whyThere(x *failure, obj string) (string, []string, bool) {
	if x.locksByLink() {
		return whyLocked(x, obj)
	}
	missed := x.inTheWay()
	if x.seen == nil || len(x.seen.Walk) == 0 {
		return fmt.Sprintf("%s is there, and yet the program did not find it when it looked: it is a symbolic link that leads nowhere, or it was made in between.", obj),
			[]string{"see what it is: ls -l " + shell(obj), "make what the link leads to, or remove the link"}, missed
	}
	last := x.seen.Walk[len(x.seen.Walk)-1]
	if last.Type != "symlink" || last.Path != x.path {
		return "", nil, false
	}
	target := last.Link
	if !path.IsAbs(target) {
		target = path.Join(path.Dir(x.path), target)
	}
	if missed {
		return fmt.Sprintf("%s is a symbolic link to %s, which does not exist: a look finds nothing there, and yet nothing can be made in the link's place.", obj, target),
			[]string{fmt.Sprintf("create %s, or remove the link %s", target, obj)}, true
	}
	return fmt.Sprintf("%s is there already: a symbolic link to %s.", obj, target),
		[]string{fmt.Sprintf("if nothing needs the link, remove it; what it leads to: ls -ld %s", shell(target))}, true
}

// locksByLink: the symbolic link that was to be made leads nowhere, but names the process
// that makes it, as "host:4711": a lock. Only one can make it, on any file system.
func (x *failure) locksByLink() bool {
	c := x.call()
	if x.errno != "EEXIST" || c == nil || !strings.HasPrefix(x.name, "symlink") || x.hist.proc == nil {
		return false
	}
	return strings.HasSuffix(c.Arg(0).Str, itoa(x.hist.proc.PID)) && x.hist.proc.PID > 1
}

// whyLocked names who holds such a lock, as far as that was seen.
func whyLocked(x *failure, obj string) (string, []string, bool) {
	who := ""
	if x.seen != nil && len(x.seen.Walk) > 0 {
		who = x.seen.Walk[len(x.seen.Walk)-1].Link
	}
	if who == "" {
		return fmt.Sprintf("%s is a lock, and somebody has it: a symbolic link that names its holder.", obj),
			[]string{"see who it is: readlink " + shell(obj) + "; if that process is gone, remove the link"}, true
	}
	next := "if that process is gone, remove the link"
	if pid := who[len(strings.TrimRight(who, "0123456789")):]; pid != "" {
		next = fmt.Sprintf("see whether it lives, on the machine that the name tells: ps -p %s; ", pid) + next
	}
	return fmt.Sprintf("%s is a lock, and %s has it: that is what this symbolic link says.", obj, who), []string{next}, true
}

// inTheWay: the folder that was to be made is there, and a look at it, which follows
// links, finds nothing.
func (x *failure) inTheWay() bool {
	if x.errno != "EEXIST" || !strings.HasPrefix(x.name, "mkdir") || x.given == "" {
		return false
	}
	h := x.hist
	if h.unseen == nil {
		h.unseen = map[string]bool{}
		for _, o := range h.failures {
			if o.errno == "ENOENT" && probing(o.name) && o.name != "lstat" && !o.asksForLink() {
				h.unseen[o.place()] = true
			}
		}
	}
	return h.unseen[x.place()] || x.fileThere()
}

// fileThere: a look finds a plain file where the folder was to be made.
func (x *failure) fileThere() bool {
	s := x.hist.sources[x.path]
	return s != nil && probing(s.by) && strings.Contains(ref(s.ev.Event()).Text, "S_IFREG")
}

// place is where a failure's path leads, as far as that is known.
func (x *failure) place() string {
	if x.path != "" {
		return x.path
	}
	return path.Clean(x.given)
}

// asksForLink: the call does not follow a symbolic link.
func (x *failure) asksForLink() bool {
	return !x.step.Event.None() && slices.ContainsFunc(x.step.Event.Event().Call.Args(), func(v event.Value) bool { return v.Has("AT_SYMLINK_NOFOLLOW") })
}
