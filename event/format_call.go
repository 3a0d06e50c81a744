package event

import "strconv"

// entered prints the first half of a call.
func (p *printer) entered(c *Call) {
	p.hex = c.Name == "getrandom"
	p.text(c.Name)
	p.dst = append(p.dst, '(')
	p.list(c.Args(), ", ")
	if p.commaAhead(c.Name, len(c.Args())) {
		p.text(", ")
	}
	p.text(" <unfinished ...>")
}

// commaAhead says whether the comma behind a call's first n arguments stands at
// the end of the first half.
func (p *printer) commaAhead(name string, n int) bool {
	return p.CommaAhead != nil && n > 0 && p.CommaAhead(name, n)
}

// returned prints a whole call, or the second half of one whose first was
// printed at its Entered event.
func (p *printer) returned(c *Call) {
	if c.Partial || c.Entered >= 0 {
		p.text("<... ")
		p.text(c.Name)
		p.text(" resumed>")
	} else {
		p.text(c.Name)
		p.dst = append(p.dst, '(')
	}
	p.hex = c.Name == "getrandom"
	args := c.Args()
	if shown := min(c.Shown(), len(args)); c.Entered >= 0 && shown > 0 {
		if after := args[shown-1].After; after != nil {
			p.text(" => ")
			p.value(after)
		}
		if args = args[shown:]; len(args) > 0 && !p.commaAhead(c.Name, shown) {
			p.text(", ")
		}
	}
	p.list(args, ", ")
	if c.Unfinished && c.Ret.Note == "detached" {
		p.text(" <detached ...>")
		return
	}
	if c.Unfinished {
		p.text(" <unfinished ...>")
	}
	p.text(") ")
	p.pad(p.start + resultColumn)
	p.text("= ")
	p.result(&c.Ret)
	if c.Duration >= 0 && p.Durations > 0 {
		p.text(" <")
		p.number(c.Duration / second)
		p.digits(c.Duration%second, p.Durations)
		p.dst = append(p.dst, '>')
	}
}

func (p *printer) result(r *Result) {
	if r.Known {
		p.styled(r.Value, r.Style)
	} else {
		p.dst = append(p.dst, '?')
	}
	if r.HasDeco && p.Decos {
		p.deco(r.Deco)
	}
	if r.Comment != "" {
		p.comment(r.Comment)
	}
	unavailable := !r.Known && r.Note == "unavailable"
	if unavailable {
		p.text(" <unavailable>")
	}
	if r.Errno != "" {
		p.dst = append(p.dst, ' ')
		p.text(r.Errno)
		p.parenthesis(r.Message)
	}
	if !unavailable {
		p.parenthesis(r.Note)
	}
}

// parenthesis appends " (text)", nothing when there is none.
func (p *printer) parenthesis(s string) {
	if s != "" {
		p.text(" (")
		p.text(s)
		p.dst = append(p.dst, ')')
	}
}

// styled prints a number.
func (p *printer) styled(n int64, s Style) {
	switch s {
	case Hex:
		p.dst = append(p.dst, "0x"...)
		p.dst = strconv.AppendUint(p.dst, uint64(n), 16)
	case Octal: // as strace's mode_t: 0644, 022, 000
		p.dst = append(p.dst, '0')
		if uint64(n) < 0o10 {
			p.dst = append(p.dst, '0')
		}
		p.dst = strconv.AppendUint(p.dst, uint64(n), 8)
	case Unsigned:
		p.dst = strconv.AppendUint(p.dst, uint64(n), 10)
	default:
		p.number(n)
	}
}
