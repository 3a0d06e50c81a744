package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// readNumbers gives each architecture's calls by number, from zsysnum.
func readNumbers(dir string) (numbers [3]map[uint64]string, err error) {
	for i, arch := range arches {
		m := map[string]uint64{}
		if err := parseConsts(filepath.Join(dir, "zsysnum_linux_"+arch+".go"), m); err != nil {
			return numbers, err
		}
		numbers[i] = map[uint64]string{}
		for name, n := range m {
			name = strings.ToLower(strings.TrimPrefix(name, "SYS_"))
			if name == "arch_specific_syscall" { // where an architecture's own calls begin
				continue
			}
			if numbers[i][n] != "" {
				return numbers, fmt.Errorf("%s: number %d is there twice", arch, n)
			}
			numbers[i][n] = name
		}
	}
	return numbers, nil
}

// entry is an errno or a signal.
type entry struct {
	n          int
	name, text string
}

// readErrors gives errnos and signals, which are the same on the three
// architectures, from zerrors.
func readErrors(dir string) (errnos, signals []entry, err error) {
	for _, arch := range arches {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "zerrors_linux_"+arch+".go"), nil, 0)
		if err != nil {
			return nil, nil, err
		}
		e, s := entries(f, "errorList"), entries(f, "signalList")
		if errnos != nil && (fmt.Sprint(e) != fmt.Sprint(errnos) || fmt.Sprint(s) != fmt.Sprint(signals)) {
			return nil, nil, fmt.Errorf("%s has other errnos or signals", arch)
		}
		errnos, signals = e, s
	}
	return errnos, signals, nil
}

// entries reads a table {{1, "EPERM", "operation not permitted"}, …}.
func entries(f *ast.File, table string) (list []entry) {
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != table {
			return true
		}
		for _, row := range v.Values[0].(*ast.CompositeLit).Elts {
			var words [3]string
			for i, e := range row.(*ast.CompositeLit).Elts {
				words[i] = e.(*ast.BasicLit).Value
			}
			e := entry{}
			e.n, _ = strconv.Atoi(words[0])
			e.name, _ = strconv.Unquote(words[1])
			e.text, _ = strconv.Unquote(words[2])
			e.text = capital(e.text)
			if e.name == "ENOTSUP" { // the C library's name for it
				e.name = "EOPNOTSUPP"
			}
			list = append(list, e)
		}
		return false
	})
	return list
}

// capital undoes what x/sys does to the C library's texts: it writes their
// first letter small, unless the second is a capital too.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// readIoctls reads ioctls.txt ("NUMBER NAME" lines, in the order of preference
// where several have one number), adds what only x/sys has, and gives one name
// for each number.
func readIoctls(name string, c *consts) ([]named, error) {
	seen := map[uint64]bool{}
	var list []named
	add := func(name string, v uint64) {
		if !seen[v] {
			seen[v] = true
			list = append(list, named{name, v})
		}
	}
	err := eachLine(name, func(line string) error {
		f := strings.Fields(line)
		if len(f) != 2 {
			return fmt.Errorf("want NUMBER NAME")
		}
		v, err := parseValue(f[0])
		add(f[1], v)
		return err
	})
	for _, n := range c.matching("") {
		for _, pattern := range later {
			if ok, _ := path.Match(pattern, n); ok {
				add(n, c[0][n])
			}
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].value < list[j].value })
	return list, err
}
