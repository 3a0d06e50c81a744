package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
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
		if u.user == nil || (name == "root") != (u.user.UID == 0) {
			t.Errorf("%s: %+v", name, u.user)
		}
	}
}

// id(1) and the files must agree where only the files know users.
func TestLookUpUser(t *testing.T) {
	for _, name := range []string{"root", "daemon", "nobody"} {
		asked, err := askID(name)
		if err != nil {
			t.Fatal(err)
		}
		read, err := readUserFiles(name)
		slices.Sort(asked[2:])
		slices.Sort(read[2:])
		if err != nil || !slices.Equal(asked, read) {
			t.Errorf("%s: %v by id, %v from the files, %v", name, asked, read, err)
		}
	}
	for _, name := range []string{"", "-u", "nobody knows", "root\x00"} {
		if u, err := lookUpUser(name); err == nil {
			t.Errorf("%q: %+v", name, u)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if u, err := lookUpUser("root"); err != nil || u.UID != 0 {
		t.Errorf("without id: %+v, %v", u, err)
	}
	if _, err := lookUpUser("nobody knows"); !errors.Is(err, errNoUser) {
		t.Errorf("without id: %v", err)
	}
}
