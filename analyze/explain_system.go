package analyze

import (
	"fmt"
	"path"
	"strings"
)

// systemThing is what the C library or another library of the base system looks for in
// files whose names alone say little: a locale, a terminal type, a time zone.
type systemThing struct {
	what, next string
	always     bool // nobody looks for it who can do without
}

// ofSystem says what a file of the base system's data stands for, by where it would lie:
// locale(7), terminfo(5), tzfile(5), nsswitch.conf(5).
func ofSystem(p string) (systemThing, bool) {
	parts := strings.Split(p, "/")
	n := len(parts)
	if n < 3 {
		return systemThing{}, false
	}
	base, dir, above := parts[n-1], parts[n-2], parts[n-3]
	category := strings.HasPrefix(base, "LC_") && base != "LC_MESSAGES" // that one is a folder, also of translations
	if base == "SYS_LC_MESSAGES" && n > 3 {
		category, dir, above = true, above, parts[n-4]
	}
	switch service, isModule := serviceOf(base); {
	case above == "locale" && category:
		return systemThing{"the locale " + dir, fmt.Sprintf("make it (%s; Debian: dpkg-reconfigure locales), or set LC_ALL=C.UTF-8; locale -a lists those that are there", localedef(dir)), false}, true
	case above == "terminfo" && isInitial(dir, base):
		return systemThing{"the terminal type " + base, "set TERM to a type that is there, such as xterm-256color (toe -a lists them), or install what describes it (ncurses-term)", true}, true
	case isModule:
		return systemThing{fmt.Sprintf("%s, the module of the name service %s", base, service), fmt.Sprintf("install it, or take %s out of /etc/nsswitch.conf", service), false}, true
	}
	if _, zone, ok := strings.Cut(p, "/share/zoneinfo/"); ok && zone != "" && path.Ext(zone) == "" {
		return systemThing{"the time zone " + zone, "correct the zone's name (the variable TZ, if it is set); or install tzdata", true}, true
	}
	return systemThing{}, false
}

// isInitial says whether terminfo keeps the type in a folder of this name: its first
// character, or that in hexadecimal (terminfo(5)).
func isInitial(dir, term string) bool {
	return term != "" && (dir == term[:1] || dir == fmt.Sprintf("%x", term[0]))
}

// serviceOf is the name service that a library is the module of: ldap for libnss_ldap.so.2.
func serviceOf(base string) (string, bool) {
	rest, ok := strings.CutPrefix(base, "libnss_")
	service, _, so := strings.Cut(rest, ".so")
	return service, ok && so && service != ""
}

// localedef is the command that makes a locale: language_TERRITORY.charset@modifier.
func localedef(name string) string {
	bare, modifier, modified := strings.Cut(name, "@")
	input, charset, ok := strings.Cut(bare, ".")
	if !ok {
		charset = "UTF-8"
	}
	if modified {
		input += "@" + modifier
	}
	return fmt.Sprintf("localedef -i %s -f %s %s", input, charset, name)
}

// systemThing is what a search for files of the base system was for.
func (c *candidate) systemThing() (systemThing, bool) {
	if c.kind != "search" {
		return ofSystem(c.fail.path)
	}
	for _, x := range c.group {
		if t, ok := ofSystem(x.path); ok {
			return t, true
		}
	}
	return systemThing{}, false
}
