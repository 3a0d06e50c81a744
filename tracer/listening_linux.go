package tracer

import (
	"fmt"
	"net/netip"
	"os"
	"os/user"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Behind names the processes of this machine that listen at an address as a
// diagnosis has it ("127.0.0.1:80", "unix:/run/x"): "nginx[12] (user www-data,
// nginx.service)". Nil when there are none, or they can't be seen.
func Behind(address string) (who []string) {
	at := placeOf("/proc", os.Getpid(), os.Getpid())
	var a addressed
	if name, ok := strings.CutPrefix(address, "unix:"); ok {
		a, _ = unixAddressed(at, name)
	} else if wanted, err := netip.ParseAddrPort(address); err == nil {
		a.sockets = listenersAt(at.proc, wanted)
	}
	pids := a.holders()
	slices.Sort(pids)
	for _, pid := range pids {
		who = append(who, described(pid))
	}
	return who
}

func described(pid int) string {
	s, err := readStatus("/proc", pid)
	if err != nil {
		return fmt.Sprintf("process %d", pid)
	}
	as := "uid " + strconv.FormatUint(uint64(s.uid[1]), 10)
	if u, err := user.LookupId(as[len("uid "):]); err == nil {
		as = "user " + u.Username
	}
	if unit := unitOf(readAll("/proc", pid, "cgroup")); unit != "" {
		as += ", " + unit
	}
	return fmt.Sprintf("%s[%d] (%s)", s.name, pid, as)
}

// unitOf reads the systemd unit or the container's scope off /proc/PID/cgroup
// (cgroups(7)), "" when there is none.
func unitOf(cgroup []byte) string {
	for line := range strings.Lines(string(cgroup)) {
		_, where, ok := strings.Cut(line, "::")
		if base := path.Base(strings.TrimSpace(where)); ok && (strings.HasSuffix(base, ".service") || strings.HasSuffix(base, ".scope")) {
			return base
		}
	}
	return ""
}
