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

// variableOf gives the variable that a process's environment, as it was at its execve
// (proc_pid_environ(5)), has set to a path; "" for none. full is absolute, given is what
// the call was given.
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
	if name := set[path.Clean(full)]; name != "" {
		return name
	}
	return set[path.Clean(given)]
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
