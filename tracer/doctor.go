package tracer

import "fmt"

// Surroundings are what decides whether a process may trace its children: what
// the kernel can do, and what the system, the container and the caller's own
// state permit. [Lookout.Look] fills them in; whether capturing works only
// [Try] can tell.
type Surroundings struct {
	System string // GOOS/GOARCH; elsewhere than on Linux nothing else is known
	Proc   error  // why /proc can't be read; most of the rest is unknown then
	Kernel string // uname -r

	// Yama is kernel.yama.ptrace_scope, -1 where there is no Yama
	// (Documentation/admin-guide/LSM/Yama.rst).
	Yama int
	// TracerPID is who traces this process, 0 for nobody or one that is not to
	// be seen from this pid namespace; TracerName is its comm.
	TracerPID  int
	TracerName string

	CapEff     bool // CAP_SYS_PTRACE is effective
	CapBnd     bool // CAP_SYS_PTRACE is in the bounding set
	NoNewPrivs bool
	Seccomp    int  // 0 none, 1 strict, 2 filter; -1 not known
	Unreadable bool // the program's own file can't be read, so its processes are hidden

	AppArmor    string // profile, with its mode: "docker-default (enforce)"; "" for none
	SELinuxDeny bool   // the boolean deny_ptrace is on

	UserNamespace bool   // in one other than the first
	NoNewUserNS   string // the setting that forbids making one: "user.max_user_namespaces=0"; "" for none

	// Container is "docker", "podman", "kubernetes", what $container says, or ""
	// for none that is known; ContainerSign is what tells it.
	Container     string
	ContainerSign string
	Actions       bool // a job of GitHub Actions

	TempDir  string // where captures without a name go
	TempFree uint64 // bytes
	TempErr  error  // why no file can be made there
}

// Lookout is where to look. The zero value looks at this process.
type Lookout struct {
	Root   string                           // stands for /; "" is /
	Getenv func(string) string              // nil: os.Getenv
	Room   func(dir string) (uint64, error) // bytes free for a new file; nil: by making one
}

// FilteredError says that a system call doesn't reach the kernel: a seccomp
// filter answers in its place, or an emulator that doesn't have it.
type FilteredError struct {
	Call string
	Err  error // what came back, or how the caller was ended
}

func (e *FilteredError) Error() string {
	return fmt.Sprintf("%s does not reach the kernel: %v", e.Call, e.Err)
}
func (e *FilteredError) Unwrap() error { return e.Err }
