package analyze

import (
	"math"
	"path"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// argumentsFirst: what was named on the command line is what the user wanted done, not
// something that a program looks for by itself. Of one process's candidates, one that is an
// argument is brought before others that are not much likelier.
func argumentsFirst(list []*candidate) {
	best, telling := math.Inf(-1), math.Inf(-1) // of those that are none; that are more than missing
	for _, c := range list {
		if c.asArgument() == 0 {
			best = max(best, c.score)
			if !c.missing() && !c.isAnswer() {
				telling = max(telling, c.score)
			}
		}
	}
	const ahead = 0.25
	for _, c := range list {
		most := c.asArgument()
		if most > 0 && c.score <= best && c.score >= best-most && !(c.missing() && c.score <= telling) {
			c.gets("given as an argument", best-c.score+ahead, "it is named in its arguments")
		}
	}
}

// asArgument is how many points a candidate may be behind others: less where the program
// only looked, as that may be what it is to make; none where its child has failed, which
// may have been to make it.
func (c *candidate) asArgument() float64 {
	x := c.fail
	if x == nil || x.given == "" || errorWeight[x.errno] < 0 || c.toBeMade() ||
		slices.ContainsFunc(c.sus.hist.proc.Children, (*replay.Process).Failed) {
		return 0
	}
	switch argv := c.sus.hist.proc.Argv; {
	case !isArgument(argv, x.given):
		if c.missing() && valueOf(argv, path.Base(x.given)) {
			return 1
		}
		return 0
	case probing(x.name):
		return 1.75
	}
	return 2.5
}

// valueOf: the name of a file, which the program seeks in its folders, is one of the values
// of an argument: "+grids=corp.gsb", "--themes=a.css,b.css".
func valueOf(argv []string, base string) bool {
	if len(argv) < 2 || len(base) < 4 || path.Ext(base) == "" || strings.HasPrefix(base, ".") {
		return false
	}
	return slices.ContainsFunc(argv[1:], func(arg string) bool {
		return slices.Contains(strings.FieldsFunc(arg, func(r rune) bool { return r == '=' || r == ',' || r == ':' }), base)
	})
}

// toBeMade: a file that the program only looked for, and of which the message says that it
// was to be made: "failed to create out.dxf".
func (c *candidate) toBeMade() bool {
	x := c.fail
	if x == nil || x.errno != "ENOENT" || x.makes || x.given == "" || c.sus.anchor.line == nil {
		return false
	}
	return announced(c.sus.anchor.text, x.given) || x.path != "" && announced(c.sus.anchor.text, x.path)
}

// makesWords stand before the name of what a program was about to make.
var makesWords = []string{"create", "creating", "write", "writing", "save", "saving"}

// announced: one of them stands right before the name, at each place of the text where it
// is.
func announced(text, p string) bool {
	if len(p) < 4 || !namesIn(text, p) {
		return false
	}
	parts := strings.Split(text, p)
	for _, before := range parts[:len(parts)-1] {
		words := strings.FieldsFunc(strings.ToLower(before), func(r rune) bool { return strings.ContainsRune(" \t\n'\"`‘’“”", r) })
		if len(words) == 0 || !slices.Contains(makesWords, words[len(words)-1]) {
			return false
		}
	}
	return true
}

// isAnswer: what the other end of a connection said; it may be right, and what it is held
// against is missing.
func (c *candidate) isAnswer() bool {
	return c.kind == "data" && c.reply == "" && c.source.file != nil && c.source.file.Sock != nil
}

// asked: the whole path stands in the process's arguments, or is a variable's value. What
// somebody has asked for is not optional, and no other will do.
func (c *candidate) asked() bool {
	if c.missing() && c.fail.setByHand() {
		return true
	}
	return strings.Count(c.fail.given, "/") > 2 && c.missing() && isArgument(c.sus.hist.proc.Argv, c.fail.given)
}

// isArgument says whether a path is one of a program's arguments, alone or as the value of
// an option: "-Idir", "--config=dir", "-Dkey=dir".
func isArgument(argv []string, p string) bool {
	if len(argv) < 2 || strings.Trim(p, "./") == "" {
		return false
	}
	return slices.ContainsFunc(argv[1:], func(arg string) bool {
		option, ok := strings.CutSuffix(arg, p)
		return ok && (option == "" || strings.HasSuffix(option, "=") || len(option) == 2 && option[0] == '-')
	})
}
