package analyze

import (
	"path"
	"strings"
)

// folderNamed is the folder, of one or two levels above what the call was about, that
// the message names: "Failed to lock working copy '/srv/wc'" and /srv/wc/.svn/wc.db. What
// may be there or not is no reason to complain of its folder.
func (c *candidate) folderNamed(msg string) string {
	if c.fail == nil || !strings.HasPrefix(c.fail.path, "/") || errorPoints(c.fail) <= 0 {
		return ""
	}
	dir := c.fail.path
	for range 2 {
		if dir = path.Dir(dir); strings.Count(dir, "/") >= 2 && !systemPath(dir) && namesIn(msg, dir) {
			return dir
		}
	}
	return ""
}

// absentWords say what ENOENT says, in a program's own words.
var absentWords = []string{"not exist", "doesn't exist", "nonexist", "non-exist"}

// beginsWord: "config" and "configuration".
func beginsWord(text, w string) bool {
	for i := 0; ; {
		k := strings.Index(text[i:], w)
		if k < 0 {
			return false
		}
		if k += i; !wordByte(text, k-1) {
			return true
		}
		i = k + 1
	}
}
