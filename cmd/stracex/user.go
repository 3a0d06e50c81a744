package main

import (
	"errors"
	"fmt"
	"os/user"
	"strconv"

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

// lookUpUser gives the ids that a login would give.
func lookUpUser(name string) (*tracer.User, error) {
	who, err := user.Lookup(name)
	if _, ok := errors.AsType[user.UnknownUserError](err); ok {
		return nil, errors.New("no such user")
	}
	if err != nil {
		return nil, err
	}
	groups, err := who.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("the groups of %s: %w", name, err)
	}
	var list []uint32
	for _, id := range append([]string{who.Uid, who.Gid}, groups...) {
		n, err := strconv.ParseUint(id, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("the ids of %s: %w", name, err)
		}
		list = append(list, uint32(n))
	}
	return &tracer.User{UID: list[0], GID: list[1], Groups: list[2:]}, nil
}
