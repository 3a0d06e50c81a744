package main

import (
	"errors"
	"fmt"
	"os/exec"
	"os/user"
	"strconv"
	"strings"

	"github.com/stracex/stracex/tracer"
)

// userFlag is the value of -u.
type userFlag struct {
	name string
	user *tracer.User
	euid func() int
}

func (u *userFlag) String() string { return u.name }
func (u *userFlag) Type() string   { return "name" }

func (u *userFlag) Set(name string) (err error) {
	if u.euid() != 0 {
		return errors.New("only root runs commands as somebody else: try sudo")
	}
	u.name = name
	u.user, err = lookUpUser(name)
	return err
}

// lookUpUser gives the ids that a login would give. id(1) asks all that the machine
// knows users from (nsswitch.conf(5)); a program without the C library sees the
// files in /etc only.
func lookUpUser(name string) (*tracer.User, error) {
	ids, err := askID(name)
	if errors.Is(err, exec.ErrNotFound) {
		ids, err = readUserFiles(name)
	}
	if err != nil {
		return nil, err
	}
	var list []uint32
	for _, id := range ids {
		n, err := strconv.ParseUint(id, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("the ids of %s: %w", name, err)
		}
		list = append(list, uint32(n))
	}
	return &tracer.User{UID: list[0], GID: list[1], Groups: list[2:]}, nil
}

var errNoUser = errors.New("no such user")

// askID gives user, group and all groups by id(1).
func askID(name string) (ids []string, err error) {
	if name == "" || name[0] == '-' {
		return nil, errNoUser
	}
	for _, flag := range []string{"-u", "-g", "-G"} {
		out, err := exec.Command("id", flag, name).Output()
		if _, failed := errors.AsType[*exec.ExitError](err); failed {
			return nil, errNoUser
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, strings.Fields(string(out))...)
	}
	if len(ids) < 3 {
		return nil, fmt.Errorf("the ids of %s: id(1) says nothing", name)
	}
	return ids, nil
}

// readUserFiles gives the same from passwd(5) and group(5).
func readUserFiles(name string) ([]string, error) {
	who, err := user.Lookup(name)
	if _, ok := errors.AsType[user.UnknownUserError](err); ok {
		return nil, errNoUser
	}
	if err != nil {
		return nil, err
	}
	groups, err := who.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("the groups of %s: %w", name, err)
	}
	return append([]string{who.Uid, who.Gid}, groups...), nil
}
