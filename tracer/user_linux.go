package tracer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// text carries a user to the stage, in a string without NULs; "" is none.
func (u *User) text() string {
	if u == nil {
		return ""
	}
	ids := append([]uint32{u.UID, u.GID}, u.Groups...)
	return strings.Trim(fmt.Sprint(ids), "[]")
}

// parseUser reads it. An id of -1 would leave things as they are (setresuid(2)).
func parseUser(text string) (*User, error) {
	list := ids([]byte(text))
	if len(list) < 2 || len(list) != len(strings.Fields(text)) || slices.Contains(list, ^uint32(0)) {
		return nil, errors.New("these ids are no user's: " + text)
	}
	return &User{UID: list[0], GID: list[1], Groups: list[2:]}, nil
}

// become gives the calling thread, the stage's only one that lives on, a user's
// identity; "" leaves it what it is. syscall.Setuid and its like would give it to
// all threads, by signals. The user comes last: afterwards nothing is allowed.
func become(text string) error {
	if text == "" {
		return nil
	}
	u, err := parseUser(text)
	if err != nil {
		return err
	}
	var groups unsafe.Pointer
	if len(u.Groups) > 0 {
		groups = unsafe.Pointer(&u.Groups[0])
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(u.Groups)), uintptr(groups), 0); e != 0 {
		return fmt.Errorf("setgroups(%v): %w", u.Groups, e)
	}
	gid, uid := uintptr(u.GID), uintptr(u.UID)
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESGID, gid, gid, gid); e != 0 {
		return fmt.Errorf("setresgid(%d): %w", u.GID, e)
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); e != 0 {
		return fmt.Errorf("setresuid(%d): %w", u.UID, e)
	}
	return nil
}
