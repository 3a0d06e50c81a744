// Package tracer is the ptrace engine: it runs a command, or attaches to processes,
// and records what they ask of the kernel. It decodes nothing.
//
// In: [Options], the command and where its records go. Out: stx records, in
// order, given to Options.Sink; and a [Result], how the command ended. The
// command itself is not disturbed: same output, same exit status, same signals
// and job control as without a tracer.
//
// The order of a capture: Begin, Start and Process (the command, just before
// its first execve), then the Enter of that execve, which is in the capture
// even when it fails. Each thread's Start comes before its other records. A
// successful execve gives Exec, the call's Exit, and a Process snapshot. A
// failed call gives its Exit and, where a path or an address could be the
// reason, Evidence: what the engine saw from the tracee's place just then.
//
// The command gets what the tracer itself was given, untouched: environment,
// working directory, umask, limits, descriptors, process group, terminal. Go's
// runtime takes some things from the tracer before it can look, and these the
// command doesn't get: that a signal other than SIGHUP, SIGINT and the stop
// signals was ignored; that a signal which the runtime needs (SIGSEGV, SIGCHLD,
// SIGPROF …) was blocked; that descriptor 0, 1 or 2 was closed (it is /dev/null
// then); a second value of a variable that is in the environment twice. And as
// with any tracer: set-user-ID programs run without their privilege unless the
// tracer has CAP_SYS_PTRACE (a Note says so), a program can't trace itself or
// its children, and its parent process is the tracer.
//
// Start reading at [Run] and engine.loop (engine_linux.go), where each stop of
// a tracee is turned into records. The other files:
//
//	apart_linux.go      the engine in a process of its own, which may stay with a
//	                    daemon (keep_linux.go); apart_messages_linux.go: what is said
//	                    between the two
//	start_linux.go      how a capture begins; stage_linux.go: the command's side of
//	                    it, before its execve
//	user_linux.go       the command as another user
//	attach_linux.go     attaching to processes that run already; named_linux.go finds
//	                    them by their name
//	peers_linux.go      attaching to whom tracees connect to; behind_linux.go finds
//	                    them, sockets_linux.go and diag_linux.go read what the kernel
//	                    says of sockets, socket_linux.go asks one of them,
//	                    ends_linux.go meets FIFOs and tells both ends, pools_linux.go
//	                    connections that are open already, queues_linux.go message
//	                    queues; listening_linux.go names peers for a report
//	broken_linux.go     calls that attaching or letting go has broken off
//	blocked_linux.go    the calls that threads are in at the end; waits_linux.go,
//	                    locks_linux.go and futex_linux.go say who holds what they wait for
//	kernel_log_linux.go what the kernel says meanwhile; audit_log_linux.go what
//	                    auditd does
//	wait_linux.go       waiting for tracees, and what Go's runtime has to do with it
//	processor_linux.go  where the engine's thread runs
//	program_linux.go    which file a command name means (PATH)
//	stops_linux.go      what each kind of ptrace-stop means; births_linux.go: the
//	                    first one of a new thread
//	ending_linux.go     quiet, timeout, letting processes go
//	signals_linux.go    signals sent to the tracer itself
//	wake_linux.go       how others get the engine out of wait4
//	ptrace_linux.go     ptrace requests that x/sys has no name for
//	memory_linux.go     reading a tracee's memory
//	paths_linux.go      which calls access a path
//	plan*.go            which memory a call points to, by abi's table; of an
//	                    environment the names only (plan_environ_linux.go)
//	snapshot_linux.go   stx.Process (status_linux.go: /proc/PID/status)
//	evidence_linux.go   stx.Evidence; walk_linux.go goes over a path,
//	                    searched_linux.go remembers where it has gone,
//	                    variables_linux.go knows who has set the path,
//	                    credentials_linux.go knows with whose rights,
//	                    inspect_linux.go looks at a program that could not be
//	                    executed, address_linux.go finds who holds an address
//	notes_linux.go      what the capture can't tell of a process
//	doctor*.go          whether capturing works here, for stracex doctor
//
// Run is all that callers know of the engine: Options start it, the Sink is its
// stream, the context stops it. Another engine is another function like it.
//
// Works on Linux on amd64 and arm64 (one source: the kernel's interfaces used
// here are the same on both); elsewhere Run gives [ErrUnsupported].
package tracer
