#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The module at its default priority: whoever doesn't name its algorithms doesn't get them. The order "first" loads it
# before anybody has asked for an AES algorithm, so that the generic templates have no instance yet.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

need cryptsetup cryptsetup-bin
need dmsetup dmsetup
no_extra_selftests
readonly order=${order:?}

[[ $order == first ]] || python3 "$users/choice.py" >"$out/without.json"
load
snapshot before
make_disk 8M
head -c 64 /dev/urandom >/tmp/key
cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 512 --key-file /tmp/key "$disk" crypt
dd if=/dev/zero of=/dev/mapper/crypt bs=64k count=16 conv=fsync status=none
block_statistics crypt >"$out/disk.stat"
cryptsetup close crypt
remove_disk
snapshot after
python3 "$users/choice.py" >"$out/with.json"
unload
[[ $order != first ]] || python3 "$users/choice.py" >"$out/without.json"
save_checkers
