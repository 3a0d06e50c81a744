package main

import "strings"

// What to do, in the words of the place where it is to be done.

const (
	procRemedy = "mount it: mount -t proc proc /proc (bwrap: --proc /proc)"
	// goOn is for what can't be changed from here.
	goOn = "; or record where it is permitted, and use stracex analyze here"
)

// kernelRemedy knows the two kernels that are none of Linux's own.
func kernelRemedy(p *patient) string {
	switch {
	case strings.Contains(p.Kernel, "-Microsoft"): // WSL 2 says microsoft
		return "this is WSL 1; in Windows: wsl --set-version DISTRIBUTION 2"
	case p.Kernel == "4.4.0":
		return "this version is what gVisor says of itself: run the container with another runtime (docker run --runtime runc; in Kubernetes, another runtimeClassName)"
	}
	return "use Linux 5.3 or newer; or record with strace -f -s 256 -o trace.log COMMAND, then: stracex analyze trace.log"
}

// yamaRemedy is about kernel.yama.ptrace_scope, which is one for the whole
// machine, containers too.
func yamaRemedy(p *patient) string {
	set := "sysctl kernel.yama.ptrace_scope=1"
	switch {
	case p.Actions && p.Container == "":
		set = "add a step to the job: sudo " + set
	case p.Container == "kubernetes":
		set = "on the node, as root: " + set
	case p.Container != "":
		set = "on the host, not in the container, as root: " + set
	default:
		set = "as root: " + set
	}
	if p.Yama == 3 {
		where, _, _ := strings.Cut(set, "sysctl")
		return where + "echo kernel.yama.ptrace_scope=1 > /etc/sysctl.d/99-ptrace.conf, and boot; until then it can't be lowered" + goOn
	}
	return set + "; or " + withCapability(p)
}

// withCapability is how a process comes by CAP_SYS_PTRACE.
func withCapability(p *patient) string {
	switch p.Container {
	case "kubernetes":
		return "run the container as root with " + kubernetesCapability
	case "podman", "docker":
		return p.Container + " run --user root --cap-add SYS_PTRACE ..."
	case "":
		return "run stracex as root"
	}
	return "run stracex as root, in a container that has CAP_SYS_PTRACE"
}

const kubernetesCapability = `securityContext: {capabilities: {add: ["SYS_PTRACE"]}}`

// filterRemedy is about the seccomp filter. The default profiles of Docker,
// Podman and containerd let ptrace through since Linux 4.8, and before with
// CAP_SYS_PTRACE.
func filterRemedy(p *patient) string {
	switch {
	case p.Container == "kubernetes":
		return "in the container's spec, " + kubernetesCapability +
			"; where Pod Security forbids that (baseline, restricted): seccompProfile: {type: Localhost, localhostProfile: FILE}, with a profile on the node that allows ptrace"
	case p.Actions && p.Container != "":
		return "in the workflow, for a job with a container: container: {options: --cap-add SYS_PTRACE}"
	case p.Container == "podman":
		return "podman run --cap-add SYS_PTRACE ... (rootless too); or --security-opt seccomp=unconfined"
	case p.Container == "docker":
		return "docker run --cap-add SYS_PTRACE ... (compose: cap_add: [SYS_PTRACE]); or --security-opt seccomp=unconfined"
	case p.Container != "":
		return "allow ptrace in the container's seccomp profile"
	}
	return "run stracex outside of what has installed it; in a systemd unit, add: SystemCallFilter=@debug"
}

func appArmorRemedy(p *patient) string {
	switch p.Container {
	case "docker", "podman":
		return p.Container + " run --security-opt apparmor=unconfined ..."
	case "kubernetes":
		return "in the container's spec, securityContext: {appArmorProfile: {type: Unconfined}}"
	}
	profile, _, _ := strings.Cut(p.AppArmor, " ")
	return "add to the profile " + profile + ", and load it again with apparmor_parser -r: ptrace (trace, read) peer=" + profile + ","
}

// trialRemedy is for a trial whose error nothing else explains.
func trialRemedy(p *patient) string {
	switch {
	case p.Proc != nil:
		return procRemedy
	case p.Unreadable:
		return "the file of stracex can't be read by this user, so the kernel hides what runs from it: chmod a+r it"
	case p.Seccomp > 0:
		return filterRemedy(p)
	}
	return "look outside of this container or pid namespace for who may trace this process already (strace, gdb), or for a security module's log: dmesg" + goOn
}
