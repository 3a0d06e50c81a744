package analyze

import "testing"

// What is no failed call: found in time, by this program, by a name that tells.
func TestFinders(t *testing.T) {
	opened := func(path, read string) string {
		return "7 openat(AT_FDCWD, \"" + path + "\", O_RDONLY) = 3\n7 read(3, \"" + read + "\", 99) = " + map[bool]string{true: "0", false: "1"}[read == ""] + "\n7 close(3) = 0\n"
	}
	looked := func(path string) string {
		return "7 newfstatat(AT_FDCWD, \"" + path + "\", {st_mode=S_IFREG|0644, st_size=9, ...}, 0) = 0\n"
	}
	const (
		next  = "7 execve(\"/srv/bin/other\", [\"other\"], 0x7ffe /* 5 vars */) = 0\n"
		asked = "7 socket(AF_INET, SOCK_DGRAM, 0) = 3\n7 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr(\"10.0.0.53\")}, 16) = 0\n"
	)
	for _, test := range []struct{ name, calls, said, want string }{
		{"empty", opened("/srv/state", ""), "not ready", "data read /srv/state"},
		{"not empty", opened("/etc/state", "x"), "not ready", "nothing"},
		{"empty by its nature", opened("/dev/null", ""), "not ready", "nothing"},
		{"empty for the program before", opened("/srv/state", "") + next, "not ready", "nothing"},
		{"empty after the message", wrote("2", "cannot start") + opened("/srv/state", ""), "", "nothing"},
		{"the last words name it", opened("/srv/app.conf", "x"), "bad value in app.conf", "data read /srv/app.conf"},
		{"named, and only looked at", looked("/srv/app.conf"), "/srv/app.conf is not for me", "data newfstatat /srv/app.conf"},
		{"named in later words", looked("/srv/app.conf") + wrote("2", "cannot go on"), "see /srv/app.conf", "data newfstatat /srv/app.conf"},
		{"named, by the program before", opened("/srv/app.conf", "x") + next, "bad value in app.conf", "nothing"},
		{"found after the message", wrote("2", "bad value in app.conf") + opened("/srv/app.conf", "x"), "", "nothing"},
		{"a lock, and no word", looked("/srv/run/app.lock"), "", "data newfstatat /srv/run/app.lock"},
		{"the last of two", looked("/srv/run/a.pid") + looked("/srv/run/b.pid"), "", "data newfstatat /srv/run/b.pid"},
		{"what was read last, and no word", opened("/srv/run/app.lock", "7"), "", "data read /srv/run/app.lock"},
		{"a lock of the program before", looked("/srv/run/app.lock") + next, "", "nothing"},
		{"no lock's name", looked("/srv/run/app.sock"), "", "nothing"},
		{"a folder of that name", looked("/srv/run/lock"), "", "data newfstatat /srv/run/lock"},
		{"the end of what was read", opened("/srv/in.json", "{"), "unexpected end of file", "data read /srv/in.json"},
		{"of what was only found", looked("/srv/in.json") + opened("/srv/in.json", "{") + looked("/srv/zz.json"), "unexpected end of file", "data read /srv/in.json"},
		{"a name server", asked, "could not resolve db1", "data connect 10.0.0.53:53"},
		{"asked, and no matter", asked, "cannot open the store", "nothing"},
	} {
		if got, _ := cause(t, ran(test.calls, test.said)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
