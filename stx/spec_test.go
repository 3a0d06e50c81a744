package stx

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// describer is a codec that writes the table of fields.
type describer struct {
	out    strings.Builder
	indent string
	list   string // "list of " for a list's values
}

func (d *describer) line(name, typ string) {
	typ += d.list
	d.list = ""
	fmt.Fprintf(&d.out, "//\t%s\n", strings.TrimRight(fmt.Sprintf("%s%-*s%s", d.indent, 16-len(d.indent), name, typ), " "))
}

func (d *describer) int(name string, _ int64) int64 { d.line(name, "varint"); return 0 }

func (d *describer) uint(name string, v uint64, base int) uint64 {
	d.line(name, map[int]string{8: "uvarint, octal", 10: "uvarint", 16: "uvarint, hex"}[base])
	return v
}

func (d *describer) str(name string, _ string) string { d.line(name, "bytes"); return "" }

func (d *describer) bytes(name string, _ []byte) []byte { d.line(name, "bytes"); return nil }

func (d *describer) count(_ string, _ int, structs bool) int {
	if !structs {
		d.list = " (values)"
	}
	return 1
}

func (d *describer) open(name string) { d.line(name, "structs of"); d.indent = "    " }
func (d *describer) close()           { d.indent = "  " }
func (d *describer) reading() bool    { return true }
func (d *describer) fail(string)      {}

// TestSpecification holds the table of fields in the package comment to the
// code.
func TestSpecification(t *testing.T) {
	d := &describer{}
	for k, kind := range kinds {
		if !Kind(k).known() {
			continue
		}
		fmt.Fprintf(&d.out, "//\n//\t%d %s\n", k, kind.name)
		d.indent = "  "
		kind.fields(&Record{}, d)
	}
	want := strings.TrimPrefix(d.out.String(), "//\n")
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.ReplaceAll(string(doc), "\r\n", "\n"), want) {
		t.Errorf("the fields in doc.go are not those of the code, which are:\n%s", want)
	}
}
