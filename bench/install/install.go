// Package install builds the stracex that a benchmark measures.
//
// In: a folder. Out: the command in it, built from the tree as README installs it.
package install

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// In builds stracex in dir and gives its path. It must run inside of the module.
func In(dir string) (stracex string, err error) {
	stracex = filepath.Join(dir, "stracex")
	cmd := exec.Command("go", "build", "-o", stracex, "github.com/stracex/stracex/cmd/stracex")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building stracex: %w\n%s", err, out)
	}
	return stracex, nil
}
