#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots the guest kernel, runs one program in it and returns its exit status.
# "run.sh --help" says more.
set -euo pipefail

# Exit codes that are not the job's.
readonly code_usage=120 code_no_status=121 code_no_boot=122 code_panic=123 code_timeout=124

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

kernel=
job=
device_socket=
calendar_socket=
memory=
timeout=300
log=
shared=()
extra=()

usage() {
	cat <<-END
		Usage: run.sh --kernel DIR --job PROGRAM [OPTION...]

		Boots User Mode Linux on the host's own root file system, runs PROGRAM in it as
		uid 0, powers it off and exits with PROGRAM's status.

		  --kernel DIR           the path that build-kernel.sh printed
		  --job PROGRAM          an executable file on the host; it gets no arguments
		  --device-socket S      vhost-user socket of a PCI device server
		  --calendar-socket T    time-travel socket of the same server; without it the
		                         guest runs in real time
		  --memory SIZE          the guest's memory (default: 256M, 512M with KASAN)
		  --timeout SECONDS      of real time, for all of it (default: $timeout)
		  --log FILE             the console's output (default: standard output)
		  --share PATH           a host file or directory that the job needs although it is
		                         below /tmp, /run or /dev, where the guest has its own;
		                         the job's own directory is shared without it
		  --append "WORDS"       more words for the kernel's command line; a word NAME=VALUE
		                         unknown to the kernel is a variable for the job
		  --help                 this text

		Other exit codes, each with a message on standard error:
		  $code_usage  wrong arguments, or the host lacks something
		  $code_no_status  the guest ended before the job did
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
		[[ $1 == --help ]] || (($# >= 2)) || fail "$1 needs a value (see --help)"
		case $1 in
		--kernel) kernel=$2 ;;
		--job) job=$2 ;;
		--device-socket) device_socket=$2 ;;
		--calendar-socket) calendar_socket=$2 ;;
		--memory) memory=$2 ;;
		--timeout) timeout=$2 ;;
		--log) log=$2 ;;
		--share) shared+=("$(realpath -e "$2" 2>/dev/null)") || fail "--share: there is no '$2'" ;;
		--append)
			read -ra words <<<"$2"
			extra+=("${words[@]}")
			;;
		--help)
			usage
			exit 0
			;;
		*) fail "unknown argument '$1' (see --help)" ;;
		esac
		shift 2
	done
}

check_arguments() {
	[[ -n $kernel && -n $job ]] || fail "--kernel and --job are needed (see --help)"
	[[ -x $kernel/linux ]] || fail "there is no kernel in '$kernel': run build-kernel.sh"
	[[ -f $job && -x $job ]] || fail "the job '$job' is not an executable file"
	[[ $timeout =~ ^[1-9][0-9]*$ ]] || fail "--timeout needs a number of seconds, not '$timeout'"
	[[ -z $memory || $memory =~ ^[1-9][0-9]*[MG]$ ]] ||
		fail "--memory needs a size such as 256M, not '$memory'"
	[[ -z $calendar_socket || -n $device_socket ]] ||
		fail "--calendar-socket needs --device-socket"
	check_socket "$device_socket"
	check_socket "$calendar_socket"
	job=$(realpath "$(dirname "$job")")/$(basename "$job")
	check_path "$job"
	check_path "$here"
	if [[ -z $memory ]]; then
		memory=256M
		! grep -qx CONFIG_KASAN=y "$kernel/.config" || memory=512M
	fi
}

# The kernel's command line cannot carry everything.
check_path() {
	[[ $1 != *[\":]* ]] || fail "'$1' has a quote or a colon in its name"
}

check_socket() {
	[[ -n $1 ]] || return 0
	[[ -S $1 ]] || fail "no server has made the socket '$1'"
	[[ $1 != *[[:space:],:]* ]] || fail "the socket '$1' has a space, a comma or a colon in its name"
	((${#1} < 108)) || fail "the name of the socket '$1' is longer than 107 characters"
}

# A private directory for the guest's memory and run-time files: in /dev/shm if
# that has room for the memory and allows programs to be mapped, else in /tmp.
directory=
make_directory() {
	local candidate
	for candidate in /dev/shm "${TMPDIR:-/tmp}"; do
		directory=$(mktemp -d "$candidate/cce-uml.XXXXXX" 2>/dev/null) || continue
		! has_room || return 0
		rm -rf "$directory"
	done
	directory=
	fail "neither /dev/shm nor ${TMPDIR:-/tmp} has room for $memory and allows programs"
}

has_room() {
	local size=${memory%?} available
	[[ $memory != *G ]] || size=$((size * 1024))
	available=$(df --output=avail -m "$directory" | tail -n 1)
	printf '#!/bin/sh\n' >"$directory/program"
	chmod +x "$directory/program"
	((available > size)) && "$directory/program" 2>/dev/null
}

# What the guest's own mounts would hide.
hidden_paths() {
	local path
	for path in "$(dirname "$job")" "${shared[@]}"; do
		case $path in
		/tmp | /run | /dev | /dev/shm) printf '%s:' "$job" ;;
		/tmp/* | /run/* | /dev/*) printf '%s:' "$path" ;;
		esac
	done
}

kernel_arguments() {
	printf '%s\0' "mem=$memory" \
		root=/dev/root rootfstype=hostfs rootflags=/ rw \
		con=null con0=null,fd:1 quiet loglevel=6 \
		"uml_dir=$directory/" umid=guest \
		virt_pci.read_ns=100
	[[ -z $device_socket ]] || printf '%s\0' "virtio_uml.device=$device_socket:1234"
	[[ -z $calendar_socket ]] || printf '%s\0' "time-travel=ext:$calendar_socket"
	printf '%s\0' "${extra[@]}" \
		"init=\"$here/init.sh\"" "job=\"$job\"" "status=$directory/status"
	printf 'share="%s"\0' "$(hidden_paths)"
}

# The watchdog lives in its own session and reads from this script. It kills the
# guest when the time is up, and cleans up when the script was killed itself.
# shellcheck disable=SC2016 # expanded by the watchdog
readonly watchdog='
	read -r guest || exit 0
	word= result=0
	read -r -t "$2" word || result=$?
	if ((result > 128)); then
		: >"$1/timed-out"
		kill -KILL -- "-$guest" 2>/dev/null
		read -r word
	fi
	if [[ $word != finished ]]; then
		kill -KILL -- "-$guest" 2>/dev/null
		rm -rf "$1"
	fi
'

guest=
start_guest() {
	local arguments wrapper=()
	mapfile -d '' -t arguments < <(kernel_arguments)
	# With fixed addresses every run has the guest's memory in the same place.
	! setarch -R true 2>/dev/null || wrapper=(setarch -R)
	# A panic ends in abort().
	ulimit -c 0
	exec {leash}> >(exec setsid bash -c "$watchdog" watchdog "$directory" "$timeout" >/dev/null 2>&1)
	watcher=$!
	# In a session of its own: the guest kernel signals its whole process group.
	TMPDIR=$directory setsid "${wrapper[@]}" "$kernel/linux" "${arguments[@]}" \
		</dev/null >"$log" 2>&1 {leash}>&- &
	guest=$!
	echo "$guest" >&"$leash"
}

# Only SIGKILL, and the whole group: on SIGTERM the guest kernel can hang, and its
# helper processes would survive it. They are not this script's children, so it
# looks for their end, not for long: where nothing reaps orphans they stay visible.
kill_guest() {
	local attempts=25
	kill -KILL -- "-$guest" 2>/dev/null || true
	{ wait "$guest" || true; } 2>/dev/null
	while ((attempts-- > 0)) && kill -0 -- "-$guest" 2>/dev/null; do
		sleep 0.02
	done
}

# shellcheck disable=SC2317 # called by the trap
clean_up() {
	trap - EXIT
	[[ -z $guest ]] || kill_guest
	[[ -z $directory ]] || rm -rf "$directory"
	# Only now: should this script be killed before, the watchdog does the rest.
	if [[ -n $guest ]]; then
		echo finished >&"$leash" || true
		wait "$watcher" || true
	fi
}

run_guest() {
	local follower=
	start_guest
	if [[ $log == "$directory/log" ]]; then
		tail -n +1 -f -s 0.05 --pid="$guest" "$log" {leash}>&- &
		follower=$!
	fi
	{ wait "$guest" || true; } 2>/dev/null
	kill_guest
	[[ -z $follower ]] || wait "$follower" || true
}

give_up() {
	say "$2"
	if [[ $log != "$directory/log" ]]; then
		say "the last lines of $log:"
		tail -n 10 "$log" | sed 's/^/    /' >&2
	fi
	exit "$1"
}

# The status file: "booted", then "exit STATUS".
judge() {
	local booted='' exited='' late=''
	{ read -r booted && read -r _ exited; } 2>/dev/null <"$directory/status" || true
	[[ ! -e $directory/timed-out ]] || late=" within $timeout s"
	! grep -q '^\[[ 0-9.]*\] Kernel panic' "$log" || give_up "$code_panic" "the guest panicked"
	[[ $booted == booted ]] || give_up "$code_no_boot" "the kernel did not boot$late"
	[[ -z $late ]] || give_up "$code_timeout" "the job did not end$late"
	[[ -n $exited ]] || give_up "$code_no_status" "the guest ended before the job did"
	exit "$exited"
}

main() {
	parse_arguments "$@"
	check_arguments
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	trap 'exit 141' PIPE
	make_directory
	[[ -n $log ]] || log=$directory/log
	{ : >"$log"; } 2>/dev/null || fail "cannot write '$log'"
	run_guest
	judge
}

main "$@"
