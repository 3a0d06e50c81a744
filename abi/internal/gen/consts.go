package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// arches are the number spaces in the order of every per-architecture triple.
var arches = [3]string{"amd64", "arm64", "386"}

// archNames are their names in the text files.
var archNames = [3]string{"amd64", "arm64", "i386"}

// consts are named numbers for each architecture.
type consts [3]map[string]uint64

// readConsts reads the constants of x/sys/unix: zerrors, ztypes, zptrace and
// the few that are written by hand.
func readConsts(dir string) (*consts, error) {
	var c consts
	for i, arch := range arches {
		c[i] = map[string]uint64{}
		for _, name := range []string{
			"syscall_linux.go", "zerrors_linux.go", "ztypes_linux.go",
			"zerrors_linux_" + arch + ".go", "ztypes_linux_" + arch + ".go",
		} {
			if err := parseConsts(filepath.Join(dir, name), c[i]); err != nil {
				return nil, err
			}
		}
	}
	return &c, nil
}

// parseConsts adds the integer constants of a Go file to m.
func parseConsts(name string, m map[string]uint64) error {
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if len(v.Names) != 1 || len(v.Values) != 1 {
				continue
			}
			if n, ok := number(v.Values[0], m); ok {
				m[v.Names[0].Name] = n
			}
		}
	}
	return nil
}

// number evaluates a constant expression; a negative one becomes its two's
// complement.
func number(e ast.Expr, known map[string]uint64) (uint64, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		v := constant.MakeFromLiteral(e.Value, e.Kind, 0)
		if e.Kind != token.INT && e.Kind != token.CHAR {
			return 0, false
		}
		return constant.Uint64Val(v)
	case *ast.Ident:
		n, ok := known[e.Name]
		return n, ok
	case *ast.ParenExpr:
		return number(e.X, known)
	case *ast.UnaryExpr:
		n, ok := number(e.X, known)
		switch e.Op {
		case token.SUB:
			return -n, ok
		case token.XOR:
			return ^n, ok
		}
	case *ast.CallExpr: // syscall.Errno(0x1)
		if len(e.Args) == 1 {
			return number(e.Args[0], known)
		}
	case *ast.BinaryExpr:
		x, ok1 := number(e.X, known)
		y, ok2 := number(e.Y, known)
		return binary(e.Op, x, y), ok1 && ok2
	}
	return 0, false
}

func binary(op token.Token, x, y uint64) uint64 {
	switch op {
	case token.OR:
		return x | y
	case token.AND:
		return x & y
	case token.ADD:
		return x + y
	case token.SUB:
		return x - y
	case token.SHL:
		return x << y
	}
	return 0
}

// readUAPI adds the constants of uapi.txt that x/sys has not: "NAME VALUE
// HEADER" lines, the same on every architecture.
func (c *consts) readUAPI(name string) error {
	return eachLine(name, func(line string) error {
		f := strings.Fields(line)
		if len(f) != 3 {
			return fmt.Errorf("want NAME VALUE HEADER")
		}
		v, err := parseValue(f[1])
		if err != nil {
			return err
		}
		for i := range c {
			if _, ok := c[i][f[0]]; !ok {
				c[i][f[0]] = v
			}
		}
		return nil
	})
}

// parseValue reads a number; a negative one becomes its two's complement.
func parseValue(s string) (uint64, error) {
	if strings.HasPrefix(s, "-") {
		n, err := strconv.ParseInt(s, 0, 64)
		return uint64(n), err
	}
	return strconv.ParseUint(s, 0, 64)
}

// matching gives the names of all architectures that begin with prefix, sorted
// by their value, then by name.
func (c *consts) matching(prefix string) []string {
	value := map[string]uint64{}
	for _, m := range c {
		for n, v := range m {
			if _, ok := value[n]; !ok && strings.HasPrefix(n, prefix) {
				value[n] = v
			}
		}
	}
	names := make([]string, 0, len(value))
	for n := range value {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := names[i], names[j]
		if value[a] != value[b] {
			return value[a] < value[b]
		}
		return a < b
	})
	return names
}

// eachLine calls f for every line of a file that is neither empty nor a
// comment, and says where an error was.
func eachLine(name string, f func(line string) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	s := bufio.NewScanner(file)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimRight(s.Text(), " \t")
		if line == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if err := f(line); err != nil {
			return fmt.Errorf("%s:%d: %w", filepath.Base(name), n, err)
		}
	}
	return s.Err()
}
