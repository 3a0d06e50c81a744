package analyze

import "strings"

// shell quotes a path for the commands in an advice, which people copy: a trace may hold
// any name.
func shell(p string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80 || strings.ContainsRune("_./+:=@%,-", r)
	}
	if strings.HasPrefix(p, "-") {
		p = "./" + p // no option
	}
	if strings.IndexFunc(p, func(r rune) bool { return !plain(r) }) < 0 {
		return p
	}
	return "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
}
