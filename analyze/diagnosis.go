package analyze

// Schema is the version of the diagnosis's JSON form.
const Schema = "stracex/diagnosis/1"

// Diagnosis is the answer: why a program failed. Its JSON form is a public
// interface (docs/diagnosis.md): a key that is not known is null or absent.
type Diagnosis struct {
	Schema  string   `json:"schema"`
	Tool    Tool     `json:"tool"`
	Source  Source   `json:"source"`
	Outcome Outcome  `json:"outcome"`
	Message *Message `json:"message"`
	Causes  []Cause  `json:"causes"`
	Trail   []Step   `json:"trail"`
	Notes   []Note   `json:"notes"`
}

// Tool names what made the diagnosis.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Source says what was read. The caller fills Kind, Files, SkippedLines,
// Skipped and Truncated from the parser's counts.
type Source struct {
	Kind         string    `json:"kind"` // "capture", "strace"
	Files        []string  `json:"files"`
	Events       int       `json:"events"`
	SkippedLines int       `json:"skipped_lines"`
	Skipped      []Skipped `json:"skipped,omitempty"` // the first of these lines, at most 20
	Truncated    bool      `json:"truncated"`
}

// Skipped is a line of a log, or a record of a capture, that was not understood.
type Skipped struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"` // from 1; 0 in a capture
	Text string `json:"text"`           // at most 200 bytes
	Why  string `json:"why"`
}

// Outcome is how the traced command ended.
type Outcome struct {
	Status   string   `json:"status"` // "failed", "ok", "hung", "unknown"
	PID      int      `json:"pid,omitempty"`
	Program  string   `json:"program,omitempty"`
	Argv     []string `json:"argv,omitempty"`
	ExitCode *int     `json:"exit_code"`
	Signal   *string  `json:"signal"`
}

// Message is the error message that the walk starts from.
type Message struct {
	Text     string `json:"text"` // whole lines, without the last line end
	Complete bool   `json:"complete"`
	Stream   string `json:"stream"` // stderr, stdout, tty, file, syslog, socket, pipe
	Lost     bool   `json:"-"`      // it went to /dev/null
	PID      int    `json:"pid,omitempty"`
	Program  string `json:"program,omitempty"`
	Event    *Ref   `json:"event,omitempty"`
}

// Cause is one candidate for the cause, with what speaks for it.
type Cause struct {
	Kind       string   `json:"kind"` // syscall, search, signal, hang, data, child
	Confidence float64  `json:"confidence"`
	Syscall    string   `json:"syscall,omitempty"`
	Errno      *string  `json:"errno"`
	Error      string   `json:"error,omitempty"` // the errno's text
	PID        int      `json:"pid,omitempty"`
	Program    string   `json:"program,omitempty"`
	Path       *string  `json:"path"`
	PathGiven  *string  `json:"path_given"`
	Cwd        *string  `json:"cwd"`
	Address    *string  `json:"address"`
	FD         *int     `json:"fd"`
	Signal     *string  `json:"signal"`
	Candidates []string `json:"candidates"`
	Count      int      `json:"count"`
	Event      *Ref     `json:"event,omitempty"`
	// CallsBefore is how many calls of the failing process lie between the
	// cause and the message; -1 when that can't be said.
	CallsBefore int       `json:"calls_before_message"`
	Reasons     []string  `json:"reasons"`
	Points      []Points  `json:"points,omitempty"` // their sum puts the causes in order
	Summary     string    `json:"summary"`          // half a sentence for the first line: "it could not open /etc/foo/config.json: no such file"
	Explanation string    `json:"explanation"`      // why the kernel said no
	Manual      string    `json:"manual,omitempty"` // the man page about the error
	Advice      []string  `json:"advice"`
	Evidence    *Evidence `json:"evidence,omitempty"`
}

// Points are what a rule gave for a cause, or took from it.
type Points struct {
	Rule   string  `json:"rule"`
	Points float64 `json:"points"`
}

// Evidence is what was seen at the time of the failure.
type Evidence struct {
	PathWalk []PathStep `json:"path_walk,omitempty"`
	UID      *uint32    `json:"uid,omitempty"`
	GID      *uint32    `json:"gid,omitempty"`
	Groups   []uint32   `json:"groups,omitempty"`
	Caps     string     `json:"caps,omitempty"` // hexadecimal mask
	FDOrigin string     `json:"fd_origin,omitempty"`
	Findings []string   `json:"findings,omitempty"`
}

// PathStep is one component of the way to a path.
type PathStep struct {
	Path  string  `json:"path"`
	Type  string  `json:"type,omitempty"`
	Mode  string  `json:"mode,omitempty"` // "0755"
	UID   *uint32 `json:"uid,omitempty"`
	GID   *uint32 `json:"gid,omitempty"`
	Link  string  `json:"link,omitempty"`
	Errno string  `json:"errno,omitempty"`
}

// Step is one call on the way from the message to the cause, in the order in
// which a person would read the trace, from the bottom up.
type Step struct {
	Role  string `json:"role"` // message, relay, peer, fd-origin, chdir, fork, exec, child-exit, failing-call
	Event *Ref   `json:"event,omitempty"`
	Text  string `json:"text"`
}

// Ref points to an event.
type Ref struct {
	Index int    `json:"index"`
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
	PID   int    `json:"pid,omitempty"`
	Time  any    `json:"time"`
	Text  string `json:"text"`
}

// Note is a limit of the trace that a better one would lift.
type Note struct {
	Code string `json:"code"`
	Text string `json:"text"`
}
