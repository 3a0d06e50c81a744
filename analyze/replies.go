package analyze

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// What servers answer when they refuse, in the protocols whose first bytes tell.

// refusalWindow is how many calls may lie between an answer and the message, or the
// end, that is due to it.
const refusalWindow = 200

// allRefusals: a server refused, or the process refused what a server has shown.
func allRefusals(f *facts, s *suspect) []*candidate {
	if list := refusals(f, s); len(list) > 0 {
		return list
	}
	return ownRefusal(f, s)
}

// refusals is the last error that a server answered with before the message, if the
// message is about it, or there is none.
func refusals(f *facts, s *suspect) []*candidate {
	for _, in := range slices.Backward(f.words.read[s.hist]) {
		if in.pos.index >= s.anchor.pos.index || in.file.Sock == nil || in.file.Sock.Peer == "" {
			continue
		}
		between := s.anchor.pos.seq - in.pos.seq - 1
		if between > refusalWindow {
			return nil
		}
		reply := errorReply(in.text)
		if reply == "" || s.anchor.line != nil && !about(s.anchor.line.text, reply) {
			continue
		}
		src := &source{file: in.file, first: in.pos, found: in.pos, pos: in.pos, ev: in.ev}
		return []*candidate{{kind: "data", sus: s, source: src, reply: reply, pos: in.pos, between: max(0, between)}}
	}
	return nil
}

// ownRefusal is what the process itself told a server last that it does not accept: a fatal
// alert of TLS that it sent.
func ownRefusal(f *facts, s *suspect) []*candidate {
	for _, out := range slices.Backward(f.words.wrote) {
		between := s.anchor.pos.seq - out.pos.seq - 1
		if out.hist != s.hist || out.pos.index >= s.anchor.pos.index {
			continue
		}
		if between > refusalWindow {
			return nil
		}
		if alert := tlsAlert(out.text); alert != "" && out.file.Sock != nil && out.file.Sock.Peer != "" && !out.file.Sock.Connected.None() {
			src := &source{file: out.file, first: out.pos, found: out.pos, pos: out.pos, ev: out.ev}
			return []*candidate{{kind: "data", sus: s, source: src, refuses: alert, pos: out.pos, between: max(0, between)}}
		}
	}
	return nil
}

// refusalPoints rates that. That a certificate's issuer is not known has mostly a file for
// a reason, which is missing or was not given.
func (c *candidate) refusalPoints() (float64, string) {
	if strings.HasSuffix(c.refuses, tlsAlerts[unknownCA]) {
		return 1, "it refused what the server has shown"
	}
	return 5.5, "it refused what the server has shown"
}

// refusalCause tells it.
func refusalCause(out *Cause, c *candidate, who, peer string) {
	out.Summary = fmt.Sprintf("it refused %s: %s", peer, c.refuses)
	if !strings.Contains(c.refuses, "certificate") && !strings.HasSuffix(c.refuses, tlsAlerts[unknownCA]) {
		out.Explanation = fmt.Sprintf("%s sent the %s to %s and gave up: the two do not agree on how to speak, mostly on a version of TLS or on ciphers.", who, c.refuses, peer)
		out.Advice = []string{fmt.Sprintf("see what the server takes, and compare that with what the program is set to: openssl s_client -connect %s -tls1_2 </dev/null, and -tls1_3", shell(peer))}
		return
	}
	out.Explanation = fmt.Sprintf("%s sent the %s to %s and gave up: it does not accept what the server has shown, mostly a certificate of another name, or one that has expired or is signed by nobody that it knows.", who, c.refuses, peer)
	out.Advice = []string{fmt.Sprintf("see for whom and until when the certificate is, and compare that with the name that was asked for: openssl s_client -connect %s </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName", shell(peer))}
}

// about says whether a message is about a server's answer: it has a number or the
// words of it, or speaks of answers.
func about(msg, reply string) bool {
	low := strings.ToLower(msg)
	if containsAny(low, talkWords) || containsAny(low, askWords) {
		return true
	}
	for _, w := range strings.Fields(reply) {
		if len(w) >= 3 && containsWord(msg, w) {
			return true
		}
	}
	return false
}

// askWords are those of a complaint about what a server was asked for.
var askWords = []string{"download", "fetch", "request", "query", "connect", "status"}

// errorReply reads the error that an answer begins with, "" when it is none.
func errorReply(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimRight(line, "\r")
	switch {
	case strings.HasPrefix(line, "HTTP/"): // RFC 9112
		if _, status, ok := strings.Cut(line, " "); ok && len(status) >= 3 && (status[0] == '4' || status[0] == '5') {
			return shorten(line, 80)
		}
	case len(line) > 4 && (line[0] == '4' || line[0] == '5') && digits(line[1:3]) && (line[3] == ' ' || line[3] == '-'): // SMTP, FTP (RFC 5321, 959)
		return shorten(line, 80)
	case strings.HasPrefix(line, "-") && len(line) > 3 && line[1] >= 'A' && line[1] <= 'Z' && line[2] >= 'A' && line[2] <= 'Z': // Redis
		return shorten(line[1:], 80)
	}
	if reply := postgresError(text); reply != "" {
		return reply
	}
	if reply := mysqlError(text); reply != "" {
		return reply
	}
	return tlsAlert(text)
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// postgresError reads an ErrorResponse: 'E', a length, fields of a letter and text
// (PostgreSQL's manual, "Message Formats").
func postgresError(s string) string {
	const head = 5
	if len(s) < head+2 || s[0] != 'E' || s[head] != 'S' {
		return ""
	}
	severity, message := "", ""
	for field := range strings.SplitSeq(s[head:], "\x00") {
		switch {
		case strings.HasPrefix(field, "S") && severity == "":
			severity = field[1:]
		case strings.HasPrefix(field, "M"):
			message = field[1:]
		}
	}
	if severity != "ERROR" && severity != "FATAL" && severity != "PANIC" {
		return ""
	}
	return shorten(severity+": "+message, 120)
}

// mysqlError reads an ERR packet: three bytes of length, a number, 0xff, the error's
// number, "#" and a state of five letters (MySQL's "Client/Server Protocol").
func mysqlError(s string) string {
	const head = 4
	if len(s) < head+9 || s[head] != 0xff || s[head+3] != '#' || int(s[0])|int(s[1])<<8|int(s[2])<<16 > len(s) {
		return ""
	}
	n := binary.LittleEndian.Uint16([]byte(s[head+1:]))
	return shorten(fmt.Sprintf("error %d (%s): %s", n, s[head+4:head+9], s[head+9:]), 120)
}

const unknownCA = 48

// tlsAlerts are descriptions of RFC 8446, 6.2.
var tlsAlerts = map[byte]string{
	40: "handshake failure", 42: "bad certificate", 43: "unsupported certificate", 44: "certificate revoked",
	45: "certificate expired", 46: "certificate unknown", 47: "illegal parameter", unknownCA: "unknown CA", 49: "access denied",
	70: "protocol version", 71: "insufficient security", 80: "internal error", 112: "unrecognized name", 116: "certificate required",
}

// tlsAlert reads a fatal alert that is not encrypted.
func tlsAlert(s string) string {
	const alert, fatal = 21, 2
	if len(s) < 7 || s[0] != alert || s[1] != 3 || s[3] != 0 || s[4] != 2 || s[5] != fatal || tlsAlerts[s[6]] == "" {
		return ""
	}
	return "TLS alert " + tlsAlerts[s[6]]
}
