package parser

import (
	"fmt"
	"time"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// layoutText are the structs that are written member by member, one a line:
//
//	NAME[@arch] [packed] [-]MEMBER:TYPE …
//
// "-" stands before a member that is written only with -v, "_" is one that
// is never written. TYPE is
//
//	i4 u4 x4 o4        a number of so many bytes: signed, unsigned, hexadecimal, octal
//	long ulong xlong   likewise, of a word
//	ptr dev8 sig       a pointer, a device number, a signal
//	flags4/SET enum4/SET   constants
//	struct/NAME        another struct
//	text*N bytes*N     a string up to its NUL; N bytes
//	name*N             a string of less than N bytes
//	sockaddr*N hwaddr*N    a socket address; one of a network device
//	TYPE*N             an array
//
// Sources: the kernel's UAPI headers.
const layoutText = `
timespec    tv_sec:long tv_nsec:long
timespec64  tv_sec:i8 tv_nsec:i8
timeval     tv_sec:long tv_usec:long
timezone    tz_minuteswest:i4 tz_dsttime:i4
itimerspec  it_interval:struct/timespec it_value:struct/timespec
itimerspec64 it_interval:struct/timespec64 it_value:struct/timespec64
itimerval   it_interval:struct/timeval it_value:struct/timeval
timex       modes:flags4/adjtimex offset:long freq:long maxerror:long esterror:long status:flags4/timex_status constant:long precision:long tolerance:long time:struct/timeval tick:long ppsfreq:long jitter:long shift:i4 stabil:long jitcnt:long calcnt:long errcnt:long stbcnt:long tai:i4
tms         tms_utime:long tms_stime:long tms_cutime:long tms_cstime:long
utimbuf     actime:long modtime:long

stat        -st_dev:dev8 -st_ino:u8 -st_nlink:u8 st_mode:flags4/file_mode -st_uid:u4 -st_gid:u4 _:u4 st_rdev:dev8 st_size:i8 -st_blksize:i8 -st_blocks:i8 -st_atime:i8 -st_atime_nsec:u8 -st_mtime:i8 -st_mtime_nsec:u8 -st_ctime:i8 -st_ctime_nsec:u8
stat@arm64  -st_dev:dev8 -st_ino:u8 st_mode:flags4/file_mode -st_nlink:u4 -st_uid:u4 -st_gid:u4 st_rdev:dev8 _:u8 st_size:i8 -st_blksize:i4 _:i4 -st_blocks:i8 -st_atime:i8 -st_atime_nsec:u8 -st_mtime:i8 -st_mtime_nsec:u8 -st_ctime:i8 -st_ctime_nsec:u8
stat@i386   -st_dev:dev4 -st_ino:u4 st_mode:flags2/file_mode -st_nlink:u2 -st_uid:u2 -st_gid:u2 st_rdev:dev4 st_size:u4 -st_blksize:u4 -st_blocks:u4 -st_atime:i4 -st_atime_nsec:u4 -st_mtime:i4 -st_mtime_nsec:u4 -st_ctime:i4 -st_ctime_nsec:u4
stat64      -st_dev:dev8 _:bytes*4 _:u4 st_mode:flags4/file_mode -st_nlink:u4 -st_uid:u4 -st_gid:u4 st_rdev:dev8 _:bytes*4 st_size:i8 -st_blksize:u4 -st_blocks:u8 -st_atime:i4 -st_atime_nsec:u4 -st_mtime:i4 -st_mtime_nsec:u4 -st_ctime:i4 -st_ctime_nsec:u4 -st_ino:u8
statx       stx_mask:flags4/statx -stx_blksize:u4 stx_attributes:flags8/statx_attr -stx_nlink:u4 -stx_uid:u4 -stx_gid:u4 stx_mode:flags2/file_mode _:u2 -stx_ino:u8 stx_size:u8 -stx_blocks:u8 -stx_attributes_mask:flags8/statx_attr -stx_atime:struct/statx_timestamp -stx_btime:struct/statx_timestamp -stx_ctime:struct/statx_timestamp -stx_mtime:struct/statx_timestamp -stx_rdev_major:u4 -stx_rdev_minor:u4 -stx_dev_major:u4 -stx_dev_minor:u4 -stx_mnt_id:x8 -stx_dio_mem_align:u4 -stx_dio_offset_align:u4
statx_timestamp tv_sec:i8 tv_nsec:u4 _:i4
statfs      f_type:enum/fs_magic f_bsize:ulong f_blocks:ulong f_bfree:ulong f_bavail:ulong f_files:ulong f_ffree:ulong f_fsid:struct/fsid f_namelen:ulong f_frsize:ulong f_flags:flags/fs_flags
statfs64    packed f_type:enum/fs_magic f_bsize:ulong f_blocks:u8 f_bfree:u8 f_bavail:u8 f_files:u8 f_ffree:u8 f_fsid:struct/fsid f_namelen:ulong f_frsize:ulong f_flags:flags/fs_flags
fsid        val:x4*2
ustat       f_tfree:i4 f_tinode:ulong
open_how    flags:flags8/open mode:o8 resolve:flags8/resolve
flock       l_type:enum2/lock l_whence:enum2/whence l_start:long l_len:long l_pid:i4
flock64     l_type:enum2/lock l_whence:enum2/whence l_start:i8 l_len:i8 l_pid:i4
f_owner_ex  type:enum4/f_owner pid:i4
file_clone_range src_fd:i8 src_offset:u8 src_length:u8 dest_offset:u8
mount_attr  attr_set:flags8/mount_attr attr_clr:flags8/mount_attr propagation:flags8/mount userns_fd:u8

rlimit      rlim_cur:ulong rlim_max:ulong
rlimit64    rlim_cur:u8 rlim_max:u8
rusage      ru_utime:struct/timeval ru_stime:struct/timeval -ru_maxrss:ulong -ru_ixrss:ulong -ru_idrss:ulong -ru_isrss:ulong -ru_minflt:ulong -ru_majflt:ulong -ru_nswap:ulong -ru_inblock:ulong -ru_oublock:ulong -ru_msgsnd:ulong -ru_msgrcv:ulong -ru_nsignals:ulong -ru_nvcsw:ulong -ru_nivcsw:ulong
sysinfo     uptime:long loads:ulong*3 totalram:ulong freeram:ulong sharedram:ulong bufferram:ulong totalswap:ulong freeswap:ulong procs:u2 totalhigh:ulong freehigh:ulong mem_unit:u4
utsname     sysname:text*65 nodename:text*65 -release:text*65 -version:text*65 -machine:text*65 -domainname:text*65
ucred       pid:i4 uid:u4 gid:u4
sched_attr  size:u4 sched_policy:flags4/sched sched_flags:flags8/sched_attr sched_nice:i4 sched_priority:u4 sched_runtime:u8 sched_deadline:u8 sched_period:u8 sched_util_min:u4 sched_util_max:u4
cap_header  version:enum4/cap_version pid:i4
mq_attr     mq_flags:xlong mq_maxmsg:long mq_msgsize:long mq_curmsgs:long
sembuf      sem_num:u2 sem_op:i2 sem_flg:flags2/sembuf
futex_waitv val:x8 uaddr:x8 flags:x4
stack_t     ss_sp:ptr ss_flags:flags4/sigaltstack ss_size:ulong
robust_list_head next:ptr futex_offset:long pending:ptr

epoll_event        events:flags4/epoll_event data:u8
epoll_event@amd64  packed events:flags4/epoll_event data:u8
linger      l_onoff:i4 l_linger:i4
sock_fprog  len:u2 filter:ptr
in6_pktinfo ipi6_addr:bytes*16 ipi6_ifindex:u4

ifmap       mem_start:xlong mem_end:xlong base_addr:x2 irq:x1 dma:x1 port:x1
ifconf      ifc_len:i4 ifc_buf:ptr
ifconf_entry ifr_name:name*16 ifr_addr:sockaddr*16

fsxattr     fsx_xflags:flags4/fs_xflag fsx_extsize:u4 fsx_nextents:u4 fsx_projid:x4 fsx_cowextsize:u4
fiemap      fm_start:u8 fm_length:u8 fm_flags:flags4/fiemap fm_mapped_extents:u4 fm_extent_count:u4
fiemap_extent fe_logical:u8 fe_physical:u8 fe_length:u8 _:u8*2 fe_flags:flags4/fiemap_extent _:u4*3

ifinfomsg   ifi_family:enum1/domain _:u1 ifi_type:enum2/arphrd ifi_index:i4 ifi_flags:flags4/ifreq_flags ifi_change:x4
ifaddrmsg   ifa_family:enum1/domain ifa_prefixlen:u1 ifa_flags:flags1/ifa_flag ifa_scope:enum1/rt_scope ifa_index:u4
ifa_cacheinfo ifa_prefered:u4 ifa_valid:u4 cstamp:u4 tstamp:u4
rtmsg       rtm_family:enum1/domain rtm_dst_len:u1 rtm_src_len:u1 rtm_tos:x1 rtm_table:enum1/rt_table rtm_protocol:enum1/rtprot rtm_scope:enum1/rt_scope rtm_type:enum1/rtn rtm_flags:flags4/rtm_flag
rta_cacheinfo rta_clntref:u4 rta_lastuse:u4 rta_expires:u4 rta_error:u4 rta_used:u4 rta_id:x4 rta_ts:u4 rta_tsage:u4
rtnl_link_stats rx_packets:u4 tx_packets:u4 rx_bytes:u4 tx_bytes:u4 rx_errors:u4 tx_errors:u4 rx_dropped:u4 tx_dropped:u4 multicast:u4 collisions:u4 rx_length_errors:u4 rx_over_errors:u4 rx_crc_errors:u4 rx_frame_errors:u4 rx_fifo_errors:u4 rx_missed_errors:u4 tx_aborted_errors:u4 tx_carrier_errors:u4 tx_fifo_errors:u4 tx_heartbeat_errors:u4 tx_window_errors:u4 rx_compressed:u4 tx_compressed:u4 rx_nohandler:u4
rtnl_link_stats64 rx_packets:u8 tx_packets:u8 rx_bytes:u8 tx_bytes:u8 rx_errors:u8 tx_errors:u8 rx_dropped:u8 tx_dropped:u8 multicast:u8 collisions:u8 rx_length_errors:u8 rx_over_errors:u8 rx_crc_errors:u8 rx_frame_errors:u8 rx_fifo_errors:u8 rx_missed_errors:u8 tx_aborted_errors:u8 tx_carrier_errors:u8 tx_fifo_errors:u8 tx_heartbeat_errors:u8 tx_window_errors:u8 rx_compressed:u8 tx_compressed:u8 rx_nohandler:u8 rx_otherhost_dropped:u8

winsize     ws_row:u2 ws_col:u2 ws_xpixel:u2 ws_ypixel:u2
termios     c_iflag:flags4/termios_iflag c_oflag:flags4/termios_oflag c_cflag:flags4/termios_cflag c_lflag:flags4/termios_lflag -c_line:enum1/tty_ldisc -c_cc:x1*19
termios2    c_iflag:flags4/termios_iflag c_oflag:flags4/termios_oflag c_cflag:flags4/termios_cflag c_lflag:flags4/termios_lflag -c_line:enum1/tty_ldisc -c_cc:x1*19 -c_ispeed:u4 -c_ospeed:u4
termio      c_iflag:flags2/termios_iflag c_oflag:flags2/termios_oflag c_cflag:flags2/termios_cflag c_lflag:flags2/termios_lflag -c_line:enum1/tty_ldisc -c_cc:x1*8
io_uring_params sq_entries:u4 cq_entries:u4 flags:flags4/io_uring_setup sq_thread_cpu:x4 sq_thread_idle:u4 features:flags4/io_uring_feat wq_fd:i4 resv:x4*3 sq_off:struct/io_sqring_offsets cq_off:struct/io_cqring_offsets
io_sqring_offsets head:u4 tail:u4 ring_mask:u4 ring_entries:u4 flags:u4 dropped:u4 array:u4 _:u4 _:u8
io_cqring_offsets head:u4 tail:u4 ring_mask:u4 ring_entries:u4 overflow:u4 cqes:u4 flags:u4 _:u4 _:u8
user_desc   entry_number:i4 base_addr:x4 limit:x4
`

// structArg writes what an argument points to.
func structArg(d *decoder, i int, a *abi.Arg) event.Value {
	addr := d.args[i]
	if f := structArgs[a.Set]; f != nil {
		return f(d, i, a)
	}
	if a.Dir&abi.InOut == abi.Out {
		if d.failed != d.sleeps() {
			return addrValue(addr)
		}
		return d.structAt(d.out, addr, a.Set, d.structSize(a))
	}
	v := d.structAt(d.in, addr, a.Set, d.structSize(a))
	return v
}

// sleeps says whether the call writes something only when it is interrupted:
// how much of a sleep is left.
func (d *decoder) sleeps() bool {
	switch d.name {
	case "nanosleep", "clock_nanosleep", "clock_nanosleep_time64":
		return true
	}
	return false
}

// structSize is how many bytes of a struct an argument points to.
func (d *decoder) structSize(a *abi.Arg) uint64 {
	if a.Len >= 0 || a.Len == abi.LenRet {
		return d.length(a)
	}
	return uint64(a.Size)
}

// structAt writes the struct at addr, or the address when it was not copied.
func (d *decoder) structAt(m memory, addr uint64, name string, size uint64) event.Value {
	if addr == 0 {
		return addrValue(0)
	}
	b := m.at(addr, min(size, 4096))
	l := findLayout(d.arch, name)
	if l == nil && structShapes[name] == nil || len(b) == 0 {
		return addrValue(addr)
	}
	if uint64(len(b)) < min(size, 4096) {
		return addrValue(addr)
	}
	var v event.Value
	if l != nil {
		v = d.structure(l, b)
	}
	if f := structShapes[name]; f != nil {
		v = f(d, v, b)
		if v.Kind == event.None {
			return addrValue(addr)
		}
	}
	return v
}

// arrayArg writes an array of structs or numbers.
func arrayArg(d *decoder, i int, a *abi.Arg) event.Value {
	if f := arrayArgs[a.Set]; f != nil {
		return f(d, i, a)
	}
	if a.Dir&abi.InOut == abi.Out && d.failed {
		return addrValue(d.args[i])
	}
	return d.arrayAt(d.seen(a), d.args[i], a.Set, d.length(a), uint64(a.Size))
}

func (d *decoder) arrayAt(m memory, addr uint64, name string, count, size uint64) event.Value {
	v := event.Value{Kind: event.Array}
	if addr == 0 {
		return addrValue(0)
	}
	for i := range min(count, maxElems) {
		one := d.elementAt(m, addr+i*size, name, size)
		if one.Kind == event.None {
			if i == 0 {
				return addrValue(addr)
			}
			v.Cut = true
			break
		}
		v.Elems = append(v.Elems, one)
	}
	return v
}

// elementAt writes one element of an array, None when it was not copied.
func (d *decoder) elementAt(m memory, addr uint64, name string, size uint64) event.Value {
	switch name {
	case "id", "gid", "gid16", "int":
		n, ok := m.number(addr, size)
		if !ok {
			return event.Value{}
		}
		if size == 2 {
			return uintValue(n)
		}
		return intValue(int64(int32(n)))
	case "addr", "u64", "long":
		n, ok := m.number(addr, size)
		if !ok {
			return event.Value{}
		}
		return addrValue(n)
	}
	if m.exactly(addr, size) == nil {
		return event.Value{}
	}
	v := d.structAt(m, addr, name, size)
	if v.Kind == event.Addr {
		return event.Value{}
	}
	return v
}

// structShapes change how a struct is written from what its layout says. b are
// its bytes; None keeps the address.
var structShapes map[string]func(d *decoder, v event.Value, b []byte) event.Value

func init() {
	structShapes = map[string]func(d *decoder, v event.Value, b []byte) event.Value{
		"stat": statShape, "stat64": statShape, "statx": statxShape,
		"termios": termiosShape, "termios2": termiosShape, "termio": termiosShape,
		"rlimit": rlimitShape, "rlimit64": rlimitShape,
		"epoll_event": epollShape, "tms": tmsShape, "utimbuf": utimbufShape,
		"cap_data": capDataShape, "cpu_set": cpuSetShape, "sched_param": schedParamShape,
		"sigaction": sigactionShape, "siginfo": siginfoShape, "sigevent": sigeventShape,
		"u64": numberShape, "int": numberShape, "timex": wholeShape, "flock": flockShape, "flock64": flockShape,
		"open_how": openHowShape, "sched_attr": schedAttrShape,
		"sock_fprog": filterShape, "fsxattr": fsxattrShape,
	}
}

// wholeShape is of structs that are written only when all of them is there.
func wholeShape(d *decoder, v event.Value, b []byte) event.Value {
	if v.Cut {
		return event.Value{}
	}
	return v
}

func rlimitShape(d *decoder, v event.Value, b []byte) event.Value {
	for i, e := range v.Elems {
		v.Elems[i] = member(e.Name, limitValue(uint64(e.Int), len(b) == 16))
	}
	return v
}

// limitValue writes a resource limit: whole kibibytes as a product.
func limitValue(n uint64, is64 bool) event.Value {
	switch {
	case n == ^uint64(0):
		return event.Value{Kind: event.Symbol, Str: "RLIM64_INFINITY"}
	case n == 1<<32-1 && !is64:
		return event.Value{Kind: event.Symbol, Str: "RLIM_INFINITY"}
	case n > 1024 && n%1024 == 0:
		return event.Value{Kind: event.Raw, Str: fmt.Sprintf("%d*1024", n/1024)}
	}
	return uintValue(n)
}

// ticks says what a number of clock ticks is in seconds.
func ticks(v event.Value) event.Value {
	if v.Int != 0 {
		v.Comment = fmt.Sprintf("%d.%02d s", uint64(v.Int)/100, uint64(v.Int)%100)
	}
	return v
}

func tmsShape(d *decoder, v event.Value, b []byte) event.Value {
	for i := range v.Elems {
		v.Elems[i] = ticks(v.Elems[i])
	}
	return v
}

func utimbufShape(d *decoder, v event.Value, b []byte) event.Value {
	for i := range v.Elems {
		v.Elems[i].Comment = moment(v.Elems[i].Int, 0, 0)
	}
	return v
}

// moment is what a file's time means, in a comment: "" for 0, which stands for
// none.
func moment(sec, fraction int64, digits int) string {
	if sec == 0 && fraction == 0 {
		return ""
	}
	return timestamp(sec, fraction, digits)
}

// timestamp writes a time as strace does in a comment, with so many digits of
// the second.
func timestamp(sec, fraction int64, digits int) string {
	t := time.Unix(sec, 0).UTC()
	s := t.Format("2006-01-02T15:04:05")
	if fraction != 0 {
		s += fmt.Sprintf(".%0*d", digits, fraction)
	}
	return s + "+0000"
}

func numberShape(d *decoder, v event.Value, b []byte) event.Value {
	return array(uintValue(word(b)))
}

func schedParamShape(d *decoder, v event.Value, b []byte) event.Value {
	return array(intValue(int64(int32(word(b)))))
}

// flockShape leaves the owner out unless the kernel was asked for it.
func flockShape(d *decoder, v event.Value, b []byte) event.Value {
	switch d.arch.EnumText("fcntl", d.args[1]) {
	case "F_GETLK", "F_GETLK64", "F_OFD_GETLK":
		return v
	}
	return event.Value{Kind: event.Struct, Elems: v.Elems[:max(len(v.Elems)-1, 0)]}
}

// schedAttrShape is of a struct that has grown: programs may have the old one.
func schedAttrShape(d *decoder, v event.Value, b []byte) event.Value {
	v.Cut = v.Cut && len(b) != 48
	return v
}

// openHowShape leaves the mode out when no file is made.
func openHowShape(d *decoder, v event.Value, b []byte) event.Value {
	if flags := v.Field("flags"); flags.Has("O_CREAT") || flags.Has("O_TMPFILE") || v.Field("mode").Int != 0 {
		return v
	}
	return event.Value{Kind: event.Struct, Elems: []event.Value{v.Field("flags"), v.Field("resolve")}}
}

// epollShape writes both members of the event's data, as strace 6 does.
func epollShape(d *decoder, v event.Value, b []byte) event.Value {
	if len(b) < 12 || len(v.Elems) < 2 {
		return event.Value{}
	}
	data := b[len(b)-8:]
	return event.Value{Kind: event.Struct, Elems: []event.Value{
		v.Elems[0],
		{Kind: event.Struct, Name: "data", Elems: []event.Value{
			member("u32", uintValue(word(data[:4]))), member("u64", uintValue(word(data))),
		}},
	}}
}
