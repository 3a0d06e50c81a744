package carrier

import "bytes"

const (
	maxLines = 1000 // of the head that are looked at
	maxDepth = 8    // carriers inside one another
)

// carrier is a way to wrap lines: a prefix or a form of records.
type carrier struct {
	name   string
	prefix func(line []byte) int
	read   readRecord
	ahead  bool                   // for read, see joinStage
	sure   func(line []byte) bool // for read, when it takes other lines too
}

// carriers are tried in this order: the more particular form first.
var carriers = []carrier{
	{name: "GitHub Actions, columns", prefix: gitHubColumns},
	{name: "GitLab", read: readGitLab, ahead: true},
	{name: "Kubernetes CRI", read: readCRI},
	{name: "docker json-file", read: readJSON},
	{name: "time stamp", prefix: stamp},
	{name: "time in brackets", prefix: bracketed},
	{name: "seconds in brackets", prefix: monotonic},
	{name: "Jenkins clock", prefix: jenkinsClock},
	{name: "syslog date", prefix: syslogDate},
	{name: "syslog tag", prefix: logger},
	{name: "BuildKit", prefix: buildKit},
	{name: "Buildkite", prefix: buildkiteTime},
	{name: "docker compose", prefix: compose},
	{name: "kubectl --prefix", prefix: kubectl},
	{name: "syslog, RFC 5424", prefix: syslog5424},
	{name: "label in brackets", prefix: label},
	{name: "line number", prefix: lineNumber},
	{name: "quoted", prefix: quote},
	{name: "list of strings", read: readString},
	{name: "logfmt", read: readLogfmt},
	{name: "quoted-printable", read: readPrintable, sure: isPrintable},
}

func (c *carrier) layer() layer {
	if c.read != nil {
		return joining(c.read, c.ahead)
	}
	return cutting(c.prefix)
}

// has says whether the line has the carrier's form.
func (c *carrier) has(line []byte) bool {
	switch {
	case c.sure != nil:
		return c.sure(line)
	case c.read == nil:
		return c.prefix(line) > 0
	}
	_, ok := c.read(bytes.Clone(line))
	return ok
}

// headLines splits the beginning of a text; the last line of one that goes on may
// be cut, and is left out.
func headLines(head []byte, more bool) [][]byte {
	lines := bytes.SplitN(head, []byte{'\n'}, maxLines+1)
	if n := len(lines); n > 1 && (more || len(lines[n-1]) == 0 || n > maxLines) {
		lines = lines[:n-1]
	}
	return lines
}

// plan finds what must be undone, from the outermost carrier inward.
func plan(lines [][]byte) []layer {
	var p planner
	p.lines = lines
	p.tidy()
	for _, set := range []func([]byte) []byte{withoutTags, untypeset} {
		if isSet(set, p.lines) {
			p.use(changing(set))
		}
	}
	p.peel()
	if isHTML(p.lines) {
		p.use(changing(unescapeHTML))
	}
	if isFenced(p.lines) {
		p.use(changing(withoutFence))
	}
	p.unwrap()
	if len(p.layers) > 0 && !p.tidied { // what the head has none of may come later
		p.use(changing(clean))
	}
	return p.layers
}

// planner collects layers, and has the head's lines as they are behind those.
type planner struct {
	lines  [][]byte
	layers []layer
	tidied bool // the last layer is clean
}

func (p *planner) use(l layer) {
	p.layers = append(p.layers, l)
	p.lines = through(l, p.lines)
	p.tidied = false
}

// tidy cleans the lines when they need it.
func (p *planner) tidy() {
	if isDirty(p.lines) {
		p.use(changing(clean))
		p.tidied = true
	}
}

// peel takes off carriers as long as there are any, and then goes back to where
// most lines were strace's: what was taken off further was strace's own or the
// program's. Nothing is taken off that hid less than half of strace's lines.
func (p *planner) peel() {
	if isAllHTML(p.lines) {
		p.use(changing(unescapeHTML))
	}
	if areCounted(p.lines) {
		p.use(cutting(bareNumber))
	}
	bare := traces(p.lines)
	if bare*2 > filled(p.lines) {
		return
	}
	best, most := *p, 2*bare
	for range maxDepth {
		l := p.outermost()
		if l == nil {
			break
		}
		p.use(l)
		p.tidy()
		if n := traces(p.lines); n > 0 && n >= most && n > traces(best.lines) {
			best, most = *p, n
		}
	}
	*p = best
}

// outermost finds the carrier of the lines, nil when there is none: most of them
// have its form, or behind it are most of strace's lines.
func (p *planner) outermost() layer {
	if isAllHTML(p.lines) {
		return changing(unescapeHTML)
	}
	for i := range carriers {
		if c := &carriers[i]; p.carriedBy(c.has, c.layer()) {
			return c.layer()
		}
	}
	for _, prefix := range constants(p.lines) {
		cut := cutConstant(prefix)
		if l := cutting(cut); p.carriedBy(func(line []byte) bool { return cut(line) > 0 }, l) {
			return l
		}
	}
	return nil
}

func (p *planner) carriedBy(has func(line []byte) bool, l layer) bool {
	hits := 0
	for _, line := range p.lines {
		if len(line) > 0 && has(line) {
			hits++
		}
	}
	return hits*2 > filled(p.lines) || hits > 0 && gains(l, p.lines)
}

// gains says whether the layer at least doubles the lines that are strace's.
func gains(l layer, lines [][]byte) bool {
	n := traces(through(l, lines))
	return n > 0 && n >= 2*traces(lines)
}

// unwrap finds out whether lines were wrapped, and how: some of strace's lines must
// be whole then that were not before.
func (p *planner) unwrap() {
	var best layer
	before := wholes(p.lines)
	most := before
	for _, w := range wrappings(p.lines) {
		l := unwrapping(w)
		if n := wholes(through(l, p.lines)); n >= before+w.proof() && n > most {
			best, most = l, n
		}
	}
	if best != nil {
		p.use(best)
	}
}

// wholes counts the lines that are strace's to their end.
func wholes(lines [][]byte) int {
	var s callScan
	n := 0
	for _, line := range lines {
		if s.begin(line) && s.done() {
			n++
		}
	}
	return n
}

// traces counts the lines that are strace's.
func traces(lines [][]byte) int {
	n := 0
	for _, line := range lines {
		if isTrace(line) {
			n++
		}
	}
	return n
}

// filled counts the lines that are not empty.
func filled(lines [][]byte) int {
	n := 0
	for _, line := range lines {
		if len(line) > 0 {
			n++
		}
	}
	return n
}

// through sends copies of the lines through a layer.
func through(l layer, lines [][]byte) [][]byte {
	var out collector
	s := l(&out)
	for _, line := range lines {
		s.line(bytes.Clone(line))
	}
	s.end(true)
	return out.lines
}

// collector is a last stage that keeps the lines.
type collector struct{ lines [][]byte }

func (c *collector) line(text []byte) { c.lines = append(c.lines, bytes.Clone(text)) }
func (c *collector) end(bool)         {}
