package analyze

import (
	"fmt"
	"path"
	"strings"
)

func (f *facts) whyMissing(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	if c.kind == "search" {
		what := sought(c.group)
		if x.leadsNowhere() && out.Evidence != nil {
			if why, next, ok := missingStep(out.Evidence.PathWalk, obj, false); ok {
				return fmt.Sprintf("%s %s is in none of the other places either.", why, what), next
			}
		}
		why := fmt.Sprintf("%s is in none of the %d places where %s looks for it.", what, len(c.group), name(x.hist.proc))
		if t, ok := c.systemThing(); ok {
			return fmt.Sprintf("This is how a program looks for %s. %s", t.what, why), []string{t.next}
		}
		return why, []string{fmt.Sprintf("install what brings %s, or put its folder on the search path", what)}
	}
	if t, ok := c.systemThing(); ok && !x.makes && x.name != "execve" {
		return fmt.Sprintf("This is how a program looks for %s: %s does not exist.", t.what, obj), []string{t.next}
	}
	if callClass[x.name] == "remove" && obj != "" {
		return fmt.Sprintf("%s was not there to be removed.", obj), []string{"see what should have made it, or has removed it before: -v shows the calls"}
	}
	if x.name == "execve" || x.name == "execveat" {
		if why, next, ok := f.whyNoExec(c); ok {
			return why, next
		}
	}
	if isURL(x.given) {
		return fmt.Sprintf("%s is a URL, and there is no file of that name: the program takes it for a file, or looks for one first.", x.given),
			[]string{"give it a file; or see whether it was built to read from the network, and what keeps it from that"}
	}
	if why, next, ok := strangeName(obj); ok {
		return why, next
	}
	if isPattern(path.Base(x.given)) && !x.makes {
		return fmt.Sprintf("No file matches %s, so the shell left the pattern as it is: there is no file of that very name.", obj),
			[]string{"see what is in the folder: ls -la " + shell(path.Dir(obj))}
	}
	if ev := out.Evidence; ev != nil && len(ev.PathWalk) > 0 && x.name != "connect" {
		if why, next, ok := missingStep(ev.PathWalk, obj, x.makes || x.lacksTarget()); ok {
			return why, next
		}
	}
	if x.name == "connect" {
		return fmt.Sprintf("There is no socket at %s: the server is not running, or it puts its socket elsewhere.", obj), []string{"start the server, or correct the path"}
	}
	if obj == "" {
		return "What it asked for does not exist.", []string{}
	}
	if dir := path.Dir(obj); (x.makes || x.lacksTarget()) && x.hist.sources[dir] == nil && dir != x.step.Dir && !strings.HasPrefix(obj, "/proc/") && !strings.HasPrefix(obj, "/sys/") {
		obj = dir
		return fmt.Sprintf("The directory %s, or one on the way to it, does not exist.", obj),
			[]string{fmt.Sprintf("mkdir -p %s, or correct the path where it is configured", shell(obj))}
	}
	return fmt.Sprintf("%s, or a directory on the way to it, does not exist.", obj),
		[]string{fmt.Sprintf("%s, or correct the path where it is configured; ls -ld %s shows what is there", provide(obj), shell(path.Dir(obj)))}
}

// whyUnlike: rename(2) puts a directory in the place of directories only.
func whyUnlike(x *failure) (string, []string) {
	return fmt.Sprintf("%s is a directory and %s is there and is none, not even by a symbolic link to one; or a part of these paths that should be a directory is something else.", x.path, x.path2),
		[]string{fmt.Sprintf("look at both, and move away what is in the way: ls -ld %s %s", shell(x.path), shell(x.path2))}
}

// isURL: an address of something elsewhere, that of a file of this machine excepted.
func isURL(given string) bool {
	return strings.Contains(given, "://") && !strings.HasPrefix(given, "file:")
}

// isPattern: a name as a shell's pattern, that of no file: "*.sh", "app-?.log".
func isPattern(name string) bool {
	return strings.ContainsRune(name, '*')
}

// strangeName: a name that ends in a carriage return or a blank comes from a file with DOS
// line ends, or from a value with a blank behind it; nobody gives a file such a name.
func strangeName(p string) (string, []string, bool) {
	for _, part := range strings.Split(p, "/") {
		switch bare := strings.Trim(part, " \t\r\n"); {
		case bare == part || bare == "":
		case strings.Contains(part, "\r"):
			return fmt.Sprintf("The name %q has a carriage return at its end, %q has none: it comes from a file with DOS line ends.", part, bare),
				[]string{"remove the carriage returns from the file that the name comes from: sed -i 's/\\r$//' FILE"}, true
		default:
			return fmt.Sprintf("The name %q begins or ends with a blank, %q does not: look at the setting that it comes from.", part, bare),
				[]string{fmt.Sprintf("look for the blank where %s is configured", bare)}, true
		}
	}
	return "", nil, false
}

// whyNoExec: the kernel says ENOENT for a script that is there when its
// interpreter isn't.
func (f *facts) whyNoExec(c *candidate) (string, []string, bool) {
	x := c.fail
	interp := ""
	there := f.scope.log && x.at[0].index == 0 // strace looks for its program first
	if x.seen != nil {
		for _, s := range x.seen.Walk {
			if s.Path == x.seen.Path && s.Errno == "" {
				there = true
			}
		}
		interp = shebang(string(x.seen.Head))
		for _, t := range x.seen.Text {
			if rest, ok := strings.CutPrefix(t, "interpreter "); ok && interp == "" {
				interp, _, _ = strings.Cut(rest, " ")
			}
		}
	}
	for _, r := range f.words.read[x.hist] {
		if interp == "" && r.file.Path != "" && f.state.Abs(r.file.Path) == x.path {
			interp = shebang(r.text)
			there = true
		}
	}
	for _, h := range f.order {
		if s := h.byBase[path.Base(x.path)]; s != nil && s.path == x.path && !x.inRoot() {
			there = true
		}
	}
	switch {
	case interp != "" && strings.HasSuffix(interp, "\r"):
		interp = strings.TrimSuffix(interp, "\r")
		return fmt.Sprintf("%s is there, but its first line ends in a carriage return (it has DOS line ends), so the kernel looks for an interpreter %q, which does not exist.", x.path, interp+"\r"),
			[]string{"remove the carriage returns: sed -i 's/\\r$//' " + shell(x.path)}, true
	case interp != "" && there && x.isELF():
		return fmt.Sprintf("%s is there, but the loader that it names, %s, is not: it was built for another C library, such as musl (Alpine), or for another machine.", x.path, interp),
			[]string{"use a build of it for this system, or one that is linked statically; file " + shell(x.path) + " shows what it is for"}, true
	case interp != "" && there:
		return fmt.Sprintf("%s is there, but its interpreter %s is not.", x.path, interp),
			[]string{fmt.Sprintf("install %s, or correct the first line of %s", interp, x.path)}, true
	case there:
		return fmt.Sprintf("%s is there; what is missing is the interpreter that it names: the program of its #! line, or the ELF loader.", x.path),
			[]string{fmt.Sprintf("look at its first line (head -1 %s) or at its loader (file %s)", shell(x.path), shell(x.path))}, true
	}
	if x.seen == nil && x.path != "" {
		return fmt.Sprintf("%s does not exist; or it is there, and what it takes to run it is not: the interpreter of its first line (#!), or its ELF loader.", x.path),
			[]string{fmt.Sprintf("look whether it is there, and at its first line or loader: ls -l %s; head -1 %[1]s; file %[1]s", shell(x.path))}, true
	}
	return "", nil, false
}

// inRoot says whether the process has a root directory of its own: others may mean another
// file by the path.
func (x *failure) inRoot() bool { return x.step.FS.Root != "/" && x.step.FS.Root != "" }

// isELF says whether what was to be run begins as an ELF file does.
func (x *failure) isELF() bool {
	return x.seen != nil && strings.HasPrefix(string(x.seen.Head), elfMagic)
}

// shebang is the interpreter of a script, "" when it has none. A carriage
// return before the line's end is kept, since the kernel keeps it too.
func shebang(head string) string {
	rest, ok := strings.CutPrefix(head, "#!")
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "\n")
	rest = strings.TrimLeft(rest, " \t")
	if i := strings.IndexAny(rest, " \t"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}
