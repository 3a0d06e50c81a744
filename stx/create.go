package stx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Create makes a file for a capture. A capture holds what the programs read and
// wrote, passwords too, so the file is always a new one of mode 0600: a regular
// file that is there is removed first, a symbolic link to one is refused. A pipe
// or a device is opened as it is.
func Create(name string) (*os.File, error) {
	fi, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !fi.Mode().IsRegular():
		return openSpecial(name)
	default:
		if err := os.Remove(name); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// openSpecial opens what is no regular file itself, such as /dev/stdout.
func openSpecial(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	fi, err := f.Stat()
	if err == nil && fi.Mode().IsRegular() {
		err = fmt.Errorf("%s is a link to a file: name the file itself", name)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
