package tracer

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// /proc is read while a tracee waits. os.ReadFile makes eight system calls of
// what takes three, and os.Readlink allocates: for this they are too slow.

// readFile reads a whole file of /proc; the errors are unix.Errno.
func readFile(name string) ([]byte, error) {
	return readFileInto(make([]byte, 0, pageSize), name)
}

// readFileInto is readFile, into data where that has the room.
func readFileInto(data []byte, name string) ([]byte, error) {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Read(fd, data[len(data):cap(data)])
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return data, err
		case n == 0:
			return data, nil
		}
		data = data[:len(data)+n]
		if len(data) == cap(data) {
			data = append(data, make([]byte, len(data))...)[:len(data)]
		}
	}
}

// readLink reads a symbolic link, "" when that can't be done.
func readLink(name string) string {
	var buf [pathMax]byte
	n, err := unix.Readlink(name, buf[:])
	if err != nil || n <= 0 {
		return ""
	}
	return string(buf[:n])
}

// procPath is a file of a process or thread below a /proc.
func procPath(proc string, tid int, name string) string {
	return proc + "/" + strconv.Itoa(tid) + "/" + name
}
