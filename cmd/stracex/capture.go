package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer"
)

// capture is one recording of a command: the file that it goes to and how the
// command ended.
type capture struct {
	name string // of the file, for references; "" for one without a name
	file *os.File
	read *os.File // the file again; nil when it can't be read again

	result tracer.Result
	hung   bool  // it was still running when the capture ended
	lost   error // why the capture ends before the command did
}

// newCapture makes the capture's file, a nameless one when name is "".
func newCapture(name string) (*capture, error) {
	if name == "" {
		return newTempCapture()
	}
	f, err := stx.Create(name)
	if err != nil {
		return nil, err
	}
	c := &capture{name: name, file: f}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		if c.read, err = os.Open(name); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return c, nil
}

func newTempCapture() (*capture, error) {
	f, err := os.CreateTemp("", "stracex-*.stx")
	if err != nil {
		return nil, &tempError{err}
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, &tempError{errors.Join(err, f.Close())}
	}
	return &capture{file: f, read: f}, nil
}

// run runs the command to its end. The error says why it was not run.
func (c *capture) run(o tracer.Options) error {
	o.Tool, o.Kill = "stracex "+version(), true
	var err error
	c.result, err = tracer.RunApart(context.Background(), o, c.file)
	c.hung = c.result.TimedOut || c.result.Running || len(o.Argv) == 0 && len(c.result.Left) > 0
	if !c.result.Begun {
		return errors.Join(err, c.discard())
	}
	if err != nil {
		c.lost = fmt.Errorf("the capture ends early: %w", err)
		if c.name == "" {
			c.lost = &tempError{c.lost}
		}
	}
	return nil
}

// trace gives the finished capture to read.
func (c *capture) trace() (io.Reader, error) {
	_, err := c.read.Seek(0, io.SeekStart)
	return c.read, err
}

// discard removes the file of a command that could not be run.
func (c *capture) discard() error {
	var err error
	if c.name != "" && c.read != nil {
		err = os.Remove(c.name)
	}
	return err
}

func (c *capture) close() {
	c.file.Close()
	if c.read != nil {
		c.read.Close()
	}
}

// succeeded: the command has ended, with status 0.
func (c *capture) succeeded() bool {
	return !c.hung && c.result.ExitCode == 0 && c.result.Signal == 0
}

// status is the command's exit status as an error for run, with what went
// wrong afterwards.
func (c *capture) status(err error) error {
	code := c.result.ExitCode
	switch {
	case c.result.Signal != 0:
		code = 128 + c.result.Signal
	case c.result.Running && c.result.TimedOut: // not even SIGKILL has ended it, yet
		code = 128 + int(syscall.SIGKILL)
	}
	if code == 0 && err == nil {
		return nil
	}
	return &statusError{code, err}
}
