package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stracex/stracex/tracer"
)

func TestUserFlag(t *testing.T) {
	is := func(id int) *userFlag { return &userFlag{euid: func() int { return id }} }
	if err := is(1000).Set("root"); err == nil || !strings.Contains(err.Error(), "only root") {
		t.Error(err)
	}
	if err := is(0).Set("no-such-user"); err == nil || err.Error() != "no such user" {
		t.Error(err)
	}
	for _, name := range []string{"root", "daemon"} {
		u := is(0)
		if err := u.Set(name); err != nil || u.String() != name {
			t.Fatal(err)
		}
		if got, want := idOf(u.user), idCommand(t, name); got != want {
			t.Errorf("%s: %s, id says %s", name, got, want)
		}
	}
}

// idOf and idCommand give user, group and sorted groups.
func idOf(u *tracer.User) string {
	groups := slices.Clone(u.Groups)
	slices.Sort(groups)
	return fmt.Sprint(u.UID, u.GID, groups)
}

func idCommand(t *testing.T, name string) string {
	t.Helper()
	u := &tracer.User{}
	for flag, to := range map[string]*uint32{"-u": &u.UID, "-g": &u.GID} {
		out, err := exec.Command("id", flag, name).Output()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(string(out), to)
	}
	out, err := exec.Command("id", "-G", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range strings.Fields(string(out)) {
		var g uint32
		fmt.Sscan(f, &g)
		u.Groups = append(u.Groups, g)
	}
	return idOf(u)
}
