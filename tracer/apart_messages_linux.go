package tracer

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// order is what RunApart was asked for, as JSON. What comes from a command line
// need not be UTF-8, so it goes as bytes.
type order struct {
	Argv, Env      [][]byte
	Attach         []int
	Dir            []byte
	Tool           string
	StringLimit    int
	Quiet, Timeout time.Duration
	Kill, Wait     bool
	Calls          *choice.Set `json:",omitempty"`
	NoFilter       bool
	MaxSize        int64
	MaxPeers       int
	User           *User `json:",omitempty"`
	EnvValues      bool
	Paths          [][]byte
}

func newOrder(o *Options) *order {
	env := o.Env
	if env == nil {
		env = os.Environ() // the engine's own is another
	}
	return &order{
		Argv: toBytes(o.Argv), Env: toBytes(env), Attach: o.Attach, Dir: []byte(o.Dir), Tool: o.Tool,
		StringLimit: o.StringLimit, Quiet: o.Quiet, Timeout: o.Timeout,
		Kill: o.Kill, Wait: o.Wait, Calls: o.Calls, NoFilter: o.NoFilter, MaxSize: o.MaxSize, MaxPeers: o.MaxPeers,
		User: o.User, EnvValues: o.EnvValues, Paths: toBytes(o.Paths),
	}
}

func (d *order) options() Options {
	return Options{
		Argv: toStrings(d.Argv), Env: toStrings(d.Env), Attach: d.Attach, Dir: string(d.Dir), Tool: d.Tool,
		StringLimit: d.StringLimit, Quiet: d.Quiet, Timeout: d.Timeout,
		Kill: d.Kill, Wait: d.Wait, Calls: d.Calls, NoFilter: d.NoFilter, MaxSize: d.MaxSize, MaxPeers: d.MaxPeers,
		User: d.User, EnvValues: d.EnvValues, Paths: toStrings(d.Paths),
	}
}

// toBytes and toStrings keep nil apart from empty.
func toBytes(list []string) (out [][]byte) {
	if list == nil {
		return nil
	}
	out = [][]byte{}
	for _, s := range list {
		out = append(out, []byte(s))
	}
	return out
}

func toStrings(list [][]byte) (out []string) {
	if list == nil {
		return nil
	}
	out = []string{}
	for _, b := range list {
		out = append(out, string(b))
	}
	return out
}

// outcome is what RunApart gives, as JSON.
type outcome struct {
	Result      Result
	Interrupted bool
	Limit       bool             // stx.ErrLimit
	NotFound    *NotFoundError   `json:",omitempty"`
	Permission  *PermissionError `json:",omitempty"`
	Attach      *AttachError     `json:",omitempty"`
	Kernel      *KernelError     `json:",omitempty"`
	Errno       unix.Errno       // of Permission, Attach and Kernel
	Message     string           // of another error
}

func newOutcome(ctx context.Context, r Result, err error) *outcome {
	out := &outcome{Result: r}
	if err == nil {
		return out
	}
	_ = errors.As(err, &out.Errno)
	out.Limit = errors.Is(err, stx.ErrLimit)
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		out.Interrupted = true
	case errors.As(err, &out.NotFound), errors.As(err, &out.Permission), errors.As(err, &out.Attach), errors.As(err, &out.Kernel):
		if out.Permission != nil {
			out.Permission.Err = nil // not for JSON; Errno has it
		}
		if out.Attach != nil {
			out.Attach.Err = nil
		}
		if out.Kernel != nil {
			out.Kernel.Err = nil
		}
	default:
		out.Message = err.Error()
	}
	return out
}

func (out *outcome) failure() error {
	switch {
	case out.NotFound != nil:
		return out.NotFound
	case out.Permission != nil:
		out.Permission.Err = out.Errno
		return out.Permission
	case out.Attach != nil:
		out.Attach.Err = out.Errno
		return out.Attach
	case out.Kernel != nil:
		out.Kernel.Err = out.Errno
		return out.Kernel
	case out.Limit:
		return stx.ErrLimit
	case out.Message != "" && out.Errno != 0:
		return &remoteError{out.Message, out.Errno}
	case out.Message != "":
		return errors.New(out.Message)
	}
	return nil
}

// remoteError is an error from the engine's process.
type remoteError struct {
	message string
	errno   unix.Errno
}

func (e *remoteError) Error() string { return e.message }

func (e *remoteError) Unwrap() error { return e.errno }
