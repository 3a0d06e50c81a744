package carrier

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// packers compress; the standard library has no bzip2 that does.
var packers = map[string]func(io.Writer) (io.WriteCloser, error){
	"gzip": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	"zstd": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	"xz":   func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
}

func pack(t testing.TB, format string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := packers[format](&b)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(t *testing.T, r io.Reader) (data []byte, truncated bool) {
	t.Helper()
	u, err := Unpack(r)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = io.ReadAll(u); err != nil {
		t.Fatal(err)
	}
	return data, u.Truncated()
}

// bigLog is more than the readers peek at, and not too easy to compress.
func bigLog(t testing.TB) []byte {
	var b bytes.Buffer
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, log := range logs(t) {
		for range 20 {
			for line := range strings.Lines(log) {
				fmt.Fprintf(&b, "%d %s", rnd.Uint64(), line)
			}
		}
	}
	return b.Bytes()
}

func TestUnpack(t *testing.T) {
	log := bigLog(t)
	for format := range packers {
		packed := pack(t, format, log)
		if got, cut := unpack(t, bytes.NewReader(packed)); !bytes.Equal(got, log) || cut {
			t.Errorf("%s: %d bytes of %d, truncated %v", format, len(got), len(log), cut)
		}
		twice := append(bytes.Clone(packed), packed...)
		if got, cut := unpack(t, bytes.NewReader(twice)); !bytes.Equal(got, append(bytes.Clone(log), log...)) || cut {
			t.Errorf("%s, two members: %d bytes, truncated %v", format, len(got), cut)
		}
		for other := range packers {
			nested := pack(t, other, packed)
			if got, cut := unpack(t, iotest.HalfReader(bytes.NewReader(nested))); !bytes.Equal(got, log) || cut {
				t.Errorf("%s in %s: %d bytes, truncated %v", format, other, len(got), cut)
			}
		}
	}
}

func TestUnpackBzip2(t *testing.T) {
	packed, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWYq0LG8AAAVZgAAQQGAwAgagRAAgADEA0AEAaAQIkCUzL3u8XckU4UJCKtCxvA==")
	if err != nil {
		t.Fatal(err)
	}
	if got, cut := unpack(t, bytes.NewReader(packed)); string(got) != "getpid() = 12\n" || cut {
		t.Errorf("got %q", got)
	}
}

// A packed log that was cut gives its beginning, and says so.
func TestUnpackTruncated(t *testing.T) {
	log := bigLog(t)
	for format := range packers {
		packed := pack(t, format, log)
		got, cut := unpack(t, bytes.NewReader(packed[:len(packed)*3/4]))
		if !cut || !bytes.HasPrefix(log, got) || len(got) < len(log)/4 {
			t.Errorf("%s: %d bytes of %d, truncated %v", format, len(got), len(log), cut)
		}
		spoilt := bytes.Clone(packed)
		for i := range 100 {
			spoilt[len(spoilt)*3/4+i] ^= 0x5a
		}
		if got, cut := unpack(t, bytes.NewReader(spoilt)); !cut || len(got) < len(log)/4 {
			t.Errorf("%s, damaged: %d bytes of %d, truncated %v", format, len(got), len(log), cut)
		}
		if got, cut := unpack(t, bytes.NewReader(append(bytes.Clone(packed), "garbage"...))); !cut || !bytes.Equal(got, log) {
			t.Errorf("%s, garbage behind: %d bytes of %d, truncated %v", format, len(got), len(log), cut)
		}
	}
}

func TestUnpackErrors(t *testing.T) {
	for _, test := range []struct{ data, want string }{
		{"\x1f\x8b\x08", "gzip data breaks off at once"},
		{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff", "gzip data can't be unpacked"},
		{"\x28\xb5\x2f\xfd", "zstd data breaks off at once"},
		{"\xfd7zXZ\x00\x00\x04", "xz data breaks off at once"},
		{"BZh9 is no bzip2", "bzip2 data can't be unpacked"},
		// A dictionary of 1.5 GiB.
		{"\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x25\x00\x00\x00", "its window is 1536 MiB, more than 256"},
	} {
		_, err := Unpack(strings.NewReader(test.data))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v", test.data, err)
		}
	}
	// A disk that fails is not a truncated file.
	packed := pack(t, "gzip", bigLog(t))
	u, err := Unpack(io.MultiReader(bytes.NewReader(packed[:len(packed)/2]), iotest.ErrReader(os.ErrDeadlineExceeded)))
	if err == nil {
		_, err = io.ReadAll(u)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
