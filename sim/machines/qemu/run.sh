#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots a stock kernel in QEMU, runs one program in it and returns its exit status.
# "run.sh --help" says more.
set -euo pipefail

# Exit codes that are not the job's.
readonly code_usage=120 code_no_status=121 code_no_boot=122 code_panic=123 code_timeout=124

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly toolbox=$here/../../../scripts/toolbox.sh

kernel='' job='' device_socket='' memory=512M memory_mode=shared iommu=no cpus=2 thread=single hotplug=no reboot=(-no-reboot) timeout=120
log='' out='' host_program=''
files=() programs=() variables=() append=()

usage() {
	cat <<-END
		Usage: run.sh --kernel DIR --job SCRIPT [OPTION...]

		Boots a kernel of get-kernel.sh in QEMU (without KVM, without root), runs SCRIPT in it
		as uid 0, powers it off and exits with SCRIPT's status.

		  --kernel DIR            the path that get-kernel.sh printed
		  --job SCRIPT            a script for busybox' sh; the guest sees it as /in/NAME
		  --file PATH             another file for the guest's /in (repeatable)
		  --program PATH          a program of this machine and its libraries, for a guest of the
		                          same architecture: /in/NAME starts it (repeatable)
		  --set NAME=VALUE        an environment variable for the job (repeatable)
		  --out DIR               the guest's /out: what the job leaves there (default: dropped)
		  --device-socket S       vfio-user socket of the device server
		  --memory-mode shared    the device sees the guest's memory (the default)
		  --memory-mode messages  it does not: all DMA goes by messages
		  --iommu strict          a virtual IOMMU (amd64): the device sees what the driver has
		                          mapped, and nothing else
		  --hotplug               the device is not there at boot: there is an empty slot, into
		                          which --host-program may plug it (qmp.py add)
		  --reboot                the guest may reboot; else that ends it
		  --host-program PROGRAM  runs on the host beside the guest, with \$qmp (QEMU's socket for
		                          QMP: see qmp.py), \$out and \$device_socket; its failure is
		                          the run's
		  --cpus N                (default: $cpus)
		  --tcg single|multi      threads of the emulation (default: $thread); with multi, an
		                          interrupt on another processor takes a tick of the guest
		  --memory SIZE           the guest's memory (default: $memory)
		  --timeout SECONDS       of real time, for all of it (default: $timeout)
		  --log FILE              the console's output (default: standard output)
		  --append "WORDS"        more words for the kernel's command line
		  --help                  this text

		Other exit codes, each with a message on standard error:
		  $code_usage  wrong arguments, or the host lacks something
		  $code_no_status  the guest ended before the job did, or the host's program failed
		  $code_no_boot  the kernel did not boot: init never ran
		  $code_panic  the guest panicked
		  $code_timeout  the time is up
	END
}

say() {
	printf 'run: %s\n' "$*" >&2
}

fail() {
	say "$*"
	exit "$code_usage"
}

parse_arguments() {
	local words
	while (($#)); do
		case $1 in
		--help)
			usage
			exit 0
			;;
		--hotplug)
			hotplug=yes
			shift
			continue
			;;
		--reboot)
			reboot=()
			shift
			continue
			;;
		esac
		(($# >= 2)) || fail "$1 needs a value (see --help)"
		case $1 in
		--kernel) kernel=$(realpath -m "$2") ;;
		--job) job=$2 ;;
		--file) files+=("$2") ;;
		--program) programs+=("$2") ;;
		--set) variables+=("$2") ;;
		--out) out=$2 ;;
		--device-socket) device_socket=$(realpath -m "$2") ;;
		--memory-mode) memory_mode=$2 ;;
		--iommu) iommu=$2 ;;
		--host-program) host_program=$2 ;;
		--cpus) cpus=$2 ;;
		--tcg) thread=$2 ;;
		--memory) memory=$2 ;;
		--timeout) timeout=$2 ;;
		--log) log=$2 ;;
		--append)
			read -ra words <<<"$2"
			append+=("${words[@]}")
			;;
		*) fail "unknown argument '$1' (see --help)" ;;
		esac
		shift 2
	done
}

check_arguments() {
	local path
	[[ -n $kernel && -n $job ]] || fail "--kernel and --job are needed (see --help)"
	[[ -e $kernel/complete ]] || fail "there is no kernel in '$kernel': run get-kernel.sh"
	for path in "$job" "${files[@]}" "${programs[@]}"; do
		[[ -f $path && -r $path ]] || fail "there is no file '$path'"
	done
	[[ -x $job ]] || fail "the job '$job' is not an executable file"
	[[ $timeout =~ ^[1-9][0-9]*$ ]] || fail "--timeout needs a number of seconds, not '$timeout'"
	[[ $cpus =~ ^[1-9][0-9]*$ ]] || fail "--cpus needs a number, not '$cpus'"
	[[ $memory =~ ^[1-9][0-9]*[MG]$ ]] || fail "--memory needs a size such as 512M, not '$memory'"
	[[ $memory_mode == shared || $memory_mode == messages ]] || fail "--memory-mode is shared or messages, not '$memory_mode'"
	[[ $thread == single || $thread == multi ]] || fail "--tcg is single or multi, not '$thread'"
	[[ $iommu == no || $iommu == strict ]] || fail "--iommu is strict, not '$iommu'"
	[[ -z $device_socket || -S $device_socket ]] || fail "no server has made the socket '$device_socket'"
	[[ -z $host_program || -x $host_program ]] || fail "the host's program '$host_program' is not an executable file"
	release=$(<"$kernel/release") architecture=$(<"$kernel/architecture")
	[[ $iommu == no || $architecture == amd64 ]] || fail "--iommu: only for amd64"
	((${#programs[@]} == 0)) || [[ $architecture == "$(dpkg --print-architecture)" ]] ||
		fail "--program: the guest's architecture is $architecture"
	for path in cpio modprobe timeout; do
		command -v "$path" >/dev/null || fail "$path is missing (Debian: apt-get install cpio kmod coreutils)"
	done
	"$toolbox" path qemu >/dev/null || fail "there is no QEMU that is new enough: run scripts/toolbox.sh install qemu"
}

# The smallest root that can mount the host's folders.
make_initramfs() {
	local root=$work/initramfs module path
	mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,boot,dev,proc,sys,tmp,in,out,lib/modules}
	cp "$kernel/busybox" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	cp "$here/init.sh" "$root/init"
	chmod +x "$root/init"
	: >"$root/boot/order"
	for module in virtio_pci 9pnet_virtio 9p; do
		while read -r _ path; do
			grep -qxF "${path##*/}" "$root/boot/order" && continue
			cp "$path" "$root/boot"
			printf '%s\n' "${path##*/}" >>"$root/boot/order"
		done < <(modprobe -d "$kernel/modules" -S "$release" --show-depends "$module" | grep '^insmod ')
	done
	(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >"$work/initramfs.cpio"
}

# A dynamic program is started by its own loader: the guest has no libraries.
add_program() {
	local name=${1##*/} libraries loader
	mkdir -p "$work/in/lib"
	cp -L "$1" "$work/in/lib/$name.program"
	libraries=$(ldd "$1")
	# Lines such as "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x...)" and "/lib64/ld-linux-x86-64.so.2 (0x...)".
	awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' <<<"$libraries" |
		xargs -r -I '{}' cp -L '{}' "$work/in/lib/"
	loader=$(awk '$1 ~ /^\// { print $1 }' <<<"$libraries")
	printf '#!/bin/sh\nexec /in/lib/%s --library-path /in/lib /in/lib/%s.program "$@"\n' "${loader##*/}" "$name" \
		>"$work/in/$name"
	chmod +x "$work/in/$name"
}

# What the guest sees as /in: the files, and a script that sets the job's variables.
make_input() {
	local path
	mkdir "$work/in"
	for path in "$job" "${files[@]}"; do
		cp -L "$path" "$work/in/"
	done
	for path in "${programs[@]}"; do
		add_program "$path"
	done
	{
		printf '#!/bin/sh\n'
		for path in "${variables[@]}"; do
			printf "export %s='%s'\n" "${path%%=*}" "${path#*=}"
		done
		printf 'exec /in/%s\n' "${job##*/}"
	} >"$work/in/start-job"
	chmod +x "$work/in/start-job"
}

# Sets command (the emulator) and arguments.
qemu_arguments() {
	local console=ttyS0 machine name
	local words=(quiet loglevel=5 panic=-1 log_buf_len=2M job=/in/start-job)
	arguments=(-nodefaults -no-user-config -display none -serial stdio "${reboot[@]}" -m "$memory" -smp "$cpus"
		-accel "tcg,thread=$thread" -qmp "unix:$work/qmp,server=on,wait=off"
		-kernel "$kernel/kernel" -initrd "$work/initramfs.cpio"
		-fsdev "local,id=in,path=$work/in,security_model=none,readonly=on"
		-fsdev "local,id=out,path=$out,security_model=none"
		-fsdev "local,id=modules,path=$kernel/modules/lib/modules,security_model=none,readonly=on")
	case $architecture in
	amd64)
		command=qemu-system-x86_64 machine=q35
		# The check counts ticks in some milliseconds; on a busy host an emulated timer fails it.
		words+=(no_timer_check)
		arguments+=(-cpu max)
		;;
	arm64)
		command=qemu-system-aarch64 machine=virt,gic-version=3 console=ttyAMA0
		arguments+=(-cpu cortex-a53)
		;;
	riscv64)
		# MSI-X needs the incoming-MSI controllers of AIA.
		command=qemu-system-riscv64 machine=virt,aia=aplic-imsic
		;;
	*) fail "architecture $architecture is not known here" ;;
	esac
	if [[ $memory_mode == shared ]]; then
		machine+=,memory-backend=ram
		arguments+=(-object "memory-backend-memfd,id=ram,size=$memory,share=on")
	fi
	if [[ $iommu == strict ]]; then
		# In front of the devices that are behind it.
		arguments+=(-device "intel-iommu,caching-mode=on,intremap=on")
		words+=(intel_iommu=on iommu.strict=1)
		machine+=,kernel-irqchip=split
	fi
	arguments+=(-machine "$machine")
	for name in in out modules; do
		arguments+=(-device "virtio-9p-pci,fsdev=$name,mount_tag=$name")
	done
	if [[ $hotplug == yes ]]; then
		# Named as in qmp.py.
		arguments+=(-device "pcie-root-port,id=port0,slot=1")
	elif [[ -n $device_socket ]]; then
		# The time that the server may take to answer: host and emulation may both be slow.
		arguments+=(-device "{\"driver\":\"vfio-user-pci\",\"id\":\"cce\",\"rombar\":0,\"x-msg-timeout\":60000,
			\"socket\":{\"type\":\"unix\",\"path\":\"$device_socket\"}}")
	fi
	arguments+=(-append "console=$console ${words[*]} ${append[*]}")
}

work='' emulator='' helper=''
# shellcheck disable=SC2317 # called by the trap
clean_up() {
	trap - EXIT
	[[ -z $helper ]] || kill "$helper" 2>/dev/null || true
	if [[ -n $emulator ]]; then
		kill "$emulator" 2>/dev/null || true
		wait "$emulator" 2>/dev/null || true
	fi
	[[ -z $work ]] || rm -rf "$work"
}

# Folders that the emulator has to see.
binds() {
	local path
	for path in "$work" "$out" "$kernel" ${device_socket:+"${device_socket%/*}"}; do
		printf '%s\0' --bind "$path"
	done
}

run_guest() {
	local command arguments bound
	qemu_arguments
	mapfile -d '' -t bound < <(binds)
	(
		cd "$work"
		exec timeout -k 5 "$timeout" "$toolbox" run --exec "$command" "${bound[@]}" qemu -- "${arguments[@]}"
	) </dev/null >"$log" 2>&1 &
	emulator=$!
	if [[ -n $host_program ]]; then
		qmp=$work/qmp out=$out device_socket=$device_socket "$host_program" &
		helper=$!
	fi
	emulator_result=0
	wait "$emulator" || emulator_result=$?
	emulator=
	helper_result=0
	if [[ -n $helper ]]; then
		# The guest has gone: it has nothing to do any more.
		for ((i = 0; i < 50; i++)); do
			kill -0 "$helper" 2>/dev/null || break
			sleep 0.1
		done
		kill "$helper" 2>/dev/null || true
		wait "$helper" || helper_result=$?
		helper=
	fi
}

give_up() {
	say "$2"
	say "the last lines of the console:"
	tail -n 15 "$log" | sed 's/^/    /' >&2
	exit "$1"
}

# The status file: "booted", then "exit STATUS".
judge() {
	local booted='' exited='' late=''
	{ read -r booted && read -r _ exited; } 2>/dev/null <"$out/status" || true
	rm -f "$out/status"
	((emulator_result != 124 && emulator_result != 137)) || late=" within $timeout s"
	! grep -q '^\[[ 0-9.]*\] Kernel panic' "$log" || give_up "$code_panic" "the guest panicked"
	[[ $booted == booted ]] || give_up "$code_no_boot" "the kernel did not boot$late (QEMU's status: $emulator_result)"
	[[ -z $late ]] || give_up "$code_timeout" "the job did not end$late"
	[[ -n $exited ]] || give_up "$code_no_status" "the guest ended before the job did"
	((helper_result == 0)) || give_up "$code_no_status" "the host's program ended with status $helper_result"
	exit "$exited"
}

main() {
	parse_arguments "$@"
	check_arguments
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	work=$(mktemp -d "${TMPDIR:-/tmp}/cce-qemu.XXXXXX")
	[[ -n $out ]] || out=$work/out
	mkdir -p "$out"
	out=$(realpath "$out")
	rm -f "$out/status"
	make_initramfs
	make_input
	if [[ -z $log ]]; then
		log=$work/log
		: >"$log"
		tail -n +1 -f --pid=$$ "$log" &
	fi
	run_guest
	judge
}

main "$@"
