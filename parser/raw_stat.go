package parser

import (
	"slices"

	"github.com/stracex/stracex/event"
)

// What files are: stat(2), statx(2).

// statMembers is strace's order of a stat's members; of a device st_rdev stands
// for st_size.
var statMembers = []string{
	"st_dev", "st_ino", "st_mode", "st_nlink", "st_uid", "st_gid", "st_blksize", "st_blocks", "st_size",
	"st_atime", "st_atime_nsec", "st_mtime", "st_mtime_nsec", "st_ctime", "st_ctime_nsec",
}

// statShape writes a stat's members in strace's order; by default only its mode
// and a device's number, of other files the size.
func statShape(d *decoder, v event.Value, b []byte) event.Value {
	size := "st_size"
	if mode := v.Field("st_mode"); mode.Has("S_IFCHR") || mode.Has("S_IFBLK") {
		size = "st_rdev"
	}
	if !d.verbose {
		short := pick(v, "st_mode", size)
		short.Cut = true
		return short
	}
	names := slices.Clone(statMembers)
	names[slices.Index(names, "st_size")] = size
	whole := pick(v, names...)
	for i, e := range whole.Elems[:max(len(whole.Elems)-1, 0)] {
		switch e.Name {
		case "st_atime", "st_mtime", "st_ctime":
			whole.Elems[i].Comment = moment(e.Int, whole.Elems[i+1].Int, 9)
		}
	}
	return whole
}

// statxOptional are members that the kernel fills in only when the mask has
// their flag.
var statxOptional = map[string]string{
	"stx_atime": "STATX_ATIME", "stx_btime": "STATX_BTIME", "stx_ctime": "STATX_CTIME", "stx_mtime": "STATX_MTIME",
	"stx_mnt_id": "STATX_MNT_ID", "stx_dio_mem_align": "STATX_DIOALIGN", "stx_dio_offset_align": "STATX_DIOALIGN",
}

// statxShape leaves out those members that the kernel has not filled in.
func statxShape(d *decoder, v event.Value, b []byte) event.Value {
	if !d.verbose || len(b) < 4 {
		return v
	}
	mask := word(b[:4])
	v.Elems = slices.DeleteFunc(v.Elems, func(e event.Value) bool {
		bit, ok := d.arch.FlagValue("statx", statxOptional[e.Name])
		return ok && mask&bit == 0
	})
	for i, e := range v.Elems {
		if e.Kind == event.Struct && len(e.Elems) == 2 {
			v.Elems[i].Comment = moment(e.Elems[0].Int, e.Elems[1].Int, 9)
		}
	}
	return v
}
