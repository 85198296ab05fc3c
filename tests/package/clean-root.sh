#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the Debian packages, installs them into a Debian that has never seen this project, uses them there, and removes
# them. The clean Debian is fetched once and cached.
# Usage: clean-root.sh --build DIR --out DIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here code_skip=77 code_usage=2

# What the packages need from Debian, and what a user of them would have.
readonly suite=bookworm
readonly wanted=adduser,dkms,gcc,libc6-dev,libkcapi1,libssl-dev,liburing2,linux-headers-amd64,openssl,pkg-config,udev

skip() {
	printf 'SKIPPED: %s\n' "$*"
	exit "$code_skip"
}

fail() {
	printf 'FAILED: %s\n' "$*"
	exit 1
}

[[ ${1-} == --build && -d ${2-} && ${3-} == --out && -n ${4-} && $# == 4 ]] || {
	echo "clean-root.sh: usage: clean-root.sh --build DIR --out DIR" >&2
	exit "$code_usage"
}
build=$(realpath "$2")
out=$(realpath -m "$4")
readonly build out

for program in mmdebstrap:mmdebstrap bwrap:bubblewrap dpkg-deb:dpkg cpack:cmake; do
	command -v "${program%%:*}" >/dev/null || skip "${program%%:*} is missing (Debian: apt-get install ${program##*:})"
done

# Prints the path of the cached archive; fetches it if it is not there.
clean_debian() {
	local folder=${XDG_CACHE_HOME:-$HOME/.cache}/cce/clean-root key archive
	key=$(printf '%s\n' "$suite" "$wanted" "$(dpkg --print-architecture)" | sha256sum | cut -c 1-12)
	archive=$folder/$suite-$key.tar
	mkdir -p "$folder"
	(
		flock 9
		[[ -s $archive ]] || {
			mmdebstrap --format=tar --variant=minbase --include="$wanted" "$suite" "$archive.new" >"$out/mmdebstrap.log" 2>&1 &&
				mv "$archive.new" "$archive"
		}
	) 9>"$folder/.lock" || {
		rm -f "$archive.new"
		return 1
	}
	printf '%s\n' "$archive"
}

# inside COMMAND...: as root in the clean Debian, without network.
inside() {
	bwrap --unshare-user --uid 0 --gid 0 --cap-add ALL --unshare-pid --unshare-net --die-with-parent --bind "$root" / --proc /proc --dev /dev \
		--tmpfs /tmp --ro-bind "$out/packages" /packages --ro-bind "$here/use.sh" /use.sh --clearenv \
		--setenv PATH /usr/sbin:/usr/bin:/sbin:/bin --setenv DEBIAN_FRONTEND noninteractive --setenv HOME /root "$@"
}

mkdir -p "$out"
# In a user namespace only root's own files can be owned by anybody; dpkg then can't set the others.
bwrap --unshare-user --uid 0 --gid 0 --ro-bind / / true 2>"$out/bwrap.log" || skip "bubblewrap may not work here: $(tail -n 1 "$out/bwrap.log")"
archive=$(clean_debian) || skip "no clean Debian: $(grep -m 1 '^E:' "$out/mmdebstrap.log" || tail -n 1 "$out/mmdebstrap.log")"

rm -rf "$out/packages" "$out/root"
cpack --config "$build/CPackConfig.cmake" -B "$out/packages" >"$out/cpack.log" 2>&1 || {
	tail -n 20 "$out/cpack.log"
	fail "the packages were not made"
}
rm -rf "$out/packages/_CPack_Packages"
root=$out/root
readonly root
trap 'rm -rf "$root"' EXIT
mkdir "$root"
tar --extract --file "$archive" --directory "$root" --exclude='./dev/*' --no-same-owner

files_of() {
	(cd "$root" && find . -xdev -path ./proc -prune -o -path ./var/log -prune -o -path ./var/cache -prune -o \
		-path ./var/lib/dpkg -prune -o -path ./tmp -prune -o \( -type f -o -type l \) -print) | sort
}

files_of >"$out/before"
mapfile -t packages < <(cd "$out/packages" && printf '/packages/%s\n' *.deb)
inside dpkg --force-unsafe-io --install "${packages[@]}" >"$out/install.log" 2>&1 || {
	tail -n 20 "$out/install.log"
	fail "the packages do not install"
}
files_of >"$out/installed"
inside bash /use.sh || fail "the installed packages are of no use"
inside dpkg --purge openssl-provider-cce cce libcce-dev libcce0 cce-dkms >"$out/remove.log" 2>&1 || {
	tail -n 20 "$out/remove.log"
	fail "the packages are not removed"
}
files_of >"$out/after"
# What DKMS, adduser and the kernel's own tools made when they first ran is theirs.
left=$(comm -13 "$out/before" "$out/after" | grep -v -e '^\./use\.sh$' -e '^\./run/' -e '^\./var/lib/dkms/mok' -e '/modules.[a-z.]*$' -e '^\./etc/\(group\|gshadow\|passwd\|shadow\)-\?$' || true)
[[ -z $left ]] || fail "left behind: $left"
echo "${#packages[@]} packages, $(comm -13 "$out/before" "$out/installed" | wc -l) files installed, used and removed without a trace:"
for package in "$out"/packages/*.deb; do
	printf '  %s: %s KiB\n' "${package##*/}" "$(dpkg-deb --field "$package" Installed-Size)"
done
