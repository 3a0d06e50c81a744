package parser

import "strings"

// names gives numbers to the names in a block. There are few.
type names struct {
	list  *[]string // of the block
	cache [256]nameNumber
}

// nameNumber is an index of a block's names. The first is "".
type nameNumber uint16

// get gives a name's number, 0 for "", for a long one, or when there are too many.
func (n *names) get(s string) nameNumber {
	if s == "" {
		return 0
	}
	p := &n.cache[uint8(len(s)*7+int(s[0])+int(s[len(s)-1])*31+int(s[len(s)/2])*17)]
	if (*n.list)[*p] == s {
		return *p
	}
	return n.add(s, p)
}

// add is get of a name that is not in its place of the cache.
func (n *names) add(s string, p *nameNumber) nameNumber {
	if len(s) > maxQuick || len(*n.list) > maxQuick {
		return 0
	}
	*n.list = append(*n.list, strings.Clone(s))
	*p = nameNumber(len(*n.list) - 1)
	return *p
}

// begin begins a new list.
func (n *names) begin(list *[]string) {
	*list = append((*list)[:0], "")
	n.list = list
	n.cache = [256]nameNumber{}
}
