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
	if s == "" || len(s) > maxQuick {
		return 0
	}
	h := uint(len(s))*7 + uint(s[0]) + uint(s[len(s)-1])*31 + uint(s[len(s)/2])*17
	p := &n.cache[h%uint(len(n.cache))]
	if (*n.list)[*p] == s {
		return *p
	}
	if len(*n.list) > maxQuick {
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
