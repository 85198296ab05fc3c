# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the jobs with cce_load.ko share. Sourced in the guest.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

readonly load_module=${load_module:?}
readonly load_parameters=/sys/module/cce_load/parameters
readonly load_files=/sys/kernel/debug/cce_load

# Texts of the lengths that the tester asks for are encrypted in two passes, too.
# shellcheck disable=SC2034 # for load()
module_parameters=(two_passes_from=64)

load_tester() {
	insmod "$load_module" || fail "insmod cce_load failed"
}

unload_tester() {
	rmmod cce_load || fail "rmmod cce_load failed"
}

# set_load NAME=VALUE...: the tester's parameters.
set_load() {
	local word
	for word; do
		echo "${word#*=}" >"$load_parameters/${word%%=*}"
	done
}

# run_load NAME [NAME=VALUE...]: one run; what became of the requests goes to a file of that name. check.py judges it.
run_load() {
	local name=$1
	shift
	set_load "$@"
	echo 1 >"$load_files/run" || fail "the run $name does not begin"
	echo 2 >"$load_files/run" || echo "a run with defects: $name"
	cat "$load_files/result" >"$out/$name.load"
}

# begin_load NAME=VALUE...: a run that goes on meanwhile.
begin_load() {
	set_load "$@"
	echo 1 >"$load_files/run" || fail "a run does not begin"
}

# end_load NAME
end_load() {
	echo 0 >"$load_files/run" || echo "a run with defects: $1"
	cat "$load_files/result" >"$out/$1.load"
}
