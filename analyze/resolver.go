package analyze

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// dnsAnswer is what a name server said of a name; or that it said nothing.
type dnsAnswer struct {
	name    string // "" where strace has cut it off
	came    bool
	code    dnsmessage.RCode
	answers int
}

// lastDNS is the last question and answer of a process before an event, as far as they are
// in the trace.
func (f *facts) lastDNS(h *history, before int) (d dnsAnswer) {
	for _, p := range slices.Backward(f.words.read[h]) {
		if p.pos.index < before && isResolver(p) {
			if d, ok := parseDNS(p.text, true); ok {
				return d
			}
		}
	}
	for _, p := range slices.Backward(f.words.wrote) {
		if p.hist == h && p.pos.index < before && isResolver(p) {
			if d, ok := parseDNS(p.text, false); ok {
				return d
			}
		}
	}
	return dnsAnswer{}
}

func isResolver(p *passed) bool {
	return p.file.Sock != nil && strings.HasSuffix(p.file.Sock.Peer, ":53")
}

// parseDNS reads the beginning of a message (RFC 1035), which may be cut off.
func parseDNS(text string, answer bool) (dnsAnswer, bool) {
	var p dnsmessage.Parser
	head, err := p.Start([]byte(text))
	if err != nil || head.Response != answer {
		return dnsAnswer{}, false
	}
	d := dnsAnswer{came: answer, code: head.RCode}
	if q, err := p.Question(); err == nil {
		d.name = strings.TrimSuffix(q.Name.String(), ".")
	}
	const answerCount = 6 // of the header, two bytes
	d.answers = int(text[answerCount])<<8 | int(text[answerCount+1])
	return d, true
}

// of is the name, or words for one that is not known.
func (d dnsAnswer) of() string {
	if d.name == "" {
		return "name of that kind"
	}
	return d.name
}

// isHostName says whether a name can stand in a command: one from the net may hold anything.
func isHostName(s string) bool {
	return s != "" && s[0] != '-' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

// resolverCause tells what a name server made of a name.
func (f *facts) resolverCause(out *Cause, c *candidate, server string) {
	d := f.lastDNS(c.sus.hist, c.sus.anchor.pos.index)
	who := name(c.sus.hist.proc)
	lookup := "getent hosts NAME"
	if isHostName(d.name) {
		lookup = "getent hosts " + d.name
	}
	switch {
	case d.came && d.code == dnsmessage.RCodeNameError:
		out.Summary = fmt.Sprintf("the name server %s says that there is no %s", server, d.of())
		out.Explanation = fmt.Sprintf("%s asked the name server %s for %s and was told that there is no such name (NXDOMAIN).", who, server, d.of())
		out.Advice = append(out.Advice, "correct the name where it is configured, or give it an address (the name server's zone, /etc/hosts); "+lookup)
	case d.came && d.code != dnsmessage.RCodeSuccess:
		what := strings.ToUpper(strings.TrimPrefix(d.code.String(), "RCode"))
		out.Summary = fmt.Sprintf("the name server %s could not answer for %s", server, d.of())
		out.Explanation = fmt.Sprintf("%s asked the name server %s for %s and got an error (%s).", who, server, d.of(), what)
		out.Advice = append(out.Advice, "look at that name server, and at those that it asks itself; or name another one in /etc/resolv.conf; "+lookup)
	case d.came && d.answers == 0:
		out.Summary = fmt.Sprintf("the name server %s has no address of %s", server, d.of())
		out.Explanation = fmt.Sprintf("%s asked the name server %s for %s, which it knows, and got no address of the kind asked for.", who, server, d.of())
		out.Advice = append(out.Advice, "see which addresses there are: "+lookup)
	default:
		out.Summary = fmt.Sprintf("the name server %s gave no usable answer", server)
		out.Explanation = fmt.Sprintf("%s asked the name server %s for a host's address and got none.", who, server)
		if d.name != "" {
			out.Explanation = fmt.Sprintf("%s asked the name server %s for %s and got no answer that it can use.", who, server, d.name)
		}
		out.Advice = append(out.Advice, "check the name server in /etc/resolv.conf, and the name itself: "+lookup)
	}
}
