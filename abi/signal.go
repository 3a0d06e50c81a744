package abi

import (
	"strconv"
	"strings"
)

const (
	sigRTMin = 32 // the kernel's; the C library keeps the first two for itself
	sigRTMax = 64
)

// signalAliases are second names of one number.
var signalAliases = map[string]string{"SIGIOT": "SIGABRT", "SIGPOLL": "SIGIO", "SIGCLD": "SIGCHLD"}

// SignalName gives the name of a signal: "SIGSEGV", "SIGRTMIN", "SIGRT_5" for
// SIGRTMIN+5, the number itself when there is no such signal.
func SignalName(n int) string {
	switch {
	case n > 0 && n < len(signals) && signals[n] != "":
		return signals[n]
	case n == sigRTMin:
		return "SIGRTMIN"
	case n > sigRTMin && n <= sigRTMax:
		return "SIGRT_" + strconv.Itoa(n-sigRTMin)
	}
	return strconv.Itoa(n)
}

// SignalNumber gives the number of a signal, with or without "SIG", 0 when
// there is none.
func SignalNumber(name string) int {
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	if other, ok := signalAliases[name]; ok {
		name = other
	}
	for n, s := range signals {
		if n > 0 && s == name {
			return n
		}
	}
	if name == "SIGRTMIN" {
		return sigRTMin
	}
	if name == "SIGRTMAX" {
		return sigRTMax
	}
	if rt, ok := strings.CutPrefix(name, "SIGRT_"); ok {
		if n, err := strconv.Atoi(rt); err == nil && n >= 0 && n <= sigRTMax-sigRTMin {
			return sigRTMin + n
		}
	}
	return 0
}
