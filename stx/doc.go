// Package stx is the raw capture file: what a traced program asked of the
// kernel, as the tracer saw it, not decoded. In: records ([Record]) of the
// tracer, written by [Writer]. Out: the same records, read by [Reader] on any
// machine. [WriteText] and [ParseText] are its text twin, for fixtures.
//
// Start reading at [Record], then [Reader.Read]. This comment is the format's
// specification.
//
// # File
//
//	file   = header block*
//	header = magic version
//	magic  = 89 53 54 58 0d 0a 1a 0a      "\x89STX\r\n\x1a\n"
//	version = uint32                      1
//	block  = length raw checksum body
//	length = uint32                       bytes of body, at least 1
//	raw    = uint32                       bytes of body when decompressed
//	checksum = uint32                     CRC-32C of length, raw and body
//	body   = column*                      zstd-compressed, unless length = raw
//
// uint32 is little-endian. The line ends in the magic show a copy that was
// taken for text on the way.
//
// A file is only ever appended to, and each block is written whole, so it can
// be read through a pipe and while it is being written. A block stands for
// itself: its body is one zstd frame, with no dictionary and no checksum of its
// own. raw is at most 16 MiB, and at most 256 times length (else the body is
// stored as it is), so that a small file can't make a reader work without end.
// A writer ends a block when it has 256 KiB, the first ones earlier, and whenever
// what it has should be seen; a record is at most 8 MiB.
//
// What ends in the middle of a block, or has a block that is damaged, is read
// up to the last whole block before; where the checksum is right but a record
// can't be, up to that record. A capture that was ended in order has a finish
// record last; one that has not is truncated.
//
// A reader refuses a version above its own. The version changes only when older
// readers would misunderstand the file; all else grows as said below.
//
// # Columns
//
// A block holds its records by columns: all values of one field stand together,
// in the order of the records. So like is near like, and zstd makes half as much
// of it.
//
//	column = kind number size value*
//	kind   = uvarint                      0 for what every record has
//	number = uvarint                      of the field, see the table
//	size   = uvarint                      bytes of the values
//
//	uvarint  unsigned LEB128: seven bits a byte, the lowest first; the high bit says that more follow
//	varint   uvarint of (v << 1) ^ (v >> 63)
//	step     varint: the difference to the value before in the column (at first to 0), modulo 1<<64
//	bytes    uvarint n, then n bytes; for strings too, which need not be UTF-8
//	values   uvarint n; n uvarints, varints or bytes are in the column of the next number
//	structs  uvarint n; the fields of n structs are in the columns of the next numbers
//
// A list has at most 1048576 elements; a struct has no lists.
//
// Every block has the columns of kind 0, one value for each record:
//
//	0         kind        uvarint
//	16        tid         varint
//	32        time        step: microseconds since 1970
//
// A reader skips a record whose kind it doesn't know, and counts it. In later
// versions of the same format there may be columns of other numbers: a reader
// leaves them out, and takes a field whose column is not in the block as zero.
// Of a list that has elements, the column of the next number is always there.
//
// # Kinds
//
// The fields of each kind, with their numbers (what they mean is said at the Go
// types). Names are those of the text twin.
//
//	1 begin
//	  0       tool        bytes
//	  16      engine      bytes
//	  32      arch        uvarint, hex
//	  48      kernel      bytes
//	  64      host        bytes
//	  80      argv        bytes (values)
//	  96      cwd         bytes
//	  112     pid         varint
//	  128     limit       varint
//
//	2 process
//	  0       at          bytes
//	  16      pid         varint
//	  32      ppid        varint
//	  48      exe         bytes
//	  64      argv        bytes (values)
//	  80      cwd         bytes
//	  96      root        bytes
//	  112     uid         uvarint
//	  128     euid        uvarint
//	  144     suid        uvarint
//	  160     fsuid       uvarint
//	  176     gid         uvarint
//	  192     egid        uvarint
//	  208     sgid        uvarint
//	  224     fsgid       uvarint
//	  240     group       uvarint (values)
//	  256     capinh      uvarint, hex
//	  272     capprm      uvarint, hex
//	  288     capeff      uvarint, hex
//	  304     capbnd      uvarint, hex
//	  320     capamb      uvarint, hex
//	  336     umask       uvarint, octal
//	  352     limit       structs of
//	    353   name        bytes
//	    354   soft        uvarint
//	    355   hard        uvarint
//	  368     fd          structs of
//	    369   n           varint
//	    370   target      bytes
//	    371   flags       uvarint, octal
//	    372   pos         varint
//	    373   peer        bytes
//	  384     nonewprivs  uvarint
//	  400     seccomp     varint
//	  416     ns          structs of
//	    417   type        bytes
//	    418   id          bytes
//	  432     security    bytes
//
//	3 start
//	  0       pid         varint
//	  16      parent      varint
//	  32      flags       uvarint, hex
//	  48      attached    uvarint
//
//	4 enter
//	  0       arch        uvarint, hex
//	  16      nr          uvarint
//	  32      a0          uvarint, hex
//	  48      a1          uvarint, hex
//	  64      a2          uvarint, hex
//	  80      a3          uvarint, hex
//	  96      a4          uvarint, hex
//	  112     a5          uvarint, hex
//	  128     ip          step, hex
//	  144     sp          step, hex
//	  160     mem         structs of
//	    161   addr        step, hex
//	    162   want        uvarint
//	    163   data        bytes
//	    164   errno       varint
//	  176     noexit      uvarint
//
//	5 exit
//	  0       ret         varint
//	  16      error       uvarint
//	  32      mem         structs of
//	    33    addr        step, hex
//	    34    want        uvarint
//	    35    data        bytes
//	    36    errno       varint
//
//	6 signal
//	  0       signo       varint
//	  16      info        bytes
//
//	7 stop
//	  0       signo       varint
//	  16      info        bytes
//
//	8 end
//	  0       code        varint
//	  16      signal      varint
//	  32      core        uvarint
//
//	9 exec
//	  0       former      varint
//
//	10 evidence
//	  0       path        bytes
//	  16      walk        structs of
//	    17    path        bytes
//	    18    mode        uvarint, octal
//	    19    uid         uvarint
//	    20    gid         uvarint
//	    21    size        varint
//	    22    link        bytes
//	    23    errno       varint
//	  32      head        bytes
//	  48      uid         uvarint
//	  64      gid         uvarint
//	  80      group       uvarint (values)
//	  96      caps        uvarint, hex
//	  112     text        bytes (values)
//
//	11 note
//	  0       code        bytes
//	  16      text        bytes
//
//	12 lost
//	  0       count       uvarint
//
//	13 finish
//	  0       left        varint (values)
//	  16      reason      bytes
//
// # Text twin
//
// A record is one line: the kind's name, tid, time and the fields, as name=value
// with a space between. A struct of a list is a line of its own below it, that
// begins with a tab and the list's name. Fields stand in the order above; those
// that are zero are left out; a value of a list is a field of its own. Strings
// and bytes are quoted as in Go, numbers written as the table says. Time is in
// nanoseconds since 1970, of which a capture keeps the microseconds. Empty lines
// and lines that begin with # are no records.
//
//	enter tid=12 time=1700000000000000000 arch=0xc000003e nr=257 a0=0xffffff9c a1=0x7ffe10 ip=0x7f10 sp=0x7ffd00
//		mem addr=0x7ffe10 want=9 data="/etc/foo\x00"
//	exit tid=12 time=1700000000000010000 ret=-2 error=1
package stx
