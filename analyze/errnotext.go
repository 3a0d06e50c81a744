package analyze

import (
	"strings"
	"sync"

	"github.com/stracex/stracex/abi"
)

// errnoTexts maps the C library's text of an errno to its name.
var errnoTexts = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for n := 1; n < 134; n++ {
		name := abi.ErrnoName(n)
		if t := abi.ErrnoText(name); name != "" && t != "" {
			m[strings.ToLower(t)] = name
		}
	}
	return m
})

func hasErrnoText(s string) bool { return len(errnosIn(s)) > 0 }

// errnosIn gives the errnos that a message names: by text ("Permission
// denied"), by name ("EACCES") or by number ("[Errno 13]", "errno=13").
func errnosIn(s string) map[string]bool {
	out := map[string]bool{}
	low := strings.ToLower(s)
	for text, name := range errnoTexts() {
		if strings.Contains(low, text) {
			out[name] = true
		}
	}
	if strings.Contains(low, "no such file") {
		out["ENOENT"] = true
	}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') }) {
		if len(w) > 3 && w[0] == 'E' && abi.Errno(w) != 0 {
			out[w] = true
		}
	}
	for _, key := range []string{"errno ", "errno=", "errno: ", "error ", "os error "} {
		if i := strings.Index(low, key); i >= 0 {
			n := 0
			for _, r := range low[i+len(key):] {
				if r < '0' || r > '9' || n > 1000 {
					break
				}
				n = n*10 + int(r-'0')
			}
			if name := abi.ErrnoName(n); n > 0 && key != "error " && name != "" {
				out[name] = true
			}
		}
	}
	return out
}
