package stx

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// describer is a codec that writes the table of fields.
type describer struct {
	place
	table  strings.Builder
	indent string
	list   string // " (values)" for a list's values
	seen   map[int]bool
	clash  []string // fields whose number is another's too, or too high
}

func (d *describer) line(name, typ string) {
	n := d.next()
	if d.list != "" {
		n-- // the list's own column stands for both
	}
	d.row(n, name, typ+d.list)
	d.list = ""
}

func (d *describer) row(n int, name, typ string) {
	if d.seen[n] || n >= maxColumn {
		d.clash = append(d.clash, name)
	}
	d.seen[n] = true
	fmt.Fprintf(&d.table, "//\t%-10s%-12s%s\n", fmt.Sprint(d.indent, n), name, typ)
}

func (d *describer) int(name string, _ int64) int64 { d.line(name, "varint"); return 0 }

func (d *describer) uint(name string, v uint64, base int) uint64 {
	d.line(name, map[int]string{8: "uvarint, octal", 10: "uvarint", 16: "uvarint, hex"}[base])
	return v
}

func (d *describer) step(name string, v uint64, base int) uint64 {
	d.line(name, map[int]string{16: "step, hex"}[base])
	return v
}

func (d *describer) str(name string, _ string) string { d.line(name, "bytes"); return "" }

func (d *describer) bytes(name string, _ []byte) []byte { d.line(name, "bytes"); return nil }

func (d *describer) count(name string, _ int, structs bool) int {
	n := d.next()
	if structs {
		d.row(n, name, "structs of")
	} else {
		d.list = " (values)"
	}
	d.elements(1, structs)
	return 1
}

func (d *describer) open(string)   { d.into(); d.indent = "    " }
func (d *describer) close()        { d.place.out(); d.indent = "  " }
func (d *describer) reading() bool { return true }
func (d *describer) fail(string)   {}

// TestSpecification holds the table of fields in the package comment to the
// code.
func TestSpecification(t *testing.T) {
	d := &describer{}
	for k, kind := range kinds {
		if !Kind(k).known() {
			continue
		}
		fmt.Fprintf(&d.table, "//\n//\t%d %s\n", k, kind.name)
		d.indent = "  "
		d.begin(Kind(k))
		d.seen = map[int]bool{}
		kind.fields(&Record{}, d)
	}
	if len(d.clash) > 0 {
		t.Errorf("no number of their own: %v", d.clash)
	}
	want := strings.TrimPrefix(d.table.String(), "//\n")
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.ReplaceAll(string(doc), "\r\n", "\n"), want) {
		t.Errorf("the fields in doc.go are not those of the code, which are:\n%s", want)
	}
}
