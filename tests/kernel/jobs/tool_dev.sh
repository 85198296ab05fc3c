#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The program cce over /dev/cce, and what it says when things go wrong: no permission, the engine taken away in mid-run, a
# full disk, a closed pipe, signals.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

need setpriv util-linux
need openssl openssl

readonly scratch=/tmp/tool user=65534
mkdir "$scratch"
cd "$scratch"

# attempt NAME COMMAND...: its exit status and what it says, for check_programs.py.
attempt() {
	local name=$1 status=0
	shift
	"$@" 2>"$out/$name.error" || status=$?
	echo "$status" >"$out/$name.status"
}

cce() { "$tool" "$1" --backend dev --key-file key "${@:2}"; }

# opens NAME FILE: with the CPU, it is the text.
opens() {
	"$tool" open --backend software --key-file key --in "$2" --quiet | cmp - text || fail "$1: $2 is not the text"
}

# The first half of the text; then a command; then the rest. So the command comes in the middle of what reads this.
text_around() {
	head -c $((bytes / 2)) text
	# Until it is through the pipe, and under way.
	sleep 0.001
	"$@" >&2
	tail -c +$((bytes / 2 + 1)) text
}

readonly bytes=$((2 * 1024 * 1024 + 77))
head -c "$bytes" /dev/urandom >text
printf %064d 7 >key

work() {
	"$tool" info --backend dev --json >"$out/info.json"
	attempt selftest "$tool" selftest --backend dev --json >"$out/selftest.json"
	attempt seal cce seal --in text --out sealed
	opens seal sealed
	attempt open cce open --in sealed --out opened
	cmp text opened
	head -c 300000 text >short
	local mode iv=000102030405060708090a0b0c0d0e0f options
	for mode in ctr cbc ecb; do
		options=(-K "$(cat key)")
		[[ $mode == ecb ]] || options+=(-iv "$iv")
		attempt "enc_$mode" cce enc --mode "$mode" ${options[2]:+--iv "$iv"} --in short --out enciphered
		openssl enc -d "-aes-256-$mode" "${options[@]}" -in enciphered | cmp - short || fail "enc $mode"
		attempt "dec_$mode" cce dec --mode "$mode" ${options[2]:+--iv "$iv"} --in enciphered --out deciphered
		cmp deciphered short
	done
	attempt mac cce mac --mac cmac short >authenticator
	openssl mac -cipher AES-256-CBC -macopt "hexkey:$(cat key)" -in short CMAC >other
	[[ $(tr 'A-F' 'a-f' <other) == "$(cut -d ' ' -f 1 authenticator)" ]] ||
		fail "CMAC: $(cat authenticator), OpenSSL: $(cat other)"
}

# As another user, with a copy of the program where that one can reach it. Where lines are counted, these runs' counts go to
# where that user can write them, and to nobody: gcov would tell of each that it can't write.
as_user() {
	local group=$1
	shift
	setpriv --reuid="$user" --regid="$group" --clear-groups --inh-caps=-all \
		env LD_LIBRARY_PATH="$scratch/bin" GCOV_PREFIX="$scratch/counts" "$@"
}

permission() {
	local group=12345
	mkdir bin
	cp "$tool" bin/cce
	cp "$(ldd "$tool" | sed -n 's/.*libcce[^ ]* => \([^ ]*\).*/\1/p')" bin/
	chmod -R a+rX "$scratch"
	mkdir --mode=777 others counts
	attempt not_permitted as_user "$user" bin/cce seal --backend dev --key-file key --in text --out others/sealed
	[[ -z $(ls others) ]] || fail "somebody without permission left $(ls others)"
	attempt other_choice as_user "$user" bin/cce seal --key-file key --in text --out others/sealed
	opens other_choice others/sealed
	rm others/sealed
	chgrp "$group" /dev/cce
	chmod 660 /dev/cce
	attempt permitted as_user "$group" bin/cce seal --backend dev --key-file key --in text --out others/sealed
	opens permitted others/sealed
}

# In a pipe, so that it is known where the run is.
ends() {
	# The engine goes: what is in flight is waited for, the kernel's own code does the rest.
	local driver=/sys/bus/pci/drivers/cce
	unbind() { echo "$device" >"$driver/unbind"; }
	text_around unbind | attempt removed cce seal --out removed
	opens removed removed
	attempt absent cce seal --in text --out absent
	opens absent absent
	echo "$device" >"$driver/bind"
	attempt back cce open --in removed --out back
	cmp text back

	mkdir full
	mount -t tmpfs -o size=1m tmpfs full
	attempt disk_full cce seal --in text --out full/sealed
	ls full >"$out/disk_full.left"
	umount full
	local statuses
	cce seal --in text 2>"$out/closed_pipe.error" | head -c 1000 >/dev/null && statuses=("${PIPESTATUS[@]}") ||
		statuses=("${PIPESTATUS[@]}")
	echo "${statuses[0]}" >"$out/closed_pipe.status"
	local signal
	for signal in TERM INT; do
		stopped_by "$signal"
	done
}

# A run that waits for more input is ended, and gone on with.
stopped_by() {
	local name=signal_$1 run status=0
	mkfifo input
	exec 7<>input
	# Ctrl-C is ignored by what runs in the background of a script: not by this.
	env --default-signal=INT "$tool" seal --backend dev --key-file key --chunk 16KiB --depth 4 --in input --out stopped \
		2>"$out/$name.error" 7>&- &
	run=$!
	head -c $((bytes / 2)) text >&7
	while [[ ! -s stopped.partial ]]; do
		kill -0 "$run" || fail "$name: it does not run: $(cat "$out/$name.error")"
		sleep 0.001
	done
	kill -s "$1" "$run"
	wait "$run" || status=$?
	echo "$status" >"$out/$name.status"
	exec 7>&-
	rm input
	[[ ! -e stopped ]] || fail "$name: an unfinished file has the whole one's name"
	attempt "resumed_$1" cce seal --in text --out stopped --resume
	opens "resumed_$1" stopped
	rm stopped
}

echo 1 >/sys/module/cryptomgr/parameters/notests
attempt no_module cce seal --in text --out nothing
[[ ! -e nothing ]] || fail "without the module there is an output"
load
snapshot before
work
snapshot work
permission
ends
snapshot after
unload
save_checkers
