package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// first are the headers whose names win where several requests have one
// number: what most programs mean by it.
var first = []string{
	"asm-generic/ioctls.h", "asm-generic/sockios.h", "linux/sockios.h", "linux/fs.h",
	"linux/if_tun.h", "linux/videodev2.h", "linux/kd.h", "linux/vt.h", "linux/loop.h", "linux/hdreg.h", "linux/random.h",
}

// later are the requests that the headers of this machine don't have, or make
// in a way that is beyond requestNames: x/sys has them.
var later = []string{
	"EPIOC*", "FS_IOC_READ_VERITY_METADATA", "HIDIOCREVOKE", "NS_GET_*", "PIDFD_GET_*",
	"PPPIOC*", "PTP_SYS_OFFSET*", "PTP_MASK_*", "SECCOMP_IOCTL_*", "TCGETS2", "TCSETS2", "TCSETSF2", "TCSETSW2", "TIOC?ISO7816", "UBI_IOC*",
}

// request is a #define of a header.
var request = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+([A-Z][A-Za-z0-9_]*)[ \t]+(.*)`)

// A request's number is made by a macro (_IOR, DRM_IOWR, _SIO …); older ones
// are plain numbers, with this second byte in these headers.
var (
	maker = regexp.MustCompile(`\b\w*IO(R|W|WR|C)?\s*\(`)
	plain = map[string]uint64{
		"asm-generic/ioctls.h": 0x54, "asm-generic/sockios.h": 0x89, "linux/sockios.h": 0x89,
		"linux/kd.h": 0x4b, "linux/vt.h": 0x56, "linux/loop.h": 0x4c, "linux/cdrom.h": 0x53,
		"linux/hdreg.h": 0x03, "linux/lp.h": 0x06, "linux/wireless.h": 0x8b, "scsi/sg.h": 0x22,
		"scsi/scsi.h": 0x53, "scsi/scsi_ioctl.h": 0x53,
	}
)

// writeRequests writes ioctls.txt: every request of the headers.
func writeRequests(file string) error {
	var out bytes.Buffer
	out.WriteString("# Requests of ioctl(2): NUMBER NAME, by header. Where a number has several\n")
	out.WriteString("# names the first counts.\n")
	out.WriteString("# Made by \"go run ./internal/gen -headers\" from the kernel's UAPI headers.\n")
	done := map[string]bool{}
	for _, h := range append(first, headers()...) {
		if done[h] || strings.HasPrefix(h, "bits/") || strings.HasPrefix(h, "sys/") || !strings.Contains(h, "/") {
			continue
		}
		done[h] = true
		names := requestNames(h)
		values, err := evaluateSome(h, names)
		if err != nil {
			fmt.Fprintf(os.Stderr, "gen: %s does not compile by itself, its requests are left out\n", h)
			continue
		}
		if len(values) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n# %s\n", h)
		for _, n := range names {
			if v := values[n]; v != "" && isRequest(h, n, v) {
				fmt.Fprintf(&out, "%s %s\n", v, n)
			}
		}
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// requestNames gives the names of a header that may be requests.
func requestNames(header string) []string {
	text := strings.ReplaceAll(string(readHeader(header)), "\\\n", " ")
	var names []string
	seen := map[string]bool{}
	for _, m := range request.FindAllStringSubmatch(text, -1) {
		_, numbers := plain[header]
		if !seen[m[1]] && (numbers || maker.MatchString(m[2])) {
			names = append(names, m[1])
		}
		seen[m[1]] = true
	}
	return names
}

// marks are names that stand for a range of numbers or for values of requests'
// arguments, and rare ones that share their number with a common one.
var marks = regexp.MustCompile(`^TIOCPKT_|^TIOCSER_|PRIVATE$|FIRST$|LAST$|_IOC_BASE$|` +
	`^(DMA_BUF_SET_NAME|IOCTL_GNTALLOC_SET_UNMAP_NOTIFY|KVM_ARM_SET_DEVICE_ADDR|PPPIOCGIDLE)$`)

// isRequest says whether a name with this value is a request.
func isRequest(header, name, value string) bool {
	v, err := parseValue(value)
	if err != nil || v > 0xffffffff || marks.MatchString(name) {
		return false
	}
	typ, ok := plain[header]
	return !ok || v>>8&0xff == typ
}

// wrong finds the lines that gcc complains about.
var wrong = regexp.MustCompile(`(?m)^request:(\d+):\d+: error: (.*)`)

// evaluateSome lets gcc say what a header's names are; those that it can't
// compile (macros that need an argument, or a struct that the header hasn't)
// are left out.
func evaluateSome(header string, names []string) (map[string]string, error) {
	for round := 0; len(names) > 0 && round < 20; round++ {
		values, err := evaluate(header, names)
		if err == nil {
			return values, nil
		}
		bad := map[string]bool{}
		for _, m := range wrong.FindAllStringSubmatch(err.Error(), -1) {
			var line int
			fmt.Sscan(m[1], &line)
			if line >= 1 && line <= len(names) {
				bad[names[line-1]] = true
			}
		}
		if len(bad) == 0 {
			return nil, err
		}
		var rest []string
		for _, n := range names {
			if !bad[n] {
				rest = append(rest, n)
			}
		}
		names = rest
	}
	return nil, nil
}
