package tracer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// The command must be traced before its execve, and Go can't fork without an
// exec. So the tracer first executes itself as a stage, which waits until it is
// traced and then makes the one execve. The stage learns what to execute from a
// socket: its own argv and environment stay small whatever the command's are. It
// says when it is ready, so that its runtime's start is not traced.

// stageName is the stage's argv[0]; argv[1] is the socket's number.
const stageName = "stracex: about to execute"

// What the stage and its tracer say to each other, after the load.
const (
	readyByte = '?' // the stage has what it needs
	goByte    = '!' // it is traced; without it the tracer has died early
)

// Init must be called first in main (and in TestMain): in the stage and in the
// engine's process, which are the same program started again, it does not return.
func Init() {
	switch {
	case isStage():
		executeStage()
	case isApart():
		runApart()
	}
}

func isStage() bool { return len(os.Args) == 2 && os.Args[0] == stageName }

// The execve must come from the thread that is traced, the main one; main's
// init functions run on it and LockOSThread makes main.main stay there.
func init() {
	if isStage() {
		runtime.LockOSThread()
	}
}

// executeStage is the stage's process; it does not return.
func executeStage() {
	fd, err := strconv.Atoi(os.Args[1])
	if err == nil {
		unix.CloseOnExec(fd)
		err = executeFrom(rawFD(fd))
	}
	status := 126
	if errors.Is(err, syscall.ENOENT) {
		status = 127
	}
	for {
		// Not os.Exit: its hooks belong to the program that we are not.
		_, _, _ = syscall.RawSyscall(syscall.SYS_EXIT_GROUP, uintptr(status), 0, 0)
	}
}

// executeFrom reads what to execute and does so. syscall.Exec gives the program
// the RLIMIT_NOFILE that Go has raised for itself.
func executeFrom(conn io.ReadWriter) error {
	var size [8]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	load := make([]byte, binary.NativeEndian.Uint64(size[:]))
	if _, err := io.ReadFull(conn, load); err != nil {
		return err
	}
	parts := strings.Split(string(load), "\x00")
	argc, err := strconv.Atoi(parts[0])
	if err != nil || argc < 0 || len(parts) < argc+5 {
		return syscall.EINVAL
	}
	filter, user, parts := parts[1], parts[2], parts[3:len(parts)-1]
	answer := []byte{readyByte}
	if _, err := conn.Write(answer); err != nil {
		return err
	}
	if _, err := io.ReadFull(conn, answer); err != nil || answer[0] != goByte {
		return syscall.EPIPE
	}
	// The filter first: with the privileges go those to install one without
	// no_new_privs.
	err = installFilter(filter)
	if err == nil {
		err = become(user)
	}
	if err != nil {
		_, _ = conn.Write([]byte(err.Error()))
		return err
	}
	return syscall.Exec(parts[0], parts[1:argc+1], parts[argc+1:])
}

// ownEnv is the environment of the stage and of the engine's process, not of the
// command. Go's runtime interrupts its threads by SIGURG: one that is still on its
// way at the execve would reach the command, and others the engine's wait4. The
// stage is over before there is garbage; the engine collects its own.
var ownEnv = []string{"GODEBUG=asyncpreemptoff=1", "GOGC=off", "GOMEMLIMIT=off"}

// stageLoad is what executeFrom reads: its size, then the number of arguments, the
// filter, the user, the file, the arguments, the environment, each ended by a NUL.
func stageLoad(filter, user, file string, argv, env []string) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\x00%s\x00%s\x00", len(argv), filter, user)
	for _, list := range [][]string{{file}, argv, env} {
		for _, s := range list {
			if strings.ContainsRune(s, 0) {
				return nil, fmt.Errorf("an argument or variable holds a NUL byte: %q", s)
			}
			b.WriteString(s)
			b.WriteByte(0)
		}
	}
	return append(binary.NativeEndian.AppendUint64(nil, uint64(b.Len())), b.String()...), nil
}

// rawFD reads and writes a descriptor without the runtime's poller, which would make
// descriptors and threads of its own.
type rawFD int

func (fd rawFD) Read(p []byte) (int, error) {
	for {
		n, err := syscall.Read(int(fd), p)
		if err == syscall.EINTR {
			continue
		}
		if err == nil && n == 0 {
			return 0, io.EOF
		}
		return max(n, 0), err
	}
}

func (fd rawFD) Write(p []byte) (int, error) { return syscall.Write(int(fd), p) }

// stage is a started stage, as its tracer sees it.
type stage struct {
	pid      int
	conn     *os.File
	released bool
}

// startStage starts the stage with the descriptors that the command is to have
// and tells it what to execute. It must run on the engine's thread: that thread
// becomes the parent.
func startStage(o *Options, filter string) (*stage, error) {
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	file, err := findProgram(o.Argv[0], o.Dir, env)
	if err != nil {
		return nil, err
	}
	load, err := stageLoad(filter, o.User.text(), file, o.Argv, env)
	if err != nil {
		return nil, err
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	conn := os.NewFile(uintptr(pair[0]), "stage")
	pid, err := syscall.ForkExec("/proc/self/exe",
		[]string{stageName, strconv.Itoa(pair[1])},
		&syscall.ProcAttr{Dir: o.Dir, Env: ownEnv, Files: stageFiles(o, pair[1])})
	unix.Close(pair[1])
	if err != nil {
		conn.Close()
		return nil, startError(o, err)
	}
	s := &stage{pid: pid, conn: conn}
	if _, err := conn.Write(load); err != nil {
		s.abandon()
		return nil, fmt.Errorf("starting the command: %w", err)
	}
	return s, nil
}

// ready waits until the stage is.
func (s *stage) ready() error {
	var answer [1]byte
	if _, err := io.ReadFull(s.conn, answer[:]); err != nil {
		return errors.New("the command was killed before its start")
	}
	return nil
}

// startError says more of a failed start where it can.
func startError(o *Options, err error) error {
	if _, perr := os.Stat("/proc/self/exe"); perr != nil {
		return fmt.Errorf("starting the command needs /proc: %w", perr)
	}
	if o.Dir != "" {
		if _, derr := os.Stat(o.Dir); derr != nil {
			return fmt.Errorf("the command's working directory: %w", derr)
		}
	}
	return fmt.Errorf("starting the command: %w", err)
}

// release lets the stage execute the command.
func (s *stage) release() error {
	if s == nil {
		return nil
	}
	s.released = true
	_, err := s.conn.Write([]byte{goByte})
	return err
}

// failure says why a stage that has ended did not come to its execve.
func (s *stage) failure() error {
	if s == nil {
		return nil
	}
	if text, _ := io.ReadAll(s.conn); len(text) > 0 {
		return fmt.Errorf("starting the command: %s", text)
	}
	return nil
}

// abandon ends a stage that was not released, and closes the connection.
func (s *stage) abandon() {
	if s == nil {
		return
	}
	s.conn.Close()
	if s.released {
		return
	}
	_ = unix.Kill(s.pid, unix.SIGKILL)
	for {
		if _, err := unix.Wait4(s.pid, nil, unix.WALL, nil); err != unix.EINTR {
			return
		}
	}
}

// stageFiles is the stage's descriptor table.
func stageFiles(o *Options, conn int) []uintptr {
	files := inheritedFiles(conn)
	for n, f := range []*os.File{o.Stdin, o.Stdout, o.Stderr} {
		if f != nil {
			files[n] = f.Fd()
		}
	}
	return files
}

// inheritedFiles is a descriptor table for ForkExec: all that this process
// inherited keep their numbers, and its own that are named keep theirs, so that
// they stand in nobody's way. ForkExec leaves alone what is above the list, which
// the kernel closes if it is close-on-exec.
func inheritedFiles(own ...int) []uintptr {
	const closed = ^uintptr(0)
	files := make([]uintptr, max(3, slices.Max(own)+1))
	for n := range files {
		files[n] = closed
		flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
		if err == nil && flags&unix.FD_CLOEXEC == 0 {
			files[n] = uintptr(n)
		}
	}
	for _, fd := range own {
		files[fd] = uintptr(fd)
	}
	return files
}

// absDir is the command's working directory for the record.
func absDir(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	return abs
}
