package carrier

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
)

// The reading of a log that needs nothing undone, and of some that do. The speed is
// that of the bytes that come out.
func BenchmarkText(b *testing.B) {
	log := strings.Repeat(logs(b)["threads-y-tt-T.log"], 2000)
	b.Run("clean", func(b *testing.B) { benchText(b, log, len(log)) })
	for _, c := range carriersTested {
		switch c.name {
		case "GitHub Actions", "GitLab", "docker json-file", "Kubernetes CRI", "CRLF", "syslog", "coloured":
			b.Run(c.name, func(b *testing.B) { benchText(b, eachLine(log, c.wrap), len(log)) })
		}
	}
	b.Run("wrapped", func(b *testing.B) { benchText(b, wrapColumns(log, 80), len(log)) })
	b.Run("UTF-16", func(b *testing.B) { benchText(b, textsTested[1].wrap(log), len(log)) })
	b.Run("HTML", func(b *testing.B) { benchText(b, textsTested[4].wrap(log), len(log)) })
}

func benchText(b *testing.B, text string, size int) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	buf := make([]byte, HeadSize)
	for b.Loop() {
		r, err := Text(bufio.NewReaderSize(strings.NewReader(text), HeadSize))
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Read(buf)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnpack(b *testing.B) {
	log := bigLog(b)
	for format := range packers {
		packed := pack(b, format, log)
		b.Run(format, func(b *testing.B) {
			b.SetBytes(int64(len(log)))
			for b.Loop() {
				u, err := Unpack(bytes.NewReader(packed))
				if err == nil {
					_, err = io.Copy(io.Discard, u)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
