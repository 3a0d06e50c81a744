package analyze

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// evidence puts what the capture looked up, and what the replay knows, into
// the diagnosis's form; nil when there is nothing.
func (f *facts) evidence(c *candidate) *Evidence {
	x := c.fail
	out := &Evidence{}
	if s := x.seen; s != nil {
		uid, gid := s.UID, s.GID
		out.UID, out.GID, out.Groups = &uid, &gid, s.Groups
		out.Caps = fmt.Sprintf("%#x", s.Caps)
		out.Findings = s.Text
		for _, w := range s.Walk {
			out.PathWalk = append(out.PathWalk, step(w))
		}
	} else if cred := x.step.Proc.Cred; cred.Known {
		uid := cred.UID
		out.UID = &uid
	}
	if x.given == "" && x.step.File != nil {
		out.FDOrigin = f.state.Describe(x.step.File)
	}
	if out.UID == nil && out.PathWalk == nil && out.FDOrigin == "" && out.Findings == nil {
		return nil
	}
	return out
}

func step(w event.PathStep) PathStep {
	s := PathStep{Path: w.Path, Type: w.Type, Link: w.Link, Errno: w.Errno}
	if w.Errno == "" {
		uid, gid := w.UID, w.GID
		s.UID, s.GID, s.Mode = &uid, &gid, fmt.Sprintf("%04o", w.Mode&0o7777)
	}
	return s
}

// missingStep says from the walk which part of a path is not there.
func missingStep(walk []PathStep, obj string, makes bool) (string, []string, bool) {
	last := walk[len(walk)-1]
	if last.Errno != "ENOENT" {
		return "", nil, false
	}
	link := ""
	for _, s := range walk {
		if s.Link != "" {
			link = fmt.Sprintf("%s is a symbolic link to %s, but ", s.Path, s.Link)
		}
	}
	dir := path.Dir(last.Path)
	why := fmt.Sprintf("%s exists; %s does not.", dir, last.Path)
	if link != "" {
		why = fmt.Sprintf("%s%s does not exist.", link, last.Path)
	}
	if makes && strings.HasPrefix(path.Dir(obj)+"/", last.Path+"/") {
		return why, []string{fmt.Sprintf("mkdir -p %s, or correct the path where it is configured", shell(path.Dir(obj)))}, true
	}
	return why, []string{provide(last.Path) + ", or correct the path where it is configured"}, true
}

// provide says how to get what is not there: nobody makes a library by hand.
func provide(p string) string {
	if isLibrary(p) {
		return "install what brings " + p
	}
	return "create " + p
}

// deniedStep says from the walk which part of a path refuses whom.
func (f *facts) deniedStep(out *Cause, c *candidate, who string) (string, []string, bool) {
	ev := out.Evidence
	if len(ev.PathWalk) == 0 || ev.UID == nil || c.fail.seen == nil {
		return "", nil, false
	}
	s := c.fail.seen
	if why, next, ok := notExecutable(c.fail, s); ok {
		return why, next, true
	}
	const dacOverride, dacReadSearch = 1 << 1, 1 << 2
	if s.Caps&(dacOverride|dacReadSearch) != 0 {
		return "", nil, false // modes don't bind it: something else refuses
	}
	for i, w := range s.Walk {
		if w.Errno != "" || w.Type == "symlink" {
			continue
		}
		final := i == len(s.Walk)-1
		if w.Type == "dir" && (!final || w.Path != s.Path) && !allows(w, s, 1) && (!final || lastMissing(s)) {
			return fmt.Sprintf("%s may not enter %s, which is %s.", who, w.Path, ownerMode(w)),
				advise(w.Path, fmt.Sprintf("let it in, for example: setfacl -m u:%d:x %s", s.UID, w.Path), fmt.Sprintf("run %s as a user that may enter it", path.Base(c.fail.program))), true
		}
	}
	return deniedLast(c, s, who)
}

// notExecutable: even root needs one execute bit.
func notExecutable(x *failure, s *event.Seen) (string, []string, bool) {
	last := s.Walk[len(s.Walk)-1]
	if bits, _ := need(x); bits != 1 || last.Errno != "" || last.Path != s.Path && !leadsThere(s) {
		return "", nil, false
	}
	if !strings.HasPrefix(x.name, "exec") && (last.Type != "file" || last.Mode&0o111 != 0) {
		return "", nil, false // a look at what may be a folder
	}
	switch {
	case last.Type == "dir":
		return fmt.Sprintf("%s is a directory.", last.Path), []string{"give the program's own path"}, true
	case last.Type == "file" && last.Mode&0o111 == 0:
		return fmt.Sprintf("%s has no execute permission: its mode is %04o.", last.Path, last.Mode&0o7777), []string{"chmod +x " + shell(last.Path)}, true
	case last.Type == "file" && last.Mode&0o111 == 0o111:
		return fmt.Sprintf("%s has mode %04o, so the file system it lies on is mounted noexec, or a security module refuses.", last.Path, last.Mode&0o7777),
			[]string{"look at the mount: findmnt -T " + shell(last.Path), "and at the kernel's log: dmesg | grep -i denied"}, true
	}
	return "", nil, false
}

// leadsThere: the path is a symbolic link, and the walk went on to its target.
func leadsThere(s *event.Seen) bool {
	return slices.ContainsFunc(s.Walk, func(w event.PathStep) bool { return w.Path == s.Path && w.Type == "symlink" })
}

func lastMissing(s *event.Seen) bool { return len(s.Walk) > 0 && s.Walk[len(s.Walk)-1].Path != s.Path }

// deniedLast: the way is free; the file itself, or the directory in which it
// would be made, refuses.
func deniedLast(c *candidate, s *event.Seen, who string) (string, []string, bool) {
	last := s.Walk[len(s.Walk)-1]
	want, verb := need(c.fail)
	program := path.Base(c.fail.program)
	if last.Errno == "ENOENT" && len(s.Walk) > 1 || last.Errno == "" && changesDir(c.fail.name) {
		dir := last
		for i := len(s.Walk) - 1; i >= 0; i-- {
			if s.Walk[i].Errno == "" && s.Walk[i].Type == "dir" && s.Walk[i].Path == path.Dir(last.Path) {
				dir = s.Walk[i]
				break
			}
		}
		if dir.Type == "dir" && !allows(dir, s, 2) {
			return fmt.Sprintf("%s may not create or remove files in %s, which is %s.", who, dir.Path, ownerMode(dir)),
				advise(dir.Path, fmt.Sprintf("chown %d %s", s.UID, shell(dir.Path)), fmt.Sprintf("run %s as a user that may write there", program)), true
		}
		return "", nil, false
	}
	if last.Errno == "" && !allows(last, s, want) {
		return fmt.Sprintf("%s may not %s %s, which is %s.", who, verb, last.Path, ownerMode(last)),
			advise(last.Path, fmt.Sprintf("change its owner or mode, for example: setfacl -m u:%d:%s %s", s.UID, letters(last, want), shell(last.Path)), fmt.Sprintf("run %s as a user that may %s it", program, verb)), true
	}
	return "", nil, false
}

// advise gives both ways out; what belongs to the system keeps its modes.
func advise(where, change, instead string) []string {
	if systemPath(where) || systemPath(where+"/") || strings.Count(where, "/") == 1 {
		return []string{instead}
	}
	return []string{change, "or " + instead}
}

func letters(w event.PathStep, want uint32) string {
	if w.Type == "dir" {
		want |= 1 // else what is in it can't be reached
	}
	text := ""
	for i, letter := range []string{"r", "w", "x"} {
		if want&(4>>i) != 0 {
			text += letter
		}
	}
	return text
}

// need is the permission that a call asks of its file.
func need(x *failure) (bits uint32, verb string) {
	c := x.step.Event.Event().Call
	switch {
	case strings.HasPrefix(x.name, "exec"):
		return 1, "run"
	case x.name == "chdir":
		return 1, "enter"
	case x.name == "connect":
		return 2, "connect to"
	}
	for i := range c.Args() {
		switch {
		case c.Args()[i].Has("O_RDWR"):
			return 6, "read and write"
		case c.Args()[i].Has("O_WRONLY"), c.Args()[i].Has("W_OK"):
			return 2, "write"
		case c.Args()[i].Has("X_OK"):
			return 1, "run or enter"
		}
	}
	return 4, "read"
}

func changesDir(call string) bool {
	switch call {
	case "unlink", "unlinkat", "rename", "renameat", "renameat2", "rmdir", "mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat":
		return true
	}
	return false
}

// allows says whether the mode gives the bits (4 read, 2 write, 1 search) to
// who asked, by the kernel's rule: owner, else group, else others.
func allows(w event.PathStep, s *event.Seen, bits uint32) bool {
	m := w.Mode
	switch {
	case s.UID == w.UID:
		m >>= 6
	case s.GID == w.GID || slices.Contains(s.Groups, w.GID):
		m >>= 3
	}
	return m&bits == bits
}

func ownerMode(w event.PathStep) string {
	return fmt.Sprintf("owned by uid %d, gid %d, mode %04o", w.UID, w.GID, w.Mode&0o7777)
}
