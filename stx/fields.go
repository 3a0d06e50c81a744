package stx

// codec is given the fields of a record, one after the other, in the order of
// the file. There are four: encoder and decoder of the capture, textWriter and
// textParser of its twin. So each record's fields are listed once, below.
//
// A codec that writes returns what it was given; a codec that reads returns
// what it read, the zero value for a field that isn't there.
type codec interface {
	int(name string, v int64) int64
	// uint's base (8, 10, 16) is how people read the number.
	uint(name string, v uint64, base int) uint64
	// step is a uint that is near its value in the record before.
	step(name string, v uint64, base int) uint64
	str(name string, v string) string
	bytes(name string, v []byte) []byte
	// count comes before the n values of a list, or the structs of one.
	count(name string, n int, structs bool) int
	// open and close stand around each element of a list of structs.
	open(name string)
	close()
	reading() bool
	// fail is called with a value that its field can't hold.
	fail(name string)
}

const maxList = 1 << 20 // elements of one list

// Helpers that fit the codec's few types to the records' many. They write to
// the record only what has changed, so that writing a record only reads it.

func num[T ~int | ~int32 | ~int64](c codec, name string, v *T) {
	if got := c.int(name, int64(*v)); got != int64(*v) {
		if *v = T(got); int64(*v) != got {
			c.fail(name)
		}
	}
}

func unum[T ~uint32 | ~uint64](c codec, name string, v *T, base int) {
	if got := c.uint(name, uint64(*v), base); got != uint64(*v) {
		if *v = T(got); uint64(*v) != got {
			c.fail(name)
		}
	}
}

// address is a number that is near the one before.
func address(c codec, name string, v *uint64) {
	if got := c.step(name, *v, 16); got != *v {
		*v = got
	}
}

func dec[T ~uint32 | ~uint64](c codec, name string, v *T)  { unum(c, name, v, 10) }
func hexa[T ~uint32 | ~uint64](c codec, name string, v *T) { unum(c, name, v, 16) }
func oct[T ~uint32 | ~uint64](c codec, name string, v *T)  { unum(c, name, v, 8) }

func boolean(c codec, name string, v *bool) {
	var n uint64
	if *v {
		n = 1
	}
	switch c.uint(name, n, 10) {
	case n:
	case 1:
		*v = true
	default:
		c.fail(name)
	}
}

func str(c codec, name string, v *string) {
	if got := c.str(name, *v); got != *v {
		*v = got
	}
}

func data(c codec, name string, v *[]byte) {
	if got := c.bytes(name, *v); len(got) != len(*v) {
		*v = got
	}
}

// values is a list of plain values.
func values[T any](c codec, name string, v *[]T, each func(codec, string, *T)) {
	if n := c.count(name, len(*v), false); n != len(*v) {
		*v = make([]T, n)
	}
	for i := range *v {
		each(c, name, &(*v)[i])
	}
}

// list is a list of structs.
func list[T any](c codec, name string, v *[]T, fields func(*T, codec)) {
	if n := c.count(name, len(*v), true); n != len(*v) {
		*v = make([]T, n)
	}
	for i := range *v {
		c.open(name)
		fields(&(*v)[i], c)
		c.close()
	}
}

// kind is how a Kind is called in text, and its part of the record.
type kind struct {
	name string
	// fields gives the record's part to a codec. It is false when there is none
	// to write.
	fields func(*Record, codec) bool
}

func kindOf[T any, P interface {
	*T
	fields(codec)
}](name string, part func(*Record) **T) kind {
	return kind{name, func(r *Record, c codec) bool {
		p := part(r)
		if *p == nil {
			if !c.reading() {
				return false
			}
			*p = new(T)
		}
		P(*p).fields(c)
		return true
	}}
}

var kinds = [...]kind{
	KindBegin:    kindOf("begin", func(r *Record) **Begin { return &r.Begin }),
	KindProcess:  kindOf("process", func(r *Record) **Process { return &r.Process }),
	KindStart:    kindOf("start", func(r *Record) **Start { return &r.Start }),
	KindEnter:    kindOf("enter", func(r *Record) **Enter { return &r.Enter }),
	KindExit:     kindOf("exit", func(r *Record) **Exit { return &r.Exit }),
	KindSignal:   kindOf("signal", func(r *Record) **Signal { return &r.Signal }),
	KindStop:     kindOf("stop", func(r *Record) **Signal { return &r.Signal }),
	KindEnd:      kindOf("end", func(r *Record) **End { return &r.End }),
	KindExec:     kindOf("exec", func(r *Record) **Exec { return &r.Exec }),
	KindEvidence: kindOf("evidence", func(r *Record) **Evidence { return &r.Evidence }),
	KindNote:     kindOf("note", func(r *Record) **Note { return &r.Note }),
	KindLost:     kindOf("lost", func(r *Record) **Lost { return &r.Lost }),
	KindFinish:   kindOf("finish", func(r *Record) **Finish { return &r.Finish }),
}

// known says whether k is a kind that this package can read and write.
func (k Kind) known() bool { return int(k) < len(kinds) && kinds[k].fields != nil }

// What follows is the format: add fields only at the end of a function, and to
// the table in doc.go.

func (b *Begin) fields(c codec) {
	str(c, "tool", &b.Tool)
	str(c, "engine", &b.Engine)
	hexa(c, "arch", &b.Arch)
	str(c, "kernel", &b.Kernel)
	str(c, "host", &b.Host)
	values(c, "argv", &b.Argv, str)
	str(c, "cwd", &b.Cwd)
	num(c, "pid", &b.PID)
	num(c, "limit", &b.StringLimit)
}

func (p *Process) fields(c codec) {
	str(c, "at", &p.At)
	num(c, "pid", &p.PID)
	num(c, "ppid", &p.PPID)
	str(c, "exe", &p.Exe)
	values(c, "argv", &p.Argv, str)
	str(c, "cwd", &p.Cwd)
	str(c, "root", &p.Root)
	for i, name := range [...]string{"uid", "euid", "suid", "fsuid"} {
		dec(c, name, &p.UID[i])
	}
	for i, name := range [...]string{"gid", "egid", "sgid", "fsgid"} {
		dec(c, name, &p.GID[i])
	}
	values(c, "group", &p.Groups, dec[uint32])
	hexa(c, "capinh", &p.CapInh)
	hexa(c, "capprm", &p.CapPrm)
	hexa(c, "capeff", &p.CapEff)
	hexa(c, "capbnd", &p.CapBnd)
	hexa(c, "capamb", &p.CapAmb)
	oct(c, "umask", &p.Umask)
	list(c, "limit", &p.Limits, (*Limit).fields)
	list(c, "fd", &p.FDs, (*FD).fields)
	boolean(c, "nonewprivs", &p.NoNewPrivs)
	num(c, "seccomp", &p.Seccomp)
	list(c, "ns", &p.NS, (*Namespace).fields)
	str(c, "security", &p.Security)
}

func (l *Limit) fields(c codec) {
	str(c, "name", &l.Name)
	dec(c, "soft", &l.Soft)
	dec(c, "hard", &l.Hard)
}

func (f *FD) fields(c codec) {
	num(c, "n", &f.N)
	str(c, "target", &f.Target)
	oct(c, "flags", &f.Flags)
	num(c, "pos", &f.Pos)
	str(c, "peer", &f.Peer)
}

func (n *Namespace) fields(c codec) {
	str(c, "type", &n.Type)
	str(c, "id", &n.ID)
}

func (s *Start) fields(c codec) {
	num(c, "pid", &s.PID)
	num(c, "parent", &s.Parent)
	hexa(c, "flags", &s.Flags)
	boolean(c, "attached", &s.Attached)
}

func (e *Enter) fields(c codec) {
	hexa(c, "arch", &e.Arch)
	dec(c, "nr", &e.Nr)
	for i, name := range [...]string{"a0", "a1", "a2", "a3", "a4", "a5"} {
		hexa(c, name, &e.Args[i])
	}
	address(c, "ip", &e.IP)
	address(c, "sp", &e.SP)
	list(c, "mem", &e.Mem, (*Mem).fields)
	boolean(c, "noexit", &e.NoExit)
}

func (e *Exit) fields(c codec) {
	num(c, "ret", &e.Ret)
	boolean(c, "error", &e.IsError)
	list(c, "mem", &e.Mem, (*Mem).fields)
}

func (m *Mem) fields(c codec) {
	address(c, "addr", &m.Addr)
	dec(c, "want", &m.Want)
	data(c, "data", &m.Data)
	num(c, "errno", &m.Errno)
}

func (s *Signal) fields(c codec) {
	num(c, "signo", &s.Signo)
	data(c, "info", &s.Info)
}

func (e *End) fields(c codec) {
	num(c, "code", &e.Code)
	num(c, "signal", &e.Signal)
	boolean(c, "core", &e.Core)
}

func (e *Exec) fields(c codec) {
	num(c, "former", &e.Former)
}

func (e *Evidence) fields(c codec) {
	str(c, "path", &e.Path)
	list(c, "walk", &e.Walk, (*PathStep).fields)
	data(c, "head", &e.Head)
	dec(c, "uid", &e.UID)
	dec(c, "gid", &e.GID)
	values(c, "group", &e.Groups, dec[uint32])
	hexa(c, "caps", &e.Caps)
	values(c, "text", &e.Text, str)
}

func (s *PathStep) fields(c codec) {
	str(c, "path", &s.Path)
	oct(c, "mode", &s.Mode)
	dec(c, "uid", &s.UID)
	dec(c, "gid", &s.GID)
	num(c, "size", &s.Size)
	str(c, "link", &s.Link)
	num(c, "errno", &s.Errno)
}

func (n *Note) fields(c codec) {
	str(c, "code", &n.Code)
	str(c, "text", &n.Text)
}

func (l *Lost) fields(c codec) {
	dec(c, "count", &l.Count)
}

func (f *Finish) fields(c codec) {
	values(c, "left", &f.Left, num[int])
	str(c, "reason", &f.Reason)
}
