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
//	body   = record*                      zstd-compressed, unless length = raw
//
// uint32 is little-endian. The line ends in the magic show a copy that was
// taken for text on the way.
//
// A file is only ever appended to, and each block is written whole, so it can
// be read through a pipe and while it is being written. A block stands for
// itself: its body is one zstd frame, with no dictionary and no checksum of its
// own. raw is at most 16 MiB, and at most 256 times length (else the body is
// stored as it is), so that a small file can't make a reader work without end.
// A writer ends a block when it has 64 KiB, and whenever what it has should be
// seen; a record is at most 8 MiB.
//
// What ends in the middle of a block, or has a block that is damaged, is read
// up to the last whole block before; where the checksum is right but a record
// can't be, up to that record. A capture that was ended in order has a finish
// record last; one that has not is truncated.
//
// A reader refuses a version above its own. The version changes only when older
// readers would misunderstand the file; all else grows as said below.
//
// # Record
//
//	record = size kind tid time field*
//	size   = uvarint                      bytes of what follows
//	kind   = uvarint
//	tid    = varint
//	time   = varint                       nanoseconds since 1970, less the time of
//	                                      the record before in the block (else 0)
//
// A reader skips a record whose kind it doesn't know, and counts it.
//
//	uvarint  unsigned LEB128: seven bits a byte, the lowest first; the high bit says that more follow
//	varint   uvarint of (v << 1) ^ (v >> 63)
//	bytes    uvarint n, then n bytes; for strings too, which need not be UTF-8
//	values   uvarint n, then n uvarints, varints or bytes
//	structs  uvarint n, then n times: uvarint size, then fields of as many bytes
//
// A list has at most 1048576 elements. In later versions of the same format
// fields may be added at the end of a record, or of a struct in a list: a reader
// leaves out what is left of it, and takes a field that is past the end as zero.
//
// # Kinds
//
// The fields of each kind, in order (what they mean is said at the Go types).
// Names are those of the text twin.
//
//	1 begin
//	  tool          bytes
//	  engine        bytes
//	  arch          uvarint, hex
//	  kernel        bytes
//	  host          bytes
//	  argv          bytes (values)
//	  cwd           bytes
//	  pid           varint
//	  limit         varint
//
//	2 process
//	  at            bytes
//	  pid           varint
//	  ppid          varint
//	  exe           bytes
//	  argv          bytes (values)
//	  cwd           bytes
//	  root          bytes
//	  uid           uvarint
//	  euid          uvarint
//	  suid          uvarint
//	  fsuid         uvarint
//	  gid           uvarint
//	  egid          uvarint
//	  sgid          uvarint
//	  fsgid         uvarint
//	  group         uvarint (values)
//	  capinh        uvarint, hex
//	  capprm        uvarint, hex
//	  capeff        uvarint, hex
//	  capbnd        uvarint, hex
//	  capamb        uvarint, hex
//	  umask         uvarint, octal
//	  limit         structs of
//	    name        bytes
//	    soft        uvarint
//	    hard        uvarint
//	  fd            structs of
//	    n           varint
//	    target      bytes
//	    flags       uvarint, octal
//	    pos         varint
//	    peer        bytes
//	  nonewprivs    uvarint
//	  seccomp       varint
//	  ns            structs of
//	    type        bytes
//	    id          bytes
//	  security      bytes
//
//	3 start
//	  pid           varint
//	  parent        varint
//	  flags         uvarint, hex
//	  attached      uvarint
//
//	4 enter
//	  arch          uvarint, hex
//	  nr            uvarint
//	  a0            uvarint, hex
//	  a1            uvarint, hex
//	  a2            uvarint, hex
//	  a3            uvarint, hex
//	  a4            uvarint, hex
//	  a5            uvarint, hex
//	  ip            uvarint, hex
//	  sp            uvarint, hex
//	  mem           structs of
//	    addr        uvarint, hex
//	    want        uvarint
//	    data        bytes
//	    errno       varint
//
//	5 exit
//	  ret           varint
//	  error         uvarint
//	  mem           structs of
//	    addr        uvarint, hex
//	    want        uvarint
//	    data        bytes
//	    errno       varint
//
//	6 signal
//	  signo         varint
//	  info          bytes
//
//	7 stop
//	  signo         varint
//	  info          bytes
//
//	8 end
//	  code          varint
//	  signal        varint
//	  core          uvarint
//
//	9 exec
//	  former        varint
//
//	10 evidence
//	  path          bytes
//	  walk          structs of
//	    path        bytes
//	    mode        uvarint, octal
//	    uid         uvarint
//	    gid         uvarint
//	    size        varint
//	    link        bytes
//	    errno       varint
//	  head          bytes
//	  uid           uvarint
//	  gid           uvarint
//	  group         uvarint (values)
//	  caps          uvarint, hex
//	  text          bytes (values)
//
//	11 note
//	  code          bytes
//	  text          bytes
//
//	12 lost
//	  count         uvarint
//
//	13 finish
//	  left          varint (values)
//	  reason        bytes
//
// # Text twin
//
// A record is one line: the kind's name, tid, time and the fields, as name=value
// with a space between. A struct of a list is a line of its own below it, that
// begins with a tab and the list's name. Fields stand in the order above; those
// that are zero are left out; a value of a list is a field of its own. Strings
// and bytes are quoted as in Go, numbers written as the table says. Time is in
// nanoseconds since 1970. Empty lines and lines that begin with # are no records.
//
//	enter tid=12 time=1700000000000000000 arch=0xc000003e nr=257 a0=0xffffff9c a1=0x7ffe10 ip=0x7f10 sp=0x7ffd00
//		mem addr=0x7ffe10 want=9 data="/etc/foo\x00"
//	exit tid=12 time=1700000000000010000 ret=-2 error=1
package stx
