package analyze

import (
	"fmt"
	"path"
	"strings"
)

func (f *facts) whyDenied(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	who := x.hist.proc.Name()
	if cred := x.step.Proc.Cred; out.Evidence != nil && out.Evidence.UID != nil {
		who += fmt.Sprintf(" (uid %d)", *out.Evidence.UID)
	} else if cred.Known {
		who += fmt.Sprintf(" (uid %d)", cred.UID)
	}
	if out.Evidence != nil {
		if why, next, ok := f.deniedStep(out, c, who); ok {
			return why, next
		}
	}
	if why, next, ok := refusedThere(x, who, obj); ok {
		return why, next
	}
	switch {
	case strings.HasPrefix(x.addr, "unix:") && x.name == "bind":
		dir := path.Dir(x.path)
		return fmt.Sprintf("%s may not make a socket in %s: it needs to write and search there.", who, dir), []string{"look at owner and mode of each part: namei -l " + shell(dir)}
	case x.addr != "" && x.name == "bind":
		return fmt.Sprintf("%s may not listen on %s: ports below net.ipv4.ip_unprivileged_port_start need CAP_NET_BIND_SERVICE.", who, x.addr),
			[]string{"give it the capability (setcap cap_net_bind_service=+ep), or use a port from 1024 on"}
	case obj == "":
		return fmt.Sprintf("%s may not do this: it lacks the privilege.", who), []string{fmt.Sprintf("see in %s which capability it needs, and give it that one: setcap, AmbientCapabilities=", manual(x.name))}
	case x.errno == "EPERM":
		return fmt.Sprintf("%s lacks the privilege for this on %s: not its owner, a missing capability, or an immutable file (lsattr).", who, obj),
			[]string{"look at: ls -ld " + shell(obj) + "; lsattr -d " + shell(obj)}
	}
	return fmt.Sprintf("%s may not use %s: the file's mode, a directory on the way, or a security module (SELinux, AppArmor) forbids it.", who, obj),
		[]string{fmt.Sprintf("look at owner and mode of each part: namei -l %s", shell(obj)), "if they are right, look at the kernel's log for SELinux or AppArmor: dmesg | grep -i denied"}
}
