#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a job in a QEMU guest that has a Core Crypto Engine: starts the device server, boots the guest, ends both.
# "with-device.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly code_usage=120 code_server=125

server='' server_log='' may_die=no
server_arguments=() run_arguments=()

usage() {
	cat <<-END
		Usage: with-device.sh --server PROGRAM --kernel DIR --job SCRIPT [OPTION...]
		                      [-- SERVER ARGUMENTS...]

		Starts the device server, boots the guest kernel with it, runs the job in the
		guest, and exits with the job's status, or with the server's if only that failed.

		  --server PROGRAM     cce_vfio_user_server
		  --server-log FILE    what the server says (default: standard error)
		  --server-may-die     a killed server is no failure: --host-program has \$server_pid
		  --help               this text
		  any other option     goes to run.sh: see run.sh --help

		Other exit codes: $code_server the device server failed or recorded a fault; those of run.sh.
	END
}

say() {
	printf 'with-device: %s\n' "$*" >&2
}

while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--)
		shift
		server_arguments=("$@")
		break
		;;
	--server-may-die)
		may_die=yes
		shift
		continue
		;;
	--hotplug | --reboot)
		run_arguments+=("$1")
		shift
		continue
		;;
	esac
	(($# >= 2)) || {
		say "$1 needs a value (see --help)"
		exit "$code_usage"
	}
	case $1 in
	--server) server=$2 ;;
	--server-log) server_log=$2 ;;
	*) run_arguments+=("$1" "$2") ;;
	esac
	shift 2
done
[[ -x $server ]] || {
	say "--server is needed (see --help)"
	exit "$code_usage"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/cce-device.XXXXXX")
server_pid='' runner=''
# shellcheck disable=SC2317 # called by the trap
clean_up() {
	trap - EXIT
	if [[ -n $runner ]]; then
		kill "$runner" 2>/dev/null || true
		wait "$runner" 2>/dev/null || true
	fi
	if [[ -n $server_pid ]]; then
		kill "$server_pid" 2>/dev/null || true
		wait "$server_pid" 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

[[ -n $server_log ]] || server_log=/dev/stderr
mkfifo "$work/ready"
"$server" --socket "$work/device" --ready-fd 3 "${server_arguments[@]}" 3>"$work/ready" >>"$server_log" 2>&1 </dev/null &
server_pid=$!
export server_pid
# The server writes a line when it listens; it closes the descriptor when it ends.
if ! read -r _ <"$work/ready"; then
	wait "$server_pid" || true
	server_pid=
	say "the device server did not start"
	[[ $server_log == /dev/stderr ]] || tail -n 5 "$server_log" >&2
	exit "$code_server"
fi

result=0
# In the background: a signal is then acted on at once.
"$here/run.sh" --device-socket "$work/device" "${run_arguments[@]}" &
runner=$!
wait "$runner" || result=$?
runner=

# The guest has gone, so the server ends by itself; one that does not within 5 s, or serves many, is asked to.
server_result=0
[[ " ${server_arguments[*]} " == *' --serve-many '* ]] || for ((i = 0; i < 50; i++)); do
	kill -0 "$server_pid" 2>/dev/null || break
	sleep 0.1
done
kill "$server_pid" 2>/dev/null || true
wait "$server_pid" || server_result=$?
server_pid=
((server_result != 137)) || [[ $may_die == no ]] || server_result=0
if ((result == 0 && server_result != 0)); then
	say "the device server ended with status $server_result"
	[[ $server_log == /dev/stderr ]] || tail -n 20 "$server_log" >&2
	exit "$code_server"
fi
exit "$result"
