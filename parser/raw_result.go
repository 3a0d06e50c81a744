package parser

import (
	"fmt"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// plainResult is a call's result with nothing known of the call.
func plainResult(e *stx.Exit) event.Result {
	if !e.IsError {
		return event.Result{Known: true, Value: e.Ret}
	}
	name := errnoName(-e.Ret)
	r := event.Result{Known: true, Value: -1, Errno: name, Message: abi.ErrnoText(name)}
	if strings.HasPrefix(name, "ERESTART") { // the program doesn't see it
		r.Known, r.Value = false, 0
	}
	return r
}

// result is the call's result, with the notes that strace puts behind it.
func (d *decoder) result() event.Result {
	r := plainResult(&stx.Exit{Ret: d.ret, IsError: d.failed})
	if !r.Known || r.Errno != "" {
		return r
	}
	if d.desc != nil {
		d.resultStyle(&r)
	}
	if f := resultNotes[d.name]; f != nil {
		r.Note = f(d, &r)
	}
	return r
}

func (d *decoder) resultStyle(r *event.Result) {
	switch d.desc.Ret {
	case abi.Addr, abi.HexNum:
		r.Style = event.Hex
	case abi.Mode:
		r.Style = event.Octal
	case abi.Sig:
		if r.Value > 0 {
			r.Note = abi.SignalName(int(r.Value))
		}
	case abi.Size, abi.Off, abi.Long:
	default: // an int
		r.Value = int64(int32(r.Value))
	}
}

// resultNotes say what some results mean, in the words that strace puts in
// parentheses.
var resultNotes map[string]func(d *decoder, r *event.Result) string

func init() {
	resultNotes = map[string]func(d *decoder, r *event.Result) string{
		"fcntl": fcntlNote, "fcntl64": fcntlNote,
		"poll": pollNote, "ppoll": pollNote, "ppoll_time64": pollNote,
		"select": selectNote, "_newselect": selectNote, "pselect6": selectNote, "pselect6_time64": selectNote,
		"personality":        personalityNote,
		"sched_getscheduler": setNote("sched"),
		"adjtimex":           clockNote, "clock_adjtime": clockNote,
		"time":       timeNote,
		"prctl":      prctlNote,
		"membarrier": membarrierNote,
		"ioprio_get": ioprioNote,
	}
}

// setNote names a result.
func setNote(set string) func(d *decoder, r *event.Result) string {
	return func(d *decoder, r *event.Result) string { return d.arch.FlagText(set, uint64(r.Value)) }
}

// clockNote names the state of the clock.
func clockNote(d *decoder, r *event.Result) string {
	return d.arch.EnumText("timex_state", uint64(r.Value))
}

func fcntlNote(d *decoder, r *event.Result) string {
	switch d.arch.EnumText("fcntl", d.args[1]) {
	case "F_GETFD":
		return d.flagsNote(r, "fd")
	case "F_GETFL":
		return d.flagsNote(r, "open")
	case "F_GET_SEALS":
		return d.flagsNote(r, "seal")
	case "F_GETLEASE":
		r.Style = event.Hex
		return d.arch.EnumText("lock", uint64(r.Value))
	case "F_GETSIG":
		if r.Value != 0 {
			return abi.SignalName(int(r.Value))
		}
	}
	return ""
}

// flagsNote writes a result in hex and, when any is set, its flags.
func (d *decoder) flagsNote(r *event.Result, set string) string {
	if r.Value == 0 && set != "open" {
		r.Style = event.Decimal
		return ""
	}
	r.Style = event.Hex
	return "flags " + d.arch.FlagText(set, uint64(r.Value))
}

func personalityNote(d *decoder, r *event.Result) string {
	return d.arch.FlagText("personality", uint64(r.Value))
}

func timeNote(d *decoder, r *event.Result) string { return timestamp(r.Value, 0, 0) }

func prctlNote(d *decoder, r *event.Result) string {
	switch d.arch.EnumText("prctl", d.args[0]) {
	case "PR_GET_DUMPABLE":
		return d.arch.EnumText("dumpable", uint64(r.Value))
	case "PR_GET_SECUREBITS":
		if r.Value == 0 {
			r.Style = event.Decimal
			return ""
		}
		return d.arch.FlagText("securebits", uint64(r.Value))
	}
	return ""
}

func membarrierNote(d *decoder, r *event.Result) string {
	if d.args[0] != 0 || r.Value == 0 {
		return ""
	}
	r.Style = event.Hex
	return d.arch.FlagText("membarrier", uint64(r.Value))
}

func ioprioNote(d *decoder, r *event.Result) string {
	return fmt.Sprintf("IOPRIO_PRIO_VALUE(%s, %d)", d.arch.EnumText("ioprio_class", uint64(r.Value)>>13), r.Value&0x1fff)
}
