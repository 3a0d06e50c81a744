package tracer

import (
	"bytes"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
)

// A path that is not there, or is refused, may stand in a variable of the environment:
// then somebody has set it, and the program does not only try it. Which variable that is
// is told, by its name; values are not kept.

// setPaths are the variables of an environment whose values are paths, by these.
type setPaths map[string]string

const (
	environMax   = 256 << 10 // bytes of an environment that are read
	variablesMax = 256       // processes whose environments are remembered
)

// variableOf says which variable of a process's environment, as it was at its execve
// (proc_pid_environ(5)), is set to a path, or to a folder above it; "" for none. full is
// absolute, given is what the call was given.
func (e *engine) variableOf(pid int, full, given string) string {
	if alwaysTried(full) {
		return ""
	}
	set, ok := e.variables[pid]
	if !ok {
		if len(e.variables) >= variablesMax || e.variables == nil {
			e.variables = map[int]setPaths{}
		}
		set = readSetPaths(procPath("/proc", pid, "environ"))
		e.variables[pid] = set
	}
	return set.tell(full, given)
}

// tell says which variable is set to a path, or to a folder above it. What was given
// relative to the working directory was not made of one.
func (set setPaths) tell(full, given string) string {
	if len(set) == 0 {
		return ""
	}
	full = path.Clean(full)
	for _, p := range []string{full, path.Clean(given)} {
		if name := set[p]; name != "" {
			return "the variable " + name + " is set to it"
		}
	}
	if !strings.HasPrefix(given, "/") {
		return ""
	}
	if base := path.Base(path.Dir(full)); base == "bin" || base == "sbin" {
		return "" // of PATH, which says so itself
	}
	for dir := path.Dir(full); len(dir) > 1; dir = path.Dir(dir) {
		if name := set[dir]; name != "" {
			return "the variable " + name + " is set to " + dir + ", where it lies"
		}
	}
	return ""
}

// alwaysTried: places that the loader and the C library look at in every process.
func alwaysTried(p string) bool {
	for _, begin := range []string{"/etc/ld.so.", "/lib", "/usr/lib", "/proc/", "/sys/", "/dev/"} {
		if strings.HasPrefix(p, begin) {
			return true
		}
	}
	return false
}

func readSetPaths(file string) setPaths {
	data, _ := readFile(file)
	return parseSetPaths(data[:min(len(data), environMax)])
}

// parseSetPaths takes an environment apart.
func parseSetPaths(environ []byte) setPaths {
	var set setPaths
	for v := range bytes.SplitSeq(environ, []byte{0}) {
		name, value, ok := strings.Cut(string(v), "=")
		if !ok || !abi.SetsPath(name, value) || len(value) >= unix.PathMax {
			continue
		}
		if set == nil {
			set = setPaths{}
		}
		set[path.Clean(value)] = name
	}
	return set
}
