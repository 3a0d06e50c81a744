package analyze

import (
	"fmt"
	"path"
	"regexp"
)

// What the tracer has found of the file system that a refused path lies on
// (tracer/mount_linux.go).
var (
	serverDecides = regexp.MustCompile(`^the file system of .* is (\w+), whose server decides$`)
	ownerAlone    = regexp.MustCompile(`^a FUSE file system is mounted on (.*), which is for uid (\d+) alone$`)
)

// refusedThere: the modes that are seen here are not what decides.
func refusedThere(x *failure, who, obj string) (why string, next []string, ok bool) {
	if x.seen == nil {
		return "", nil, false
	}
	for _, text := range x.seen.Text {
		if m := ownerAlone.FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("On %s a FUSE file system is mounted that only uid %s may use; the kernel lets in nobody else, not even root.", m[1], m[2]),
				asItsOwner(x, m[2]), true
		}
		if m := serverDecides.FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("%s may not use %s: its file system is %s, whose server refuses it, whatever the modes here say.", who, obj, m[1]),
				whomItLetsIn(obj, m[1]), true
		}
	}
	return "", nil, false
}

func whomItLetsIn(obj, kind string) []string {
	next := []string{"see which server it is, and whom that lets in: findmnt -T " + shell(obj)}
	if kind == "NFS" {
		next = append(next, "do it as the files' owner: NFS takes root for nobody, unless the export says otherwise (exports(5))")
	}
	return next
}

func asItsOwner(x *failure, uid string) []string {
	const others = "mount it with -o allow_other (user_allow_other in /etc/fuse.conf)"
	if uid == "0" {
		return []string{others}
	}
	return []string{fmt.Sprintf("run %s as uid %s", path.Base(x.program), uid), "or " + others}
}
