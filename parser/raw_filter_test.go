package parser

import (
	"encoding/binary"
	"testing"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// TestFilterStep compares instructions with what strace 6.1 prints for them.
func TestFilterStep(t *testing.T) {
	d := decoder{arch: abi.AMD64}
	for _, test := range []struct {
		code    uint16
		jt, jf  byte
		k       uint32
		seccomp bool
		want    string
	}{
		{0x20, 0, 0, 4, true, "BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4)"},
		{0x01, 0, 0, 3, true, "BPF_STMT(BPF_LDX|BPF_W|BPF_IMM, 0x3)"},
		{0x02, 0, 0, 3, true, "BPF_STMT(BPF_ST, 0x3)"},
		{0x54, 0, 0, 0xfff, true, "BPF_STMT(BPF_ALU|BPF_K|BPF_AND, 0xfff)"},
		{0x15, 1, 2, 0xc000003e, true, "BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0xc000003e, 0x1, 0x2)"},
		{0x2d, 0, 1, 0, true, "BPF_JUMP(BPF_JMP|BPF_X|BPF_JGT, 0, 0, 0x1)"},
		{0x06, 0, 0, 0x7fff0000, true, "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW)"},
		{0x06, 0, 0, 0x50001, true, "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x1)"},
		{0x06, 0, 0, 0x12340005, true, "BPF_STMT(BPF_RET|BPF_K, 0x12340000 /* SECCOMP_RET_??? */|0x5)"},
		{0x06, 0, 0, 0x50001, false, "BPF_STMT(BPF_RET|BPF_K, 0x50001)"},
		{0x16, 0, 0, 0, false, "BPF_STMT(BPF_RET|BPF_A, 0)"},
		{0x87, 0, 0, 0, true, "BPF_STMT(BPF_MISC|BPF_TXA, 0)"},
	} {
		b := binary.LittleEndian.AppendUint16(nil, test.code)
		b = binary.LittleEndian.AppendUint32(append(b, test.jt, test.jf), test.k)
		if got := string(event.AppendValue(nil, d.filterStep(b, test.seccomp), event.Format{})); got != test.want {
			t.Errorf("%#x: got %s, want %s", test.code, got, test.want)
		}
	}
}
