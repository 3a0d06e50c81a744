package main

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// call is a line of calls.txt.
type call struct {
	name     string
	args     []arg
	ret      string // kind
	never    bool
	key      int // the argument that the variants depend on, -1 without
	variants []variant
}

// variant is a call for some values of its command.
type variant struct {
	keys []string
	call *call
}

// arg is an argument as abi.Arg has it; kinds by their word.
type arg struct {
	name, kind, dir, set string
	size                 [3]int
	len, max, count      int
	optional             bool
}

// callTable is what calls.txt says.
type callTable struct {
	calls map[string]*call
	// other are the calls that differ on an architecture.
	other   [3]map[string]*call
	structs map[string][3]int
	sets    sets
	ioctls  map[string]bool // names
}

// kinds are the kinds' words and constants in abi.go.
var kinds = map[string]string{
	"never": "Void", "int": "Int", "uint": "Uint", "long": "Long", "size": "Size", "off": "Off",
	"hexnum": "HexNum", "addr": "Addr", "fd": "FD", "dirfd": "DirFD", "path": "Path", "str": "Str",
	"mode": "Mode", "flags": "Flags", "enum": "Enum", "buf": "Buf", "iovec": "IOVec",
	"msghdr": "MsgHdr", "mmsghdr": "MMsgHdr", "sockaddr": "SockAddr", "socklen": "SockLen",
	"struct": "Struct", "array": "Array", "argv": "Argv", "envp": "Envp", "pid": "PID",
	"uid": "UID", "gid": "GID", "sig": "Sig", "sigset": "SigSet", "wstatus": "WStatus",
	"fdpair": "FDPair", "intptr": "IntPtr", "longptr": "LongPtr", "offptr": "LongPtr",
	"dev": "Dev", "clone": "Clone", "ioctlcmd": "IoctlCmd", "ioctlarg": "IoctlArg",
	"fcntlarg": "FcntlArg", "sockopt": "SockOpt", "optval": "OptVal",
	"unused": "Unused", "high": "High",
}

// pointers are the kinds that need a direction, with the one they have when
// none is written.
var pointers = map[string]string{
	"path": "In", "str": "In", "argv": "In", "envp": "In",
	"buf": "", "iovec": "", "msghdr": "", "mmsghdr": "", "sockaddr": "", "socklen": "",
	"struct": "", "array": "", "sigset": "", "wstatus": "", "fdpair": "", "intptr": "",
	"longptr": "", "offptr": "", "optval": "",
}

// readCalls reads calls.txt; its head says how it is written.
func readCalls(name string, s sets, ioctls []named) (*callTable, error) {
	t := &callTable{calls: map[string]*call{}, structs: map[string][3]int{}, sets: s, ioctls: map[string]bool{}}
	for _, r := range ioctls {
		t.ioctls[r.name] = true
	}
	for i := range t.other {
		t.other[i] = map[string]*call{}
	}
	var above []*call // the calls that an indented line can belong to
	err := eachLine(name, func(line string) error {
		var err error
		switch {
		case strings.HasPrefix(line, "struct "):
			err = t.addStruct(strings.Fields(line)[1:])
		case line[0] == '\t':
			level := strings.LastIndex(line, "\t")
			if level >= len(above) {
				return fmt.Errorf("indented too far")
			}
			var v *call
			v, err = t.addVariant(above[level], line[level+1:])
			above = append(above[:level+1], v)
		default:
			var c *call
			c, err = t.addCall(line)
			above = []*call{c}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	t.specialize()
	return t, nil
}

// addStruct reads "NAME SIZE" or "NAME AMD64 ARM64 I386".
func (t *callTable) addStruct(words []string) error {
	if len(words) != 2 && len(words) != 4 {
		return fmt.Errorf("want: struct NAME SIZE, or three sizes")
	}
	var size [3]int
	for i := range size {
		w := words[1]
		if len(words) == 4 {
			w = words[1+i]
		}
		var err error
		if size[i], err = strconv.Atoi(w); err != nil {
			return err
		}
	}
	t.structs[words[0]] = size
	return nil
}

// addCall reads a call's line.
func (t *callTable) addCall(line string) (*call, error) {
	if name, other, ok := strings.Cut(line, " as "); ok {
		return t.addAlias(name, other)
	}
	var where []string
	if rest, ok := strings.CutPrefix(line, "["); ok {
		list, after, _ := strings.Cut(rest, "] ")
		where, line = strings.Fields(list), after
	}
	name, rest, ok1 := strings.Cut(line, "(")
	params, ret, ok2 := strings.Cut(rest, ") = ")
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("want: name(arguments) = result")
	}
	c := &call{name: name, ret: ret, never: ret == "never", key: -1}
	if kinds[ret] == "" {
		return nil, fmt.Errorf("unknown result %q", ret)
	}
	var err error
	if c.args, err = t.parseArgs(nil, params); err != nil {
		return nil, err
	}
	if where == nil {
		if t.calls[name] != nil {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		t.calls[name] = c
	}
	for _, w := range where {
		i := slices.Index(archNames[:], w)
		if i < 0 {
			return nil, fmt.Errorf("unknown architecture %q", w)
		}
		t.other[i][name] = c
	}
	return c, nil
}

// addAlias reads "NAME as OTHER".
func (t *callTable) addAlias(name, other string) (*call, error) {
	c := t.calls[other]
	if c == nil || t.calls[name] != nil {
		return nil, fmt.Errorf("no call %s before, or %s is there twice", other, name)
	}
	t.calls[name] = c.renamed(name)
	return t.calls[name], nil
}

// renamed is a copy under another name.
func (c *call) renamed(name string) *call {
	d := *c
	d.name, d.variants = name, slices.Clone(c.variants)
	for i := range d.variants {
		d.variants[i].call = d.variants[i].call.renamed(name)
	}
	return &d
}

// addVariant reads "COMMAND …: arguments [= result]" below a call.
func (t *callTable) addVariant(c *call, line string) (*call, error) {
	keys, rest, ok := strings.Cut(line, ":")
	if !ok {
		return nil, fmt.Errorf("want: COMMAND …: arguments")
	}
	v := variant{keys: strings.Fields(keys)}
	for _, k := range v.keys {
		key := t.keyArg(c, k)
		if key < 0 || c.key >= 0 && c.key != key {
			return nil, fmt.Errorf("%s: no argument of %s has this value", k, c.name)
		}
		c.key = key
	}
	params, ret, hasRet := strings.Cut(rest, "= ")
	if !hasRet {
		ret = c.ret
	}
	if kinds[ret] == "" {
		return nil, fmt.Errorf("unknown result %q", ret)
	}
	args, err := t.parseArgs(c.args[:c.key+1], strings.TrimSpace(params))
	v.call = &call{name: c.name, ret: ret, args: args, key: -1}
	c.variants = append(c.variants, v)
	return v.call, err
}

// keyArg finds the argument whose set holds the constant.
func (t *callTable) keyArg(c *call, constant string) int {
	for i, a := range c.args {
		if a.kind == "ioctlcmd" && t.ioctls[constant] {
			return i
		}
		if s := t.sets[a.set]; s != nil && (a.kind == "enum" || a.kind == "flags") && s.has(constant) {
			return i
		}
	}
	return -1
}

// parseArgs reads a list of arguments behind those in before.
func (t *callTable) parseArgs(before []arg, list string) ([]arg, error) {
	args := slices.Clone(before)
	var lengths []string
	for part := range strings.SplitSeq(list, ", ") {
		if part == "" {
			continue
		}
		a, length, err := t.parseArg(part)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", part, err)
		}
		args, lengths = append(args, a), append(lengths, length)
	}
	for i, l := range lengths {
		if err := setLength(&args[len(before)+i], l, args); err != nil {
			return nil, err
		}
	}
	if len(args) > 6 {
		return nil, fmt.Errorf("more than six arguments")
	}
	return args, nil
}

// parseArg reads "name [in|out|inout] KIND[:SET][[LENGTH]][?]".
func (t *callTable) parseArg(text string) (a arg, length string, err error) {
	a = arg{len: -1, max: -1}
	text, a.optional = strings.CutSuffix(text, "?")
	words := strings.Fields(text)
	if len(words) == 3 {
		a.dir = map[string]string{"in": "In", "out": "Out", "inout": "InOut"}[words[1]]
		words = []string{words[0], words[2]}
	}
	if len(words) != 2 {
		return a, "", fmt.Errorf("want: name [in|out|inout] kind")
	}
	a.name = words[0]
	kind, length, _ := strings.Cut(words[1], "[")
	a.kind, a.set, _ = strings.Cut(kind, ":")
	return a, strings.TrimSuffix(length, "]"), t.check(&a)
}

// check sees that kind, direction, set and struct are known, and fills in what
// follows from them.
func (t *callTable) check(a *arg) error {
	def, pointer := pointers[a.kind]
	switch {
	case kinds[a.kind] == "":
		return fmt.Errorf("unknown kind")
	case pointer && a.dir == "" && def == "", !pointer && a.dir != "":
		return fmt.Errorf("direction missing, or too much")
	case a.dir == "":
		a.dir = def
	}
	switch a.kind {
	case "flags", "enum":
		s := t.sets[a.set]
		if s == nil {
			return fmt.Errorf("no such set")
		}
		if s.enum != (a.kind == "enum") {
			return fmt.Errorf("the set is of the other kind")
		}
	case "struct", "array":
		size, ok := t.structs[a.set]
		if !ok {
			return fmt.Errorf("no such struct")
		}
		a.size = size
	case "intptr":
		a.size = [3]int{4, 4, 4}
	case "longptr":
		a.size = [3]int{8, 8, 4}
	case "offptr":
		a.size = [3]int{8, 8, 8}
	}
	return nil
}

// setLength reads a length: "n", "ret", "ret<=n" or a number of elements.
func setLength(a *arg, text string, args []arg) error {
	if text == "" {
		return nil
	}
	if n, err := strconv.Atoi(text); err == nil {
		a.count = n
		return nil
	}
	index := func(name string) int {
		return slices.IndexFunc(args, func(a arg) bool { return a.name == name })
	}
	length, room, hasRoom := strings.Cut(text, "<=")
	if hasRoom {
		if a.max = index(room); a.max < 0 {
			return fmt.Errorf("%s: no argument %q", a.name, room)
		}
	}
	if length == "ret" {
		a.len = -2
		return nil
	}
	if a.len = index(length); a.len < 0 {
		return fmt.Errorf("%s: no argument %q", a.name, length)
	}
	return nil
}

// specialize makes a call of its own where a struct's size is another than on
// amd64.
func (t *callTable) specialize() {
	for i := 1; i < len(arches); i++ {
		for name, c := range t.calls {
			if t.other[i][name] == nil && c.differs(i) {
				t.other[i][name] = c
			}
		}
	}
}

// differs says whether a struct's size on an architecture is another than on
// amd64.
func (c *call) differs(arch int) bool {
	for _, a := range c.args {
		if a.size[arch] != a.size[0] {
			return true
		}
	}
	return slices.ContainsFunc(c.variants, func(v variant) bool { return v.call.differs(arch) })
}

// sortedCalls gives a table's calls by name.
func sortedCalls(m map[string]*call) []*call {
	var list []*call
	for _, c := range m {
		list = append(list, c)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	return list
}
