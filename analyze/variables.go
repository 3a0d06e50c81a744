package analyze

import (
	"maps"
	"path"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// A capture tells which failed paths stand in a variable of the environment
// (tracer/variables_linux.go); a log of strace -v, or a capture with --env, has all of it.

const (
	maxVariables = 256     // that hold a path are kept of a process
	maxSet       = 1 << 16 // of all processes
	maxSetPath   = 4096    // PATH_MAX (linux/limits.h)
)

// setPaths keeps what an execve's environment sets to a path. Most programs are started
// with the environment of the one before, and share it.
func (f *facts) setPaths(h *history, env event.Value) {
	h.variables = nil
	for _, v := range env.Elems {
		name, value, ok := strings.Cut(v.Str, "=")
		if v.Kind != event.String || v.Cut || !ok || !abi.SetsPath(name, value) || len(value) >= maxSetPath || len(h.variables) >= maxVariables {
			continue
		}
		if h.variables == nil {
			h.variables = map[string]string{}
		}
		h.variables[path.Clean(strings.Clone(value))] = strings.Clone(name)
	}
	switch {
	case maps.Equal(h.variables, f.variables):
		h.variables = f.variables
	case f.set+len(h.variables) > maxSet:
		h.variables = nil
	default:
		f.set += len(h.variables)
		f.variables = h.variables
	}
}

// variable is the one that is set to the path of a failure, "" for none or when that is
// not known.
func (x *failure) variable() string {
	if x.seen != nil {
		for _, text := range x.seen.Text {
			if rest, ok := strings.CutPrefix(text, "the variable "); ok {
				if name, it, _ := strings.Cut(rest, " is set to "); it == "it" {
					return name
				}
			}
		}
	}
	if x.hist == nil {
		return ""
	}
	if v := x.hist.variables[x.path]; v != "" || x.given == "" {
		return v
	}
	return x.hist.variables[path.Clean(x.given)]
}

// variableAbove is the one that is set to a folder where the failure's path lies, and that
// folder; "" for none or when that is not known.
func (x *failure) variableAbove() (name, folder string) {
	if x.seen != nil {
		for _, text := range x.seen.Text {
			if rest, ok := strings.CutPrefix(text, "the variable "); ok {
				name, folder, _ = strings.Cut(rest, " is set to ")
				folder, ok = strings.CutSuffix(folder, ", where it lies")
				if ok {
					return name, folder
				}
			}
		}
	}
	if x.hist == nil || len(x.hist.variables) == 0 || !strings.HasPrefix(x.path, "/") {
		return "", ""
	}
	for dir := path.Dir(x.path); len(dir) > 1; dir = path.Dir(dir) {
		if name := x.hist.variables[dir]; name != "" {
			return name, dir
		}
	}
	return "", ""
}

// setByHand: the path is a variable's value, and was to be used: what is only looked for may
// be about to be made, as is what HISTFILE or CCACHE_DIR is set to.
func (x *failure) setByHand() bool {
	v := x.variable()
	return v != "" && !probing(x.name) && !strings.Contains(v, "HIST") && !strings.Contains(v, "CACHE")
}

// tellVariable says which variable of the environment gives the path.
func (x *failure) tellVariable(out *Cause) {
	v := x.variable()
	if v != "" {
		out.Explanation += " The environment variable " + v + " is set to it."
	} else if above, folder := x.variableAbove(); above != "" {
		v = above
		out.Explanation += " It lies in " + folder + ", to which the environment variable " + v + " is set."
	}
	if v == "" {
		return
	}
	for i := range out.Advice {
		out.Advice[i] = strings.Replace(out.Advice[i], "correct the path where it is configured", "correct the variable "+v, 1)
	}
}

// setByVariable: somebody has set the path, so it is not one that may be there or not.
func setByVariable(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil {
		return 0, ""
	}
	switch c.fail.errno {
	case "ENOENT", "ENOTDIR", "EACCES":
	default:
		return 0, ""
	}
	if !c.fail.setByHand() {
		return 0, ""
	}
	return 4, "the variable " + c.fail.variable() + " is set to it"
}
