package analyze

import (
	"strings"
	"testing"
)

// What a name server says is told: that there is no such name, that it can't answer, that
// the name has no address; and that no answer came.
func TestResolver(t *testing.T) {
	const question = `\0\1\0\0\0\0\0\0\5cache\7invalid\0\0\1\0\1`
	for _, test := range []struct{ name, answer, want string }{
		{"no such name", `recvfrom(3, "J\317\201\203` + question + `", 65536, 0, NULL, NULL) = 31`, "says that there is no cache.invalid"},
		{"cut off", `recvfrom(3, "J\317\201\203\0\1\0\0\0\0\0\0\5ca"..., 65536, 0, NULL, NULL) = 31`, "says that there is no name of that kind"},
		{"refused", `recvfrom(3, "J\317\201\205` + question + `", 65536, 0, NULL, NULL) = 31`, "could not answer for cache.invalid"},
		{"no address", `recvfrom(3, "J\317\201\200` + question + `", 65536, 0, NULL, NULL) = 31`, "has no address of cache.invalid"},
		{"a hostile name", `recvfrom(3, "J\317\201\203\0\1\0\0\0\0\0\0\5$(id)\7invalid\0\0\1\0\1", 65536, 0, NULL, NULL) = 31`, "says that there is no $(id).invalid"},
		{"silence", `poll([{fd=3, events=POLLIN}], 1, 5000) = 0 (Timeout)`, "gave no usable answer"},
		{"no message of this kind", `recvfrom(3, "HTTP", 65536, 0, NULL, NULL) = 4`, "gave no usable answer"},
	} {
		log := "7 execve(\"/srv/app\", [\"app\"], 0x7ffe /* 5 vars */) = 0\n7 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 3\n" +
			"7 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr(\"10.0.0.53\")}, 16) = 0\n" +
			`7 sendto(3, "J\317\1\0` + question + `", 31, 0, NULL, 0) = 31` + "\n7 " + test.answer + "\n" +
			"7 write(2, \"app: could not resolve host\\n\", 28) = 28\n7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"
		c := first(t, []byte(log))
		if c == nil || !strings.Contains(c.Summary, test.want) {
			t.Errorf("%s: %+v", test.name, c)
			continue
		}
		if named := strings.Contains(strings.Join(c.Advice, " "), "getent hosts cache.invalid"); named == (test.name == "cut off" || test.name == "a hostile name") {
			t.Errorf("%s: %q", test.name, c.Advice)
		}
	}
}
