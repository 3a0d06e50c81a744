package tracer

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Look reads what there is to be known; what can't be read stays unknown.
func (l Lookout) Look() Surroundings {
	if l.Root == "" {
		l.Root = "/"
	}
	if l.Getenv == nil {
		l.Getenv = os.Getenv
	}
	if l.Room == nil {
		l.Room = room
	}
	s := Surroundings{
		System:  runtime.GOOS + "/" + runtime.GOARCH,
		Kernel:  l.line("proc/sys/kernel/osrelease"),
		Yama:    yamaScope(l.path("proc")),
		Actions: l.Getenv("GITHUB_ACTIONS") == "true",
	}
	if s.Kernel == "" && l.Root == "/" {
		s.Kernel = kernelRelease()
	}
	l.process(&s)
	l.modules(&s)
	l.userNamespaces(&s)
	s.Container, s.ContainerSign = l.container()
	s.TempDir = l.Getenv("TMPDIR")
	if s.TempDir == "" {
		s.TempDir = os.TempDir()
	}
	s.TempFree, s.TempErr = l.Room(s.TempDir)
	return s
}

// path is a file below the root.
func (l Lookout) path(name string) string { return filepath.Join(l.Root, name) }

// line gives the first line of a small file, "" when it can't be read.
func (l Lookout) line(name string) string {
	data, _ := os.ReadFile(l.path(name))
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.Trim(line, " \x00")
}

// process reads what the process itself may do.
func (l Lookout) process(s *Surroundings) {
	// Of /proc/self/status this is the main thread's; what matters here all
	// threads of a Go program share, but for the tracer.
	data, err := os.ReadFile(l.path("proc/self/status"))
	if err != nil {
		s.Proc, s.Seccomp = err, -1
		return
	}
	st := parseStatus(data)
	s.TracerPID = st.tracer
	s.CapEff, s.CapBnd = st.hasPtraceCap(), st.capBnd&(1<<unix.CAP_SYS_PTRACE) != 0
	s.NoNewPrivs, s.Seccomp = st.noNewPrivs, st.seccomp
	if s.TracerPID != 0 {
		s.TracerName = l.line("proc/" + strconv.Itoa(s.TracerPID) + "/comm")
	}
	f, err := os.Open(l.path("proc/self/exe"))
	s.Unreadable = os.IsPermission(err)
	if err == nil {
		f.Close()
	}
}

// modules reads what security modules other than Yama say of ptrace.
func (l Lookout) modules(s *Surroundings) {
	// With several modules this file is the first one's; SELinux's contexts
	// have colons, AppArmor's profiles a mode.
	if p := l.line("proc/self/attr/current"); strings.HasSuffix(p, ")") {
		s.AppArmor = p
	}
	s.SELinuxDeny = strings.HasPrefix(l.line("sys/fs/selinux/booleans/deny_ptrace"), "1")
}

// userNamespaces reads user_namespaces(7)'s map and the settings that forbid
// new ones to processes without privilege.
func (l Lookout) userNamespaces(s *Surroundings) {
	// The first namespace maps all ids to themselves.
	ids := strings.Fields(l.line("proc/self/uid_map"))
	s.UserNamespace = len(ids) == 3 && strings.Join(ids, " ") != "0 0 4294967295"
	for _, forbids := range []struct{ file, value, setting string }{
		{"proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces"},
		{"proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone"}, // Debian's
		{"proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns"},
	} {
		if l.line(forbids.file) == forbids.value {
			s.NoNewUserNS = forbids.setting + "=" + forbids.value
			return
		}
	}
}

// container says in which kind of container this is, and by what sign. What
// starts Docker's or containerd's containers comes first: the remedy is there.
func (l Lookout) container() (kind, sign string) {
	cgroup, _ := os.ReadFile(l.path("proc/self/cgroup"))
	in := func(part string) bool { return strings.Contains(string(cgroup), part) }
	exists := func(name string) bool { _, err := os.Lstat(l.path(name)); return err == nil }
	variable := l.Getenv("container") // systemd's convention, see systemd.io/CONTAINER_INTERFACE
	switch {
	case l.Getenv("KUBERNETES_SERVICE_HOST") != "":
		return "kubernetes", "KUBERNETES_SERVICE_HOST is set"
	case in("kubepods"):
		return "kubernetes", "kubepods in /proc/self/cgroup"
	case exists("run/.containerenv"):
		return "podman", "/run/.containerenv exists"
	case exists(".dockerenv"):
		return "docker", "/.dockerenv exists"
	case in("libpod"):
		return "podman", "libpod in /proc/self/cgroup"
	case in("docker"):
		return "docker", "docker in /proc/self/cgroup"
	case variable != "":
		return variable, "the variable container is set"
	}
	return "", ""
}

// room makes a file as a capture does, and gives the bytes free there.
func room(dir string) (uint64, error) {
	f, err := os.CreateTemp(dir, "stracex-*.stx")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := os.Remove(f.Name()); err != nil {
		return 0, err
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &fs); err != nil {
		return 0, err
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}
