package carrier

import (
	"bufio"
	"errors"
	"io"
)

// Text gives the text of strace in r, whose carriers are found out from its first
// [HeadSize] bytes: r itself when there are none. An error is one of reading r.
func Text(r *bufio.Reader) (*bufio.Reader, error) {
	r, err := unmark(r)
	if err != nil {
		return nil, err
	}
	head, err := r.Peek(HeadSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	layers := plan(headLines(head, err == nil))
	if len(layers) == 0 {
		return r, nil
	}
	return bufio.NewReaderSize(newUndoer(r, layers), HeadSize), nil
}
