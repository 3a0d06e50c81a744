package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer"
)

// flushEvery is how much of a capture a crash of stracex may lose.
const flushEvery = time.Second

// capture is one recording of a command: the file that it goes to and how the
// command ended.
type capture struct {
	name string // of the file, for references; "" for one without a name
	w    *stx.Writer
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
	w, err := stx.Create(name)
	if err != nil {
		return nil, err
	}
	c := &capture{name: name, w: w}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		if c.read, err = os.Open(name); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return c, nil
}

func newTempCapture() (*capture, error) {
	f, err := os.CreateTemp("", "stracex-*.stx")
	if err != nil {
		return nil, &tempError{err}
	}
	w, err := stx.NewWriter(f)
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		return nil, &tempError{errors.Join(err, f.Close())}
	}
	return &capture{w: w, read: f}, nil
}

// run runs the command to its end. The error says why it was not run.
func (c *capture) run(argv []string, timeout time.Duration) error {
	stop := c.flushRegularly()
	defer stop()
	var err error
	c.result, err = tracer.Run(context.Background(), tracer.Options{
		Argv: argv, Tool: "stracex " + version(), Timeout: timeout, Kill: true, Sink: c.w.Write,
	})
	c.hung = c.result.TimedOut || c.result.Running
	if c.result.PID == 0 {
		return errors.Join(err, c.discard())
	}
	if cerr := c.w.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		c.lost = fmt.Errorf("the capture ends early: %w", err)
		if c.name == "" {
			c.lost = &tempError{c.lost}
		}
	}
	return nil
}

// flushRegularly lets others read along, and keeps what there is from a crash.
func (c *capture) flushRegularly() (stop func()) {
	t := time.NewTicker(flushEvery)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-t.C:
				c.w.Flush() // an error comes again from Write or Close
			case <-done:
				return
			}
		}
	}()
	return func() { t.Stop(); close(done) }
}

// trace gives the finished capture to read.
func (c *capture) trace() (io.Reader, error) {
	_, err := c.read.Seek(0, io.SeekStart)
	return c.read, err
}

// discard removes the file of a command that could not be run.
func (c *capture) discard() error {
	err := c.w.Close()
	if c.name != "" && c.read != nil {
		err = errors.Join(err, os.Remove(c.name))
	}
	return err
}

func (c *capture) close() {
	if c.read != nil {
		c.read.Close()
	}
}

// status is the command's exit status as an error for run, with what went
// wrong afterwards.
func (c *capture) status(err error) error {
	code := c.result.ExitCode
	if c.result.Signal != 0 {
		code = 128 + c.result.Signal
	}
	if code == 0 && err == nil {
		return nil
	}
	return &statusError{code, err}
}
