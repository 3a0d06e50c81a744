package parser

import (
	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// fsxattrShape leaves out the number of extents, which is not set but counted.
func fsxattrShape(d *decoder, v event.Value, _ []byte) event.Value {
	if abi.IoctlText(d.args[1]) == "FS_IOC_FSSETXATTR" {
		return pick(v, "fsx_xflags", "fsx_extsize", "fsx_projid", "fsx_cowextsize")
	}
	return v
}

// A struct fiemap has its extents behind it (linux/fiemap.h).
const fiemapSize, fiemapExtent = 32, 56

// fiemapArg writes where a file's parts lie on its device: what was asked for,
// and what the kernel has found.
func fiemapArg(d *decoder, i int, _ *abi.Arg) event.Value {
	given, addr := d.in.exactly(d.args[i], fiemapSize), d.args[i]
	if given == nil {
		return addrValue(addr)
	}
	l := findLayout(d.arch, "fiemap")
	v := pick(d.structure(l, given), "fm_start", "fm_length", "fm_flags", "fm_extent_count")
	if got := d.out.exactly(addr, fiemapSize); got != nil && !d.failed {
		whole := d.structure(l, got)
		after := pick(whole, "fm_flags", "fm_mapped_extents")
		if after.Cut = !d.verbose; d.verbose {
			count := min(word(got[20:24]), word(got[24:28]))
			list := d.arrayAt(d.out, addr+fiemapSize, "fiemap_extent", count, fiemapExtent)
			after.Elems = append(after.Elems, member("fm_extents", list))
		}
		v.After = &after
	}
	return v
}
