package tracer

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// mountFindings says what the mount of the last place reached forbids, or who decides
// instead of the modes.
func mountFindings(at place, steps []stx.PathStep, c *call, errno unix.Errno) []string {
	if errno != unix.EROFS && errno != unix.EACCES && errno != unix.EPERM {
		return nil
	}
	if errno == unix.EACCES {
		if found := foreignMount(at, steps); found != "" {
			return []string{found}
		}
	}
	for i := len(steps) - 1; i >= 0; i-- {
		var st unix.Statfs_t
		if steps[i].Errno != 0 || steps[i].Link != "" || unix.Statfs(at.here(steps[i].Path), &st) != nil {
			continue
		}
		switch of := "the file system of " + steps[i].Path; {
		case errno == unix.EROFS && st.Flags&unix.ST_RDONLY != 0:
			return []string{of + " is mounted read-only"}
		case errno == unix.EACCES && c.executes && st.Flags&unix.ST_NOEXEC != 0:
			return []string{of + " is mounted noexec"}
		case errno != unix.EROFS && served[st.Type] != "":
			return []string{of + " is " + served[st.Type] + ", whose server decides"}
		}
		return nil
	}
	return nil
}

// served are the file systems whose server may refuse what the modes allow (statfs(2)).
var served = map[int64]string{
	unix.NFS_SUPER_MAGIC: "NFS", unix.FUSE_SUPER_MAGIC: "FUSE", unix.CIFS_SUPER_MAGIC: "CIFS",
	unix.SMB2_SUPER_MAGIC: "SMB", unix.V9FS_MAGIC: "9p", unix.CEPH_SUPER_MAGIC: "Ceph", unix.AFS_SUPER_MAGIC: "AFS",
}

// foreignMount says of a path that a FUSE file system is mounted on the way to it which
// is for its owner alone, root included (Documentation/filesystems/fuse).
func foreignMount(at place, steps []stx.PathStep) string {
	mounts, _ := readFile(procPath("/proc", at.pid, "mountinfo"))
	if !bytes.Contains(mounts, []byte(" - fuse")) {
		return ""
	}
	s, err := readStatus("/proc", at.tid)
	for _, step := range steps {
		switch owner, ok := fuseOwner(mounts, step.Path); {
		case !ok || err != nil:
		case owner != fmt.Sprint(s.uid[3]):
			return fmt.Sprintf("a FUSE file system is mounted on %s, which is for uid %s alone", step.Path, owner)
		default:
			return "the file system of " + step.Path + " is FUSE, whose server decides"
		}
	}
	return ""
}

// fuseOwner finds the owner of a FUSE file system that is mounted without allow_other, in
// proc_pid_mountinfo(5):
//
//	45 26 0:41 / /mnt/far rw,nosuid,nodev - fuse.sshfs host:/ rw,user_id=1000,group_id=1000
func fuseOwner(mounts []byte, name string) (uid string, ok bool) {
	const mountPoint, fsType, superOptions = 4, 0, 2
	for line := range bytes.Lines(mounts) {
		mount, super, _ := strings.Cut(string(line), " - ")
		m, s := strings.Fields(mount), strings.Fields(super)
		if len(m) <= mountPoint || len(s) <= superOptions || unescapeMount(m[mountPoint]) != name {
			continue
		}
		uid, ok = "", false // one that is mounted over another hides it
		options := "," + s[superOptions] + ","
		if strings.HasPrefix(s[fsType], "fuse") && !strings.Contains(options, ",allow_other,") {
			_, rest, found := strings.Cut(options, ",user_id=")
			uid, _, _ = strings.Cut(rest, ",")
			ok = found
		}
	}
	return uid, ok
}

// unescapeMount undoes the escapes of mountinfo.
func unescapeMount(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
