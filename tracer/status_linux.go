package tracer

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
)

// status is what /proc/PID/status says (proc_pid_status(5)).
type status struct {
	name       string
	state      byte // 'R', 'S', 'Z' …
	tracer     int  // the thread that traces it, 0 for none
	threads    int
	tgid, ppid int
	uid, gid   [4]uint32
	groups     []uint32
	capInh     uint64
	capPrm     uint64
	capEff     uint64
	capBnd     uint64
	capAmb     uint64
	umask      uint32
	noNewPrivs bool
	seccomp    int // -1 not known
	filters    int // seccomp filters in force; 0 before Linux 5.9
	ignored    uint64
	pending    uint64 // signals, those of the process too
	blocked    uint64
}

// statusRoom is where readStatus reads to.
var statusRoom = sync.Pool{New: func() any { return new([pageSize]byte) }}

// readStatus reads the status of a process or thread below a /proc.
func readStatus(proc string, tid int) (status, error) {
	room := statusRoom.Get().(*[pageSize]byte)
	defer statusRoom.Put(room)
	data, err := readFileInto(room[:0], procPath(proc, tid, "status"))
	if err != nil {
		return parseStatus(nil), err
	}
	return parseStatus(data), nil
}

func parseStatus(data []byte) status {
	s := status{seccomp: -1}
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(line, []byte(":"))
		s.set(key, bytes.TrimSpace(value))
	}
	return s
}

func (s *status) set(key, value []byte) {
	hex := func() uint64 { n, _ := strconv.ParseUint(string(value), 16, 64); return n }
	dec := func() int { n, _ := strconv.Atoi(string(value)); return n }
	switch string(key) {
	case "Name":
		s.name = string(value)
	case "TracerPid":
		s.tracer = dec()
	case "State":
		if len(value) > 0 {
			s.state = value[0]
		}
	case "Umask":
		n, _ := strconv.ParseUint(string(value), 8, 32)
		s.umask = uint32(n)
	case "Threads":
		s.threads = dec()
	case "Tgid":
		s.tgid = dec()
	case "PPid":
		s.ppid = dec()
	case "Uid":
		copy(s.uid[:], ids(value))
	case "Gid":
		copy(s.gid[:], ids(value))
	case "Groups":
		s.groups = ids(value)
	case "SigPnd", "ShdPnd":
		s.pending |= hex()
	case "SigBlk":
		s.blocked = hex()
	case "SigIgn":
		s.ignored = hex()
	case "CapInh":
		s.capInh = hex()
	case "CapPrm":
		s.capPrm = hex()
	case "CapEff":
		s.capEff = hex()
	case "CapBnd":
		s.capBnd = hex()
	case "CapAmb":
		s.capAmb = hex()
	case "NoNewPrivs":
		s.noNewPrivs = string(value) == "1"
	case "Seccomp_filters":
		s.filters = dec()
	case "Seccomp":
		s.seccomp = dec()
	}
}

func ids(value []byte) []uint32 {
	var list []uint32
	for f := range bytes.FieldsSeq(value) {
		n, err := strconv.ParseUint(string(f), 10, 32)
		if err != nil {
			return list
		}
		list = append(list, uint32(n))
	}
	return list
}

// yamaScope gives Yama's ptrace_scope, -1 where the kernel has no Yama.
func yamaScope(proc string) int {
	data, err := readFile(proc + "/sys/kernel/yama/ptrace_scope")
	if err != nil {
		return -1
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return -1
	}
	return n
}
