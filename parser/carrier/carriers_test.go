package carrier

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"unicode/utf16"
)

// carriersTested put a carrier around each line of a log; n counts them.
var carriersTested = []struct {
	name string
	wrap func(n int, line string) string
}{
	{"GitHub Actions", func(n int, line string) string {
		return fmt.Sprintf("2024-01-01T12:%02d:%02d.%07dZ %s", n/60%60, n%60, n, line)
	}},
	{"gh run view --log", func(n int, line string) string {
		mark := ""
		if n%50 == 0 {
			mark = mark8 // a step begins
		}
		return fmt.Sprintf("build (ubuntu-latest)\tRun the tests\t%s2024-01-01T12:%02d:%02d.%07dZ %s", mark, n/60%60, n%60, n, line)
	}},
	{"GitLab", func(n int, line string) string {
		return fmt.Sprintf("2024-01-01T12:%02d:%02d.%06dZ 01%c %s", n/60%60, n%60, n, "OE"[n/7%2], line)
	}},
	{"Jenkins pipeline", func(n int, line string) string {
		return fmt.Sprintf("[2024-01-01T12:%02d:%02d.%03dZ] %s", n/60%60, n%60, n%1000, line)
	}},
	{"Jenkins clock", func(n int, line string) string {
		return fmt.Sprintf("12:%02d:%02d  %s", n/60%60, n%60, line)
	}},
	{"Jenkins elapsed", func(n int, line string) string {
		return fmt.Sprintf("00:%02d:%02d.%03d  %s", n/60%60, n%60, n%1000, line)
	}},
	{"ts", func(n int, line string) string {
		return fmt.Sprintf("Jan %02d 12:%02d:%02d %s", 1+n/3600, n/60%60, n%60, line)
	}},
	{"ts %H:%M:%S", func(n int, line string) string {
		return fmt.Sprintf("[12:%02d:%02d] %s", n/60%60, n%60, line)
	}},
	{"docker json-file", func(n int, line string) string { return dockerJSON(line+"\n", "stderr") }},
	{"docker -t json-file", func(n int, line string) string { return dockerJSON(line+"\r\n", "stdout") }},
	{"docker logs -t", func(n int, line string) string {
		return fmt.Sprintf("2024-01-01T12:%02d:%02d.%09dZ %s", n/60%60, n%60, n, line)
	}},
	{"docker compose", func(n int, line string) string { return "web-1  | " + line }},
	{"docker compose, two services", func(n int, line string) string {
		return []string{"web-1  | ", "db-1   | "}[n/5%2] + line
	}},
	{"docker compose, coloured", func(n int, line string) string { return "\x1b[36mweb-1  |\x1b[0m " + line }},
	{"docker build", func(n int, line string) string { return fmt.Sprintf("#12 %d.%03d %s", n/1000, n%1000, line) }},
	{"Kubernetes CRI", func(n int, line string) string {
		return fmt.Sprintf("2024-01-01T12:%02d:%02d.%09dZ stderr F %s", n/60%60, n%60, n, line)
	}},
	{"kubectl logs --timestamps", func(n int, line string) string {
		return fmt.Sprintf("2024-01-01T12:%02d:%02d.%d+02:00 %s", n/60%60, n%60, 1+n, line)
	}},
	{"kubectl logs --prefix", func(n int, line string) string { return "[pod/web-7d4b9c-x2x/app] " + line }},
	{"syslog", func(n int, line string) string {
		return fmt.Sprintf("Jan  1 12:%02d:%02d host app[123]: %s", n/60%60, n%60, line)
	}},
	{"syslog, RFC 3164", func(n int, line string) string {
		return fmt.Sprintf("<30>Jan 11 12:%02d:%02d host app: %s", n/60%60, n%60, line)
	}},
	{"syslog, RFC 5424", func(n int, line string) string {
		data := []string{"-", `[a@1 b="c"][d]`}[n%2]
		return fmt.Sprintf("<30>1 2024-01-01T12:%02d:%02d.%03dZ host app 123 - %s %s", n/60%60, n%60, n%1000, data, line)
	}},
	{"grep -n", func(n int, line string) string { return fmt.Sprintf("%d:%s", n+1, line) }},
	{"cat -n", func(n int, line string) string { return fmt.Sprintf("%6d\t%s", n+1, line) }},
	{"journalctl -o short-iso", func(n int, line string) string {
		return fmt.Sprintf("2024-01-01T12:%02d:%02d+0000 host app[123]: %s", n/60%60, n%60, line)
	}},
	{"Buildkite", func(n int, line string) string { return fmt.Sprintf("\x1b_bk;t=%d\a%s", 1700000000000+n, line) }},
	{"Buildkite without escapes", func(n int, line string) string { return fmt.Sprintf("_bk;t=%d\a%s", 1700000000000+n, line) }},
	{"quoted", func(n int, line string) string { return "> " + line }},
	{"quoted twice", func(n int, line string) string { return ">> " + line }},
	{"indented", func(n int, line string) string { return "    " + line }},
	{"git remote", func(n int, line string) string { return "remote: " + line }},
	{"CRLF", func(n int, line string) string { return line + "\r" }},
	{"zeros", func(n int, line string) string { return "\x00\x00" + line }},
	{"coloured", func(n int, line string) string { return "\x1b[1;31m" + line + "\x1b[0m\x1b[K" }},
	{"titled", func(n int, line string) string { return "\x1b]0;a title\a\x1b(B" + line + "\x1b]8;;\x1b\\" }},
}

func dockerJSON(text, stream string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`{"log":%s,"stream":%q,"time":"2024-01-01T12:00:00.123456789Z"}`, quoted, stream)
}

// textsTested put a carrier around a whole log.
var textsTested = []struct {
	name string
	wrap func(log string) string
}{
	{"byte order mark", func(log string) string { return mark8 + log }},
	{"UTF-16, little endian", func(log string) string { return inUTF16(log, binary.LittleEndian) }},
	{"UTF-16, big endian", func(log string) string { return inUTF16(log, binary.BigEndian) }},
	{"UTF-16 with CRLF", func(log string) string {
		return inUTF16(strings.ReplaceAll(log, "\n", "\r\n"), binary.LittleEndian)
	}},
	{"HTML", func(log string) string { return html.EscapeString(log) }},
	{"HTML, as browsers do", func(log string) string {
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(log)
	}},
}

func inUTF16(s string, order binary.ByteOrder) string {
	var b bytes.Buffer
	for _, unit := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
		binary.Write(&b, order, unit)
	}
	return b.String()
}

// eachLine wraps the lines of a log.
func eachLine(log string, wrap func(int, string) string) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(log) {
		text, whole := strings.CutSuffix(line, "\n")
		b.WriteString(wrap(n, text))
		if whole {
			b.WriteByte('\n')
		}
		n++
	}
	return b.String()
}
