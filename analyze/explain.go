package analyze

import (
	"fmt"
	"strings"
)

// explain fills in Summary, Explanation and Advice of a failed call.
func (f *facts) explain(out *Cause, c *candidate) {
	x := c.fail
	obj := f.object(x)
	out.Summary = fmt.Sprintf("it could not %s: %s", doing(x, obj), short(x))
	if c.kind == "search" {
		what := sought(c.group)
		if t, ok := c.systemThing(); ok {
			what = t.what
		}
		out.Summary = fmt.Sprintf("it looked for %s in %d places, and it is in none of them", what, len(c.group))
	}
	out.Explanation, out.Advice = f.reason(out, c, obj)
	out.Explanation += findings(out.Evidence)
	f.tellHolder(out, x)
	if root := f.state.Abs(x.step.FS.Root); root != "" && root != "/" && strings.HasPrefix(x.path, "/") {
		out.Explanation += fmt.Sprintf(" Its root directory is %s: there the path begins.", root)
		for i := range out.Advice {
			out.Advice[i] = below(root, x.path, out.Advice[i])
		}
	}
	if strings.Contains(x.step.Event.Event().Call.Ret.Note, "INJECTED") {
		out.Explanation = fmt.Sprintf("strace made this call fail by itself (-e inject, -e fault): it says nothing of %s.", orIt(obj))
		out.Advice = []string{"look at how the program takes this error"}
	}
	if c.kind != "search" {
		x.tellVariable(out)
	}
	if x.count > 1 && c.kind != "search" {
		out.Explanation += fmt.Sprintf(" It was tried %d times.", x.count)
	}
	if x.during {
		out.Explanation += " The connect itself went on in the background; the error was fetched with SO_ERROR."
	}
}

// below gives the paths in an advice that lead to p as they are outside of a root directory.
func below(root, p, advice string) string {
	words := strings.Split(advice, " ")
	for i, w := range words {
		bare := strings.TrimRight(w, ",;")
		if strings.HasPrefix(bare, "/") && (bare == p || strings.HasPrefix(p, bare+"/")) {
			words[i] = strings.TrimSuffix(root, "/") + w
		}
	}
	return strings.Join(words, " ")
}

// reason says why the kernel said no, and what to do.
func (f *facts) reason(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	if x.isAboutSecond() {
		obj = x.path2
	}
	t, ok := specialText(x, obj)
	if !ok {
		t, ok = errorTexts[callError{callClass[x.name], x.errno}]
	}
	if !ok {
		out.Manual = manual(x.name)
		switch x.errno {
		case "ENOENT":
			return f.whyMissing(out, c, obj)
		case "EACCES", "EPERM":
			if f.secondTracer(x) {
				return whySecondTracer(x)
			}
			return f.whyDenied(out, c, obj)
		case "EMFILE", "ENOMEM":
			return f.whyLimited(x, obj)
		case "ENOTDIR":
			if x.path2 != "" {
				return whyUnlike(x)
			}
			if why, next, ok := whyNoFolder(out.Evidence); ok {
				return why, next
			}
		case "EEXIST":
			if why, next, ok := whyThere(x, obj); ok {
				return why, next
			}
		}
		t, ok = errorTexts[callError{"", x.errno}]
	}
	if !ok {
		return fmt.Sprintf("%s failed with %s.", x.name, x.errno), []string{fmt.Sprintf("look up what %s means in %s", x.errno, out.Manual)}
	}
	t = t.fill(obj)
	out.Manual = t.man
	return t.why, []string{t.next}
}

func orIt(obj string) string {
	if obj == "" {
		return "it"
	}
	return obj
}

// whyLimited: a limit of the process is reached.
func (f *facts) whyLimited(x *failure, obj string) (string, []string) {
	limit := func(name string) string {
		if v := f.limitOf(x.hist.proc, name); v != "" {
			return fmt.Sprintf(" %s was set to %s.", name, v)
		}
		return ""
	}
	if x.errno == "EMFILE" {
		return fmt.Sprintf("The process has as many open files as its limit allows; %s would be one too many.", orIt(obj)) + limit("RLIMIT_NOFILE"),
			[]string{"raise the limit (ulimit -n, LimitNOFILE=), or find out why so many files stay open"}
	}
	asked := ""
	if n, ok := x.step.Event.Event().Call.Arg(1).Number(); ok && n > 0 && (x.name == "mmap" || x.name == "mremap") {
		asked = fmt.Sprintf(" It asked for %d MiB.", (n+1<<19)>>20)
	}
	return "The kernel gave no more memory: a limit (ulimit -v, a cgroup's) or the machine's memory is reached." + asked + limit("RLIMIT_AS"),
		[]string{"look at ulimit -v, the cgroup's memory.max and free -m"}
}
