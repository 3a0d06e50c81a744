package tracer

import "testing"

func TestIsAccepted(t *testing.T) {
	listening := map[uint16]bool{80: true}
	for name, want := range map[string]bool{
		"TCP:[127.0.0.1:80->127.0.0.1:4711]": true, "TCP:[127.0.0.1:4711->127.0.0.1:80]": false,
		"TCPv6:[[::1]:80->[::1]:4711]": true, "TCPv6:[[::1]:4711->[::1]:80]": false,
		`UNIX-STREAM:[1->2,"/run/s"]`: true, "UNIX-STREAM:[1->2]": false,
		"TCP:[x->y]": true, // not known: left alone
	} {
		if got := isAccepted(name, listening); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
