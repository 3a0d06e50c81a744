package analyze

import (
	"fmt"
	"strings"

	"github.com/stracex/stracex/event"
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
	if v := x.variable(); v != "" && c.kind != "search" {
		out.Explanation += " The environment variable " + v + " is set to it."
		for i := range out.Advice {
			out.Advice[i] = strings.Replace(out.Advice[i], "correct the path where it is configured", "correct the variable "+v, 1)
		}
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

// environmentText is that of E2BIG where the arguments are few.
var environmentText = errorText{"The environment that is passed to {} is larger than the kernel allows, alone or with one of the arguments.", "see which variable is so large, and don't export it: env -0 | sort -z | xargs -0 -n1 | awk '{print length, substr($0,1,40)}' | sort -n | tail", "execve(2)"}

// noTerminal is that of a process which wants to ask somebody.
var noTerminal = errorText{"The process has no controlling terminal: it runs from cron, a service manager, a CI job or setsid(1), and there is nobody to ask.", "give it what it asks for as an option, a file or a variable, or run it in a terminal: ssh -t, docker run -t, script -c", "tty(4)"}

// emptyText is that of a mapping without length.
var emptyText = errorText{"{} is empty: a file of no bytes can't be mapped into memory.", "find out why it is empty, and restore it: ls -l {}", "mmap(2)"}

// noexecText is that of a mapping of code (mmap(2)).
var noexecText = errorText{"Code of {} may not be run: the file system where it lies is mounted noexec, or it is sealed.", "look at the mount: findmnt -T {}; move it to another file system, or mount that one without noexec", "mmap(2)"}

// fewArguments says whether the arguments of an execve are short and few, as far as seen.
func fewArguments(c *event.Call) bool {
	const few = 50
	args := c.Arg(1)
	return args.Kind == event.Array && !args.Cut && len(args.Elems) < few
}

// reason says why the kernel said no, and what to do.
func (f *facts) reason(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	if x.isAboutSecond() {
		obj = x.path2
	}
	t, ok := errorTexts[callError{callClass[x.name], x.errno}]
	switch {
	case refusedValue(x):
		t, ok = valueText, true
	case x.errno == "ENOSPC" && obj == "memfd_create":
		t, ok = errorText{"The memory that the file is made of is used up: its file has no name, and lies in memory or in huge pages.", "look at HugePages_Free in /proc/meminfo, and at free -m", "memfd_create(2)"}, true
	case x.errno == "ENXIO" && obj == "/dev/tty":
		t, ok = noTerminal, true
	case emptyMapping(x):
		t, ok = emptyText, true
	case x.name == "mmap" && x.errno == "EPERM" && x.path != "":
		t, ok = noexecText, true
	case x.errno == "E2BIG" && fewArguments(x.step.Event.Event().Call):
		t, ok = environmentText, true
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
