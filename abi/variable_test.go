package abi

import "testing"

func TestSetsPath(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        bool
	}{
		{"APP_CONF", "/etc/app.conf", true}, {"APP_CONF", "conf/app.conf", true}, {"APP_CONF", "app.conf", false},
		{"HOME", "/root", false}, {"PATH", "/bin:/usr/bin", false}, {"URL", "http://x/y", false}, {"", "/x", false},
	} {
		if got := SetsPath(c.name, c.value); got != c.want {
			t.Errorf("%s=%s: %v", c.name, c.value, got)
		}
	}
}
