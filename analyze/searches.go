package analyze

import (
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// Searches: one thing that was looked for in several places.

// groupSearches makes one cause of the same name looked for in several places.
func groupSearches(list []*candidate) []*candidate {
	best := map[string]*candidate{}
	places := map[string]map[string]int{}
	var out []*candidate
	for _, c := range list {
		key := searchKey(c)
		if key == "" {
			out = append(out, c)
			continue
		}
		lead := best[key]
		if lead == nil {
			lead = c
			best[key], places[key] = c, map[string]int{}
			out = append(out, c)
		}
		switch i, old := places[key][c.fail.path]; {
		case !old:
			places[key][c.fail.path] = len(lead.group)
			lead.group = append(lead.group, c.fail)
		case callWeight[c.fail.name] > callWeight[lead.group[i].name]:
			lead.group[i] = c.fail
		}
		if c.score > lead.score {
			lead.score, lead.points, lead.reasons, lead.found = c.score, c.points, c.reasons, c.found
			lead.between, lead.pos = c.between, c.pos
		}
	}
	for _, c := range best {
		if len(c.group) > 1 {
			if i := slices.IndexFunc(c.group, (*failure).lacksInterpreter); i >= 0 {
				c.fail, c.group = c.group[i], nil // it is there
				continue
			}
			c.kind = "search"
			c.fail = expected(c.group, c.sus.anchor.line)
			if upwards(c.group) {
				c.gets("search upwards", -2, "") // a file that a project may have or not
			}
			if t, ok := c.systemThing(); ok && t.always {
				c.gets("a system's name is nowhere", 3, "nobody asks for "+t.what+" in vain")
			}
			if base := path.Base(c.fail.path); c.between <= libraryNear && c.sus.hist.byBase[base] == nil && isLibrary(base) && strings.HasPrefix(base, "lib") && !strings.HasPrefix(base, "libnss_") {
				c.gets("a library is nowhere", 3.75, "a library is in none of the places")
			}
			if inProgramFolders(c.group) {
				c.gets("a command is nowhere", 2, "a command is in none of the folders for programs")
			}
			if c.foundInstead() {
				c.gets("found instead", -3, "")
			}
		} else {
			c.fail, c.group = c.group[0], nil
		}
	}
	refusedInstead(out)
	return out
}

// lacksInterpreter: the program was seen to be there, so what is missing is the interpreter
// of a script, or the loader.
func (x *failure) lacksInterpreter() bool {
	return callClass[x.name] == "run" && x.errno == "ENOENT" && x.seen != nil && slices.ContainsFunc(x.seen.Walk, func(s event.PathStep) bool { return s.Path == x.seen.Path && s.Errno == "" })
}

// libraryNear is how many calls may lie between the search for a library and the message:
// who goes on without it did not need it.
const libraryNear = 90

// refusedInstead finds for each search the failure of the same name that is no miss: there
// it is, and the process may not have it.
func refusedInstead(list []*candidate) {
	type what struct {
		hist          *history
		program, base string
	}
	refused := map[what]*candidate{}
	for _, o := range list {
		if o.fail != nil && o.kind != "search" && o.fail.errno == "EACCES" {
			refused[what{o.fail.hist, o.fail.program, path.Base(o.fail.path)}] = o
		}
	}
	for _, c := range list {
		if c.kind != "search" || c.sus.hist.byBase[path.Base(c.fail.path)] != nil {
			continue // it was found after all
		}
		if o := refused[what{c.fail.hist, c.fail.program, path.Base(c.fail.path)}]; o != nil {
			c.gets("refused in one place", -6, "")
			o.gets("refused in one place", 4, "it is there, and in none of the other places")
		}
	}
}

// inProgramFolders says whether all places are in folders for programs: PATH was gone
// through.
func inProgramFolders(group []*failure) bool {
	return !slices.ContainsFunc(group, func(x *failure) bool { return !inProgramFolder(x.path) })
}

func inProgramFolder(p string) bool {
	dir := path.Base(path.Dir(p))
	return dir == "bin" || dir == "sbin"
}

// foundInstead says whether the next thing that was looked for in these places, under
// another name, was found: gnm, then nm.
func (c *candidate) foundInstead() bool {
	const few = 3
	if len(c.group) < few {
		return false
	}
	name, places := path.Base(c.fail.path), map[string]bool{}
	last := c.pos
	for _, x := range c.group {
		places[path.Dir(x.path)] = true
		if at, ok := lastBefore(x.at, c.sus.anchor.pos.index); ok && at.index > last.index {
			last = at
		}
	}
	h := c.sus.hist
	for p, s := range h.sources {
		if !places[path.Dir(p)] || path.Base(p) == name || s.found.index < last.index || s.found.seq-last.seq > 2*len(c.group) {
			continue
		}
		between := slices.ContainsFunc(h.failures, func(x *failure) bool {
			at, ok := lastBefore(x.at, s.found.index)
			return ok && at.index > last.index && x.path != "" && path.Base(x.path) != path.Base(p)
		})
		if !between {
			return true
		}
	}
	return false
}

// searchKey is what makes failures one search: the same process, in the same program,
// and the same last name, not there.
func searchKey(c *candidate) string {
	if c.fail == nil || c.fail.path == "" || c.fail.errno != "ENOENT" && !c.fail.wrongPlace() || c.fail.path2 != "" {
		return ""
	}
	if c.fail.name == "connect" || isArgument(c.sus.hist.proc.Argv, c.fail.given) {
		return "" // what was asked for is not searched
	}
	return itoa(c.sus.hist.proc.PID) + "\x00" + c.fail.program + "\x00" + path.Base(c.fail.path)
}

// upwards: the same name was looked for in one directory, its parent, and so on,
// and perhaps in few other places.
func upwards(group []*failure) bool {
	up := 0
	for i := 1; i < len(group); i++ {
		if path.Dir(group[i].path) == path.Dir(path.Dir(group[i-1].path)) {
			up++
		}
	}
	return up >= 2 && 3*up >= 2*(len(group)-1)
}

// expected is the place where a person would look first: the one that the message names;
// one where there is a link, though it leads nowhere; that where the system keeps such
// things; or the shortest path that is the application's own, not the system's, and of a
// folder that was set, not the one where the program stands; in a search upwards the first.
func expected(group []*failure, message *line) *failure {
	best := group[0]
	for _, x := range group {
		if message != nil && namesIn(message.text, x.path) {
			return x
		}
	}
	if i := slices.IndexFunc(group, (*failure).leadsNowhere); i >= 0 {
		return group[i]
	}
	if i := slices.IndexFunc(group, func(x *failure) bool { _, ok := ofSystem(x.path); return ok }); i >= 0 {
		return group[i]
	}
	if upwards(group) {
		return best
	}
	for _, x := range group[1:] {
		own, was := ownFolder(x.path), ownFolder(best.path)
		switch here, there := x.bare(), best.bare(); {
		case own != was:
			if own {
				best = x
			}
		case here != there:
			if there {
				best = x
			}
		case strings.Count(x.path, "/") < strings.Count(best.path, "/"):
			best = x
		}
	}
	return best
}

// leadsNowhere: the path itself is a symbolic link, and the walk went on from it.
func (x *failure) leadsNowhere() bool {
	return x.seen != nil && x.errno == "ENOENT" && x.seen.Path == x.path && leadsThere(x.seen)
}

// bare: the name alone, wherever the program stands.
func (x *failure) bare() bool { return x.given != "" && path.Base(x.given) == path.Clean(x.given) }

// ownFolder: a file in a folder of the application's.
func ownFolder(p string) bool { return !systemPath(p) && strings.Count(p, "/") > 2 }

// wrongPlace: an entry of a search path that is no folder.
func (x *failure) wrongPlace() bool {
	return x.errno == "ENOTDIR" && (probing(x.name) || callClass[x.name] == "run")
}
