package tracer

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// defaultPath is searched when PATH is not set (execvp(3), minus the current
// directory).
const defaultPath = "/bin:/usr/bin"

// findProgram gives the file that a shell would execute for name: a name with
// a slash stands for itself; others are searched in PATH, where an executable
// file wins and a file that may not be executed is better than none (its execve
// then says why). dir is the command's working directory.
func findProgram(name, dir string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	second := ""
	for _, d := range filepath.SplitList(searchPath(env)) {
		file := filepath.Join(d, name)
		if d == "" || d == "." {
			file = "./" + name
		}
		seen := file
		if !filepath.IsAbs(file) {
			seen = filepath.Join(dir, file)
		}
		info, err := os.Stat(seen)
		if name == "" || err != nil || info.IsDir() {
			continue
		}
		if unix.Faccessat(unix.AT_FDCWD, seen, unix.X_OK, unix.AT_EACCESS) == nil {
			return file, nil
		}
		if second == "" {
			second = file
		}
	}
	if second == "" {
		return "", &NotFoundError{Name: name}
	}
	return second, nil
}

// searchPath gives the value of PATH in env.
func searchPath(env []string) string {
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "PATH="); ok {
			return v
		}
	}
	return defaultPath
}
