package main

import (
	"cmp"
	"errors"
	"fmt"
	"syscall"

	"github.com/stracex/stracex/tracer"
)

// Names of the checks, in the order in which they are shown.
const (
	checkSystem   = "system"
	checkKernel   = "kernel"
	checkTrial    = "trial"
	checkTracer   = "tracer"
	checkYama     = "ptrace_scope"
	checkCaps     = "capabilities"
	checkSeccomp  = "seccomp"
	checkModule   = "security module"
	checkUserNS   = "user namespace"
	checkPlace    = "place"
	checkTempRoom = "room"
)

// Room for captures: what a run of some seconds may need, and what even a
// short one does.
const (
	roomWanted = 256 << 20
	roomNeeded = 1 << 20
)

// patient is who is examined.
type patient struct {
	tracer.Surroundings
	trial   error  // of tracer.Try
	culprit string // name of the check that explains the trial's error
}

// examine makes findings of what was seen and how the trial went. The trial
// decides; what was seen explains it.
func examine(s tracer.Surroundings, trial error) findings {
	p := &patient{Surroundings: s, trial: trial}
	p.culprit = p.blame()
	if errors.Is(trial, tracer.ErrUnsupported) {
		return findings{Checks: []check{p.system()}}
	}
	var f findings
	f.Checks = []check{p.system(), p.kernel(), p.trialRun()}
	if s.Proc == nil {
		f.Checks = append(f.Checks, p.tracedBy(), p.yama(), p.capability(), p.filter(), p.userNS())
	}
	if s.AppArmor != "" || s.SELinuxDeny {
		f.Checks = append(f.Checks, p.module())
	}
	f.Checks = append(f.Checks, p.place(), p.room())
	f.Works = true
	for _, c := range f.Checks {
		f.Works = f.Works && c.Level != levelFail
	}
	return f
}

// blame names the check that explains why the trial failed.
func (p *patient) blame() string {
	_, lacking := errors.AsType[*tracer.KernelError](p.trial)
	_, filtered := errors.AsType[*tracer.FilteredError](p.trial)
	denied, isDenied := errors.AsType[*tracer.PermissionError](p.trial)
	switch {
	case p.trial == nil:
		return ""
	case errors.Is(p.trial, tracer.ErrUnsupported) || filtered && p.Seccomp <= 0:
		return checkSystem
	case lacking:
		return checkKernel
	case filtered:
		return checkSeccomp
	case !isDenied:
		return checkTrial
	case errors.Is(denied.Err, syscall.EACCES) && (p.AppArmor != "" || p.SELinuxDeny):
		return checkModule
	case p.Yama == 3 || p.Yama == 2 && !p.CapEff:
		return checkYama
	case p.TracerPID != 0:
		return checkTracer
	}
	return checkTrial
}

// says makes a check of what is not to blame, or of what is.
func (p *patient) says(name, ok, bad, remedy string) check {
	if p.culprit == name {
		return check{name, levelFail, bad, remedy}
	}
	return check{name, levelOK, ok, ""}
}

func (p *patient) system() check {
	if errors.Is(p.trial, tracer.ErrUnsupported) {
		return p.says(checkSystem, "", p.System+": "+p.trial.Error(),
			"record on the machine where the program runs; stracex analyze reads the trace here")
	}
	return p.says(checkSystem, p.System,
		p.System+", under an emulator without ptrace (qemu-user, Rosetta): the call does not reach a kernel, and no seccomp filter is on",
		"use a machine or image of the processor's own architecture (docker run --platform)")
}

func (p *patient) kernel() check {
	name := "Linux " + cmp.Or(p.Kernel, "of unknown version")
	old := olderThan(p.Kernel, 5, 3)
	if old && p.trial == nil {
		return check{checkKernel, levelOK, name + ", which has what is new in 5.3", ""}
	}
	if old && p.culprit != checkKernel {
		return check{checkKernel, levelWarn, name + " is older than 5.3, which capturing needs", kernelRemedy(p)}
	}
	missing := ""
	if e, ok := errors.AsType[*tracer.KernelError](p.trial); ok {
		missing = " has no " + e.Needs
	}
	return p.says(checkKernel, name, name+missing, kernelRemedy(p))
}

// olderThan compares a release ("6.1.0-13-amd64") with a version. An unknown
// one is not older.
func olderThan(release string, major, minor int) bool {
	var a, b int
	if n, _ := fmt.Sscanf(release, "%d.%d", &a, &b); n != 2 {
		return false
	}
	return a < major || a == major && b < minor
}

func (p *patient) trialRun() check {
	const good = "a small program ran under ptrace, and its calls came through"
	if p.trial == nil {
		return check{checkTrial, levelOK, good, ""}
	}
	remedy := ""
	if p.culprit == checkTrial {
		remedy = trialRemedy(p)
	}
	return check{checkTrial, levelFail, p.trial.Error(), remedy}
}

func (p *patient) tracedBy() check {
	if p.TracerPID == 0 {
		return check{checkTracer, levelOK, "nobody traces stracex", ""}
	}
	who := fmt.Sprintf("%s[%d] traces stracex", cmp.Or(p.TracerName, "a process"), p.TracerPID)
	if p.trial == nil {
		return check{checkTracer, levelOK, who + ", but not what it starts", ""}
	}
	const outside = "run stracex outside of it"
	if p.culprit != checkTracer {
		return check{checkTracer, levelWarn, who, outside}
	}
	return check{checkTracer, levelFail, who + " and what it starts; a process has one tracer only", outside}
}

func (p *patient) yama() check {
	setting := fmt.Sprintf("kernel.yama.ptrace_scope is %d", p.Yama)
	switch {
	case p.Yama == 3:
		return p.says(checkYama, setting, setting+": nobody may trace until the next boot", yamaRemedy(p))
	case p.Yama == 2 && p.CapEff:
		setting += ": only with CAP_SYS_PTRACE, which is there"
	case p.Yama == 2:
		return p.says(checkYama, setting+": only with CAP_SYS_PTRACE", setting+": nobody may trace without CAP_SYS_PTRACE", yamaRemedy(p))
	case p.Yama == 1 && p.CapEff:
		setting += ": a program that stracex starts may be traced, and with CAP_SYS_PTRACE any other"
	case p.Yama == 1:
		setting += ": a program that stracex starts may be traced, one that runs already not without CAP_SYS_PTRACE"
	case p.Yama == 0:
		setting += ": a user may trace what is theirs"
	default:
		setting = "there is no Yama: a user may trace what is theirs"
	}
	return check{checkYama, levelOK, setting, ""}
}

func (p *patient) capability() check {
	text := "CAP_SYS_PTRACE is there"
	switch {
	case p.CapEff:
	case p.Yama == 2:
		text = "no CAP_SYS_PTRACE"
	case !p.CapBnd:
		text = "no CAP_SYS_PTRACE, not even in the bounding set; not needed for one's own programs"
	default:
		text = "no CAP_SYS_PTRACE, not needed for one's own programs"
	}
	switch {
	case p.NoNewPrivs:
		text += "; no_new_privs is set: set-user-ID programs (sudo) have no effect, traced or not"
	case !p.CapEff:
		text += "; set-user-ID programs (sudo) run without their privilege when traced"
	}
	return check{checkCaps, levelOK, text, ""}
}

func (p *patient) filter() check {
	text := "no filter"
	switch {
	case p.Seccomp < 0:
		text = "unknown"
	case p.Seccomp > 0 && p.trial == nil:
		text = "a filter is on, and lets ptrace through"
	case p.Seccomp > 0:
		text = "a filter is on; it does not answer for ptrace"
	}
	return p.says(checkSeccomp, text, "a filter is on, and does not let ptrace through", filterRemedy(p))
}

func (p *patient) module() check {
	if p.SELinuxDeny {
		if p.culprit == checkModule {
			return check{checkModule, levelFail, "SELinux: the boolean deny_ptrace is on", "as root: setsebool deny_ptrace off"}
		}
		return check{checkModule, levelWarn, "SELinux: the boolean deny_ptrace is on; confined programs can't be traced", "as root: setsebool deny_ptrace off"}
	}
	return p.says(checkModule, "AppArmor: profile "+p.AppArmor, "AppArmor: profile "+p.AppArmor+" forbids to trace", appArmorRemedy(p))
}

func (p *patient) userNS() check {
	text := "the first one"
	if p.UserNamespace {
		text = "not the first one: capabilities hold for what is in it only"
	}
	if p.NoNewUserNS != "" {
		text += "; " + p.NoNewUserNS + " keeps programs without privilege (sandboxes) from making others"
	}
	return check{checkUserNS, levelOK, text, ""}
}

// place says where this is, which decides what a remedy looks like.
func (p *patient) place() check {
	text := "no container that is known"
	if p.Container != "" {
		kind := p.Container
		if kind == "podman" && p.UserNamespace {
			kind = "rootless podman"
		}
		text = fmt.Sprintf("a container, %s (%s)", kind, p.ContainerSign)
	}
	if p.Actions {
		text += ", in a job of GitHub Actions"
	}
	return check{checkPlace, levelOK, text, ""}
}

func (p *patient) room() check {
	const elsewhere = "set TMPDIR to a directory that has room and may be written to, or keep captures with -o FILE"
	free := fmt.Sprintf("%d MiB for captures in %s", p.TempFree>>20, p.TempDir)
	switch {
	case p.TempErr != nil:
		return check{checkTempRoom, levelFail, "no capture can be made: " + p.TempErr.Error(), elsewhere}
	case p.TempFree < roomNeeded:
		return check{checkTempRoom, levelFail, free, elsewhere}
	case p.TempFree < roomWanted:
		return check{checkTempRoom, levelWarn, free + ": enough for short runs", elsewhere}
	}
	return check{checkTempRoom, levelOK, free, ""}
}
