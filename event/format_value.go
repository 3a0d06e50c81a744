package event

import (
	"fmt"
	"strings"
)

// AppendValue appends a value in strace's syntax, without its name.
func AppendValue(dst []byte, v Value, f Format) []byte {
	p := printer{Format: f, dst: dst, start: len(dst)}
	p.value(&v)
	return p.dst
}

// list prints values with a separator between them.
func (p *printer) list(elems []Value, separator string) {
	for i := range elems {
		if i > 0 {
			p.dst = append(p.dst, separator...)
		}
		if name := elems[i].Name; name != "" {
			p.text(name)
			p.dst = append(p.dst, '=')
		}
		p.value(&elems[i])
	}
}

// bracketed prints {a, b, ...}.
func (p *printer) bracketed(left, right byte, v *Value, separator string) {
	p.dst = append(p.dst, left)
	p.list(v.Elems, separator)
	if v.Cut {
		if len(v.Elems) > 0 {
			p.dst = append(p.dst, separator...)
		}
		p.dst = append(p.dst, "..."...)
	}
	p.dst = append(p.dst, right)
}

func (p *printer) value(v *Value) {
	comment := v.Comment
	switch v.Kind {
	case None:
		if comment != "" {
			p.text("/* " + comment + " */")
			comment = ""
		}
	case Int:
		if v.Name == "nl_groups" && v.Int == 0 {
			p.text("00000000") // as C writes %#08x
		} else {
			p.styled(v.Int, v.Style)
		}
	case Addr:
		switch {
		case v.Int == 0:
			p.dst = append(p.dst, "NULL"...)
		case v.Name == "nl_groups":
			p.dst = fmt.Appendf(p.dst, "0x%06x", uint64(v.Int))
		default:
			p.styled(v.Int, Hex)
		}
	case String:
		p.quoted(v)
	case Symbol, Raw:
		p.text(v.Str)
	case Struct:
		p.bracketed('{', '}', v, ", ")
	case Array:
		if len(v.Elems) == 0 && comment != "" && !v.Cut {
			p.text("[/* " + comment + " */]")
			comment = ""
		} else {
			p.bracketed('[', ']', v, ", ")
		}
	case Set:
		if v.Neg {
			p.dst = append(p.dst, '~')
		}
		p.bracketed('[', ']', v, " ")
	case Func:
		p.text(v.Str)
		p.dst = append(p.dst, '(')
		p.list(v.Elems, ", ")
		p.dst = append(p.dst, ')')
	}
	if v.HasDeco && p.Decos {
		p.deco(v.Deco)
	}
	if comment != "" {
		p.comment(comment)
	}
	if v.After != nil {
		p.text(" => ")
		p.value(v.After)
	}
}

func (p *printer) comment(s string) {
	p.text(" /* ")
	p.text(s)
	p.text(" */")
}

func (p *printer) quoted(v *Value) {
	s := v.Str
	if v.Name == "sun_path" && strings.HasPrefix(s, "\x00") {
		p.dst = append(p.dst, '@')
		s = s[1:]
	}
	if p.hex || v.Name == "extra_data" { // as strace writes what it doesn't know
		p.dst = appendHexString(p.dst, s)
	} else {
		p.dst = appendString(p.dst, s)
	}
	if v.Cut {
		p.dst = append(p.dst, "..."...)
	}
}

// deco prints what a descriptor points to: </etc/passwd>, </tmp/x>(deleted),
// </dev/null<char 1:3>>, <TCP:[…]>.
func (p *printer) deco(s string) {
	s, deleted := strings.CutSuffix(s, " (deleted)")
	p.dst = append(p.dst, '<')
	if DecoEscaped(s) {
		path, device := cutDevice(s)
		p.dst = appendEscaped(p.dst, path, "<>")
		p.dst = append(p.dst, device...)
	} else {
		p.text(s)
	}
	p.dst = append(p.dst, '>')
	if deleted {
		p.dst = append(p.dst, "(deleted)"...)
	}
}

// DecoEscaped says whether what a descriptor points to is written with a
// string's escapes: paths and names are, "TCP:[…]", "pid:12<sh>" and
// "{eventfd-count=…}" are not.
func DecoEscaped(s string) bool {
	return strings.HasPrefix(s, "/") ||
		!strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "pid:") && !strings.Contains(s, ":[")
}

// cutDevice separates "/dev/null<char 1:3>" at its bracket.
func cutDevice(s string) (path, device string) {
	i := strings.LastIndexByte(s, '<')
	if i < 0 || !strings.HasSuffix(s, ">") {
		return s, ""
	}
	numbers, isChar := strings.CutPrefix(s[i:], "<char ")
	if !isChar {
		var isBlock bool
		if numbers, isBlock = strings.CutPrefix(s[i:], "<block "); !isBlock {
			return s, ""
		}
	}
	if strings.Trim(numbers[:len(numbers)-1], "0123456789:") != "" {
		return s, ""
	}
	return s[:i], s[i:]
}
