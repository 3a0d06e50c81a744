package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// set is a set of flags.txt for the three architectures.
type set struct {
	name    string
	enum    bool
	unknown string   // "O_???", "" when nothing is said of unknown values
	words   []string // attributes
	of      [3]setValues
}

// attributes are the words that can stand behind a set's name; abi.set has a
// field for each.
var attributes = map[string]bool{"long": true, "octal": true, "decimal": true, "numbered": true}

// setValues is a set's content on one architecture.
type setValues struct {
	fields []field
	bits   []named
}

// field is a part of the bits that holds one of several values.
type field struct {
	after  int // single values before it
	mask   uint64
	shift  int    // for a number: how far its lowest bit is up
	suffix string // for a number: what is written behind it, "<<MAP_HUGE_SHIFT"
	values []named
}

type named struct {
	name  string
	value uint64
}

// sets are the sets by name.
type sets map[string]*set

// names is the sorted list of names.
func (s sets) names() []string {
	var names []string
	for n := range s {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// readSets reads flags.txt; its head says how it is written.
func readSets(name string, c *consts) (sets, error) {
	all := sets{}
	var cur *set
	err := eachLine(name, func(line string) error {
		if line[0] == '\t' {
			if cur == nil {
				return fmt.Errorf("constants before the first set")
			}
			return cur.add(strings.Fields(line), c)
		}
		var err error
		if cur, err = newSet(strings.Fields(line)); err != nil {
			return err
		}
		if all[cur.name] != nil {
			return fmt.Errorf("set %s is there twice", cur.name)
		}
		all[cur.name] = cur
		return nil
	})
	return all, err
}

// newSet reads a set's first line: "flags NAME [PREFIX_???] [long] …".
func newSet(words []string) (*set, error) {
	if len(words) < 2 || words[0] != "flags" && words[0] != "enum" {
		return nil, fmt.Errorf("want: flags|enum NAME [PREFIX_???] [attribute …]")
	}
	s := &set{name: words[1], enum: words[0] == "enum"}
	for _, w := range words[2:] {
		switch {
		case attributes[w]:
			s.words = append(s.words, w)
		case strings.Contains(w, "?"):
			s.unknown = w
		default:
			return nil, fmt.Errorf("unknown word %q", w)
		}
	}
	return s, nil
}

// add reads a line of constants, or of a field: "MASK: VALUE …".
func (s *set) add(words []string, c *consts) error {
	mask, isField := strings.CutSuffix(words[0], ":")
	if isField {
		words = words[1:]
	}
	found, err := s.resolve(words, c)
	if err != nil {
		return err
	}
	for i := range arches {
		v := &s.of[i]
		if !isField {
			v.bits = appendNew(v.bits, found[i], s.enum)
			continue
		}
		m, ok, err := c.value(mask, i)
		if err != nil || !ok {
			return fmt.Errorf("mask %s: not found", mask)
		}
		v.addField(newField(s.width(m), words, found[i]))
	}
	return nil
}

// addField adds a field, or the values of another line to the field before it.
func (v *setValues) addField(f field) {
	if n := len(v.fields); n > 0 && v.fields[n-1].mask == f.mask {
		last := &v.fields[n-1]
		last.values = appendNew(last.values, f.values, true)
		return
	}
	f.after = len(v.bits)
	v.fields = append(v.fields, f)
}

// newField makes a field of named values, or of a number when the only word
// is its suffix ("<<MAP_HUGE_SHIFT").
func newField(mask uint64, words []string, values []named) field {
	if len(words) == 1 && strings.HasPrefix(words[0], "<<") {
		shift := 0
		for mask>>shift&1 == 0 {
			shift++
		}
		return field{mask: mask, shift: shift, suffix: words[0]}
	}
	return field{mask: mask, values: appendNew(nil, values, true)}
}

// appendNew appends what is not there yet: by name, and where unique, by value.
func appendNew(list, more []named, unique bool) []named {
	for _, m := range more {
		old := false
		for _, l := range list {
			old = old || l.name == m.name || unique && l.value == m.value
		}
		if !old {
			list = append(list, m)
		}
	}
	return list
}

// resolve finds the values of constants and patterns on each architecture.
func (s *set) resolve(words []string, c *consts) (found [3][]named, err error) {
	not := map[string]bool{}
	var names []string
	for _, w := range words {
		switch {
		case strings.HasPrefix(w, "<<"):
		case strings.HasPrefix(w, "!"):
			not[w[1:]] = true
		case strings.HasSuffix(w, "*"):
			m := c.matching(strings.TrimSuffix(w, "*"))
			if len(m) == 0 {
				return found, fmt.Errorf("%s: nothing found", w)
			}
			names = append(names, m...)
		default:
			names = append(names, w)
		}
	}
	for _, n := range names {
		if excluded(n, not) {
			continue
		}
		some := false
		for i := range arches {
			v, ok, err := c.value(n, i)
			if err != nil {
				return found, err
			}
			if ok {
				some = true
				name, _, _ := strings.Cut(n, "=")
				found[i] = append(found[i], named{name, s.width(v)})
			}
		}
		if !some {
			return found, fmt.Errorf("%s: not found", n)
		}
	}
	return found, nil
}

// excluded says whether a name is under "!NAME" or "!PREFIX*".
func excluded(name string, not map[string]bool) bool {
	if not[name] {
		return true
	}
	for n := range not {
		if p, ok := strings.CutSuffix(n, "*"); ok && strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// width cuts a value to the set's width.
func (s *set) width(v uint64) uint64 {
	if slices.Contains(s.words, "long") {
		return v
	}
	return v & 0xffffffff
}

// value gives a constant on one architecture: a number, NAME, NAME=VALUE or
// NAME=AMD64/ARM64/I386, where "-" says that it isn't there.
func (c *consts) value(word string, arch int) (v uint64, ok bool, err error) {
	name, text, given := strings.Cut(word, "=")
	if !given {
		if v, err := parseValue(name); err == nil {
			return v, true, nil
		}
		v, ok = c[arch][name]
		return v, ok, nil
	}
	if three := strings.Split(text, "/"); len(three) == 3 {
		text = three[arch]
	}
	if text == "-" {
		return 0, false, nil
	}
	v, err = parseValue(text)
	return v, err == nil, err
}

// has says whether a constant is in the set, on any architecture.
func (s *set) has(constant string) bool {
	for _, of := range s.of {
		for _, f := range append(of.fields, field{values: of.bits}) {
			for _, v := range f.values {
				if v.name == constant {
					return true
				}
			}
		}
	}
	return false
}
