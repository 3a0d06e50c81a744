package abi

import "strings"

// commonVariables hold paths that nobody has set for one program's sake.
var commonVariables = map[string]bool{
	"HOME": true, "PWD": true, "OLDPWD": true, "SHELL": true, "_": true, "MAIL": true, "TMPDIR": true, "TMP": true, "TEMP": true,
	"XDG_RUNTIME_DIR": true, "SSH_TTY": true, "SSH_AUTH_SOCK": true, "BASH_ENV": true, "ENV": true,
}

// SetsPath says whether a variable of an environment (environ(7)) gives a program the
// path of one file. Lists of paths are places to search, none of which must be there.
func SetsPath(name, value string) bool {
	return name != "" && !commonVariables[name] && strings.Contains(value, "/") && !strings.ContainsAny(value, ":\n")
}
