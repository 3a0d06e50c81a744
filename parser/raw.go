package parser

import (
	"errors"
	"io"
)

// newRaw reads a capture.
func newRaw(_ io.Reader, _ string) (Reader, error) {
	return nil, errors.New("captures cannot be read yet")
}
