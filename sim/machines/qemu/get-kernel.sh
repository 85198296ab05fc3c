#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Gets a stock Debian kernel, and what builds modules for it, into the user's cache.
# "get-kernel.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
# Part of the key: raise it when what is made below changes.
readonly recipe=1
readonly code_usage=2 code_none=3

name='' action=get update=no
tool='kernel' least='' foreign='' suites='' work=''

say() { printf 'get-kernel: %s\n' "$*" >&2; }
die() {
	printf 'get-kernel: error: %s\n' "$*" >&2
	exit 1
}
usage_error() {
	printf 'get-kernel: error: %s (see --help)\n' "$*" >&2
	exit "$code_usage"
}

# shellcheck source=scripts/private-apt.sh
source "$here/../../../scripts/private-apt.sh"

box=$(cache_home)/cce/qemu-kernel
readonly box

# Series and the suites that may have it, the first that does wins. Any other series is looked for where new kernels
# are.
suites_of() {
	case $1 in
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	*) echo sid forky ;;
	esac
}

usage() {
	cat <<-END
		Usage: get-kernel.sh --kernel SERIES-ARCHITECTURE [--update] [--print-path]

		Fetches a stock Debian kernel with its modules, its headers, a compiler and a static
		busybox, unpacks all of it into the user's cache, and prints the folder. What is there
		already is not fetched again. Nothing is installed; root is not needed.

		  --kernel NAME   e.g. 6.1-amd64 (Debian 12), 6.12-riscv64 (Debian 13), 7.2-amd64 (sid or
		                  forky, if they have that), newest-amd64 (what sid has);
		                  architectures: amd64, arm64, riscv64
		  --update        fetch the mirror's present version if it is another one
		  --print-path    fetch nothing; exit status $code_none if there is none
		  --help          this text

		The folder holds: kernel (what QEMU boots), release, architecture, modules/ (a root for
		modprobe), busybox, and root/ (headers and compiler: see build-module.sh).
		Cache: $box, 0.6 to 1 GB for each kernel; delete it to free the space.
	END
}

parse_arguments() {
	while (($#)); do
		case $1 in
		--kernel)
			name=${2-}
			[[ $name =~ ^(newest|[0-9]+\.[0-9]+)-(amd64|arm64|riscv64)$ ]] || usage_error "--kernel: '$name' is no kernel"
			shift
			;;
		--update) update=yes ;;
		--print-path) action=path ;;
		--help)
			usage
			exit 0
			;;
		*) usage_error "unknown argument '$1'" ;;
		esac
		shift
	done
	[[ -n $name ]] || usage_error "--kernel is missing"
	series=${name%-*} architecture=${name##*-}
}

# The newest complete folder of this kernel.
cached() {
	local stamp newest=''
	for stamp in "$box/$name"_*_"$recipe"/complete; do
		[[ -e $stamp ]] || continue
		[[ -n $newest && $newest -nt $stamp ]] || newest=$stamp
	done
	[[ -n $newest ]] && printf '%s\n' "${newest%/complete}"
}

# What compiles for the architecture on this machine: the ending of the compiler package's name.
compiler_ending() {
	[[ $architecture != "$(dpkg --print-architecture)" ]] || return 0
	case $architecture in
	amd64) echo -x86-64-linux-gnu ;;
	arm64) echo -aarch64-linux-gnu ;;
	riscv64) echo -riscv64-linux-gnu ;;
	esac
}

# Sets suites, image (the package), release, version.
find_kernel() {
	local suite depends tried=()
	# shellcheck disable=SC2046 # words
	for suite in $(suites_of "$series"); do
		suites=$suite
		get_lists 1/5 || continue
		depends=$(private_apt apt-cache depends "linux-image-$architecture:$architecture" 2>/dev/null |
			sed -n 's/^ *Depends: *\(linux-image-[^:]*\).*/\1/p' | head -n 1)
		release=${depends#linux-image-}
		if [[ -z $depends ]]; then
			tried+=("$suite: no kernel for $architecture")
		elif [[ $series != newest && $release != "$series".* ]]; then
			tried+=("$suite: has $release")
		else
			image=$depends
			version=$(candidate_of "$image:$architecture")
			return 0
		fi
	done
	die "$mirror_shown has no kernel $name now ($(all_tried))"
}

# fetch PACKAGE...: exactly these, of any architecture.
fetch() {
	(cd "$work/apt/var/cache/apt/archives" && private_apt apt-get -q download "$@" >"$work/log" 2>&1) ||
		explain "downloading $*"
}

# The packages just fetched, out of the way of those for the root.
set_aside() {
	mkdir -p "$work/aside"
	mv "$work"/apt/var/cache/apt/archives/*.deb "$work/aside"
}

# Newer kernel packages hold nothing but depend on their parts.
parts=()
fetch_parts() {
	mapfile -t parts < <(dpkg-deb -f "$work/aside/$image"_*.deb Depends | tr ',' '\n' |
		sed -nE "s/^ *(linux-(base|binary|modules)-[^ ]*).*/\1/p" | grep -F -- "-$release" || true)
	((${#parts[@]} == 0)) || {
		fetch "${parts[@]/%/:$architecture}"
		set_aside
	}
}

unpack_into() {
	local folder=$1 pattern deb
	shift
	mkdir -p "$folder"
	for pattern; do
		for deb in "$work/aside/$pattern"_*.deb; do
			dpkg -x "$deb" "$folder" 2>"$work/log" || explain "unpacking ${deb##*/}"
		done
	done
}

# Headers, compiler and the tools that make needs, in a root of their own.
make_root() {
	local headers=linux-headers-$release kbuild compiler ending
	ending=$(compiler_ending)
	kbuild=$(dpkg-deb -f "$work/aside/$headers"_*.deb Depends | grep -oE 'linux-kbuild-[^ ,(:]+' | head -n 1)
	unpack_into "$work/headers" "$headers"
	# Debian's headers name the compiler that the kernel was built with.
	compiler=$(grep -rhoE 'gcc-[0-9]+' "$work/headers/usr/src/$headers/.kernelvariables" | head -n 1)
	[[ -n $kbuild && -n $compiler ]] || die "$headers does not say what builds modules for it"
	say "3/5 $compiler$ending and what it needs, $suites"
	private_apt apt-get -q -y -d --no-install-recommends install "$compiler$ending" "$kbuild" \
		"linux-headers-${release%-"$architecture"}-common" make bash dash coreutils sed mawk grep findutils perl-base \
		binutils gzip xz-utils zstd lz4 >"$work/log" 2>&1 || explain "downloading the compiler"
	step='4/5 ' unpack_packages "$new/root" --exclude=./usr/share/{doc,man,locale,info,lintian,bug} \
		--exclude=./usr/share/{perl,zoneinfo,gcc}
	cp -a "$work/headers/usr/src/$headers" "$new/root/usr/src/"
	# Made by maintainer scripts, of which none has run.
	ln -sfn mawk "$new/root/usr/bin/awk"
	[[ -e $new/root/usr/bin/$compiler || -n $ending ]] || die "there is no $compiler in its package"
}

in_root() {
	sandbox_of "$new/root"
	shared=()
	share_folder "$work"
	bwrap "${sandbox[@]}" --remount-ro / "$@"
}

# The modules that a guest without disk and network can use, and what modprobe needs to find them.
take_modules() {
	local from=$1 to=$new/modules/lib/modules/$release
	mkdir -p "$to"
	cp "$from"/modules.{order,builtin,builtin.modinfo} "$to"
	tar -C "$from" -c --exclude=kernel/sound --exclude='kernel/drivers/[!bcmv]*' --exclude='kernel/drivers/b[!l]*' \
		--exclude='kernel/drivers/c[!hr]*' --exclude='kernel/drivers/char/*/*' --exclude='kernel/drivers/m[!d]*' \
		--exclude='kernel/drivers/v[!i]*' --exclude='kernel/drivers/video' --exclude='kernel/drivers/block/*/*' \
		--exclude='kernel/fs/[!9fn]*' --exclude='kernel/net/[!9ikltux]*' kernel | tar -C "$to" -x
	# Only plain ones can be loaded by every busybox.
	# shellcheck disable=SC2016 # expanded in the sandbox
	in_root /bin/sh -c 'find "$1" -name "*.ko.xz" -exec xz -d {} + && find "$1" -name "*.ko.zst" -exec zstd -q -d --rm {} +' \
		sh "$to"
	depmod -b "$new/modules" "$release"
}

# number OFFSET BYTES FILE: an unsigned little-endian number.
number() { od -An -j "$1" -N "$2" -t "u$2" --endian=little "$3" | tr -d ' '; }

# Prints the ELF file inside an x86 bzImage (Linux, Documentation/arch/x86/boot.rst: setup_sects, payload_offset,
# payload_length; behind the compressed data stands their size, 4 bytes).
unpack_bzimage() {
	local file=$1 begin bytes magic unpacker
	begin=$((($(number 0x1f1 1 "$file") + 1) * 512 + $(number 0x248 4 "$file")))
	bytes=$(($(number 0x24c 4 "$file") - 4))
	magic=$(od -An -j "$begin" -N 4 -t x1 "$file" | tr -d ' ')
	case $magic in
	fd377a58) unpacker=(xz -dc) ;;
	28b52ffd) unpacker=(zstd -dcq) ;;
	1f8b*) unpacker=(gzip -dc) ;;
	*)
		echo "a payload that begins with $magic" >&2
		return 1
		;;
	esac
	# shellcheck disable=SC2016 # expanded in the sandbox
	in_root /bin/sh -c 'tail -c "+$1" "$2" | head -c "$3" | "$4" "$5"' sh "$((begin + 1))" "$file" "$bytes" "${unpacker[@]}"
}

# The file that QEMU boots. The ELF file inside an x86 bzImage starts at once (PVH): what unpacks itself takes seconds
# when it is emulated.
take_image() {
	[[ -n $1 ]] || die "there is no kernel in $image"
	cp "$1" "$new/kernel"
	[[ $architecture == amd64 ]] || return 0
	if unpack_bzimage "$new/kernel" >"$new/kernel.elf" 2>"$work/log" && [[ $(head -c 4 "$new/kernel.elf") == $'\x7fELF' ]]; then
		mv "$new/kernel.elf" "$new/kernel"
	else
		rm -f "$new/kernel.elf"
		say "the kernel unpacks itself: booting takes some seconds longer ($(head -n 1 "$work/log"))"
	fi
}

get_kernel() {
	local target command
	for command in apt-get apt-cache apt-config dpkg dpkg-deb tar flock depmod; do
		command -v "$command" >/dev/null || die "$command is missing; this needs Debian (depmod: package kmod)"
	done
	need_bubblewrap
	make_box
	exec 9>"$box/.$name.lock"
	if ! flock -n 9; then
		say "somebody else is getting $name; waiting for it"
		flock 9
		target=$(cached) && [[ $update == no ]] && {
			printf '%s\n' "$target"
			return 0
		}
	fi
	[[ $architecture == "$(dpkg --print-architecture)" ]] || foreign=$architecture
	work=$box/.$name.new
	open_work
	find_mirror
	find_kernel
	target=$box/${name}_${version}_$recipe
	if [[ ! -e $target/complete ]]; then
		say "2/5 $image $version"
		need_mib "getting $name" 2500
		new=$work/kernel
		mkdir "$new"
		fetch "$image:$architecture" "linux-headers-$release:$architecture" "busybox-static:$architecture"
		set_aside
		fetch_parts
		make_root
		say "5/5 kernel and modules"
		unpack_into "$work/image" "$image" "${parts[@]}"
		unpack_into "$work/busybox" busybox-static
		take_image "$(find "$work/image" -name "vmlinu[xz]*" -type f | head -n 1)"
		if [[ -d $work/image/usr/lib/modules/$release ]]; then
			take_modules "$work/image/usr/lib/modules/$release"
		else
			take_modules "$work/image/lib/modules/$release"
		fi
		find "$work/busybox" -path '*/bin/busybox' -type f -exec cp {} "$new/busybox" \;
		[[ -x $new/busybox ]] || die "there is no busybox in its package"
		printf '%s\n' "$release" >"$new/release"
		printf '%s\n' "$architecture" >"$new/architecture"
		printf 'suite: %s\nmirror: %s\npackage: %s %s\n' "$suites" "$mirror_shown" "$image" "$version" >"$new/complete"
		rm -rf "$target"
		mv -T "$new" "$target"
		say "$release is in $target ($(du -sm "$target" | cut -f 1) MiB)"
	fi
	touch "$target/complete"
	printf '%s\n' "$target"
}

main() {
	parse_arguments "$@"
	if [[ $update == no || $action == path ]] && cached; then
		return
	fi
	[[ $action != path ]] || exit "$code_none"
	get_kernel
}

main "$@"
