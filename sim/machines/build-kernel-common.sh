# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the scripts that build a guest kernel from Debian's kernel source share: source, configuration, compilation, cache.
# Sourced, not run.
#
# The sourcing script sets, before it calls build_kernel:
#   cache      the folder for sources and builds
#   recipe     part of the key: raised when a change of the script alters what is built
#   variant    the build's name; fragments: its configuration files, the later ones added to the earlier ones
#   patches    for the source
#   arch       as for the kernel's make; targets: what to make; settings: NAME=VALUE for its command line
#   expected   objects that are compiled, roughly, for the progress
#   jobs       files to compile at a time
#   needed_mib free space that it takes; programs: what it needs besides what every kernel needs
#   part       what callers are to have of the build's folder: a path in there with a slash in front, or nothing
# and has a function finish_build: what to do with what has been compiled.
# shellcheck disable=SC2154 # set by the sourcing script

machines=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly machines

# use_source SERIES: sets source_package and source_archive: Debian's package if it is installed; of other series than 6.1
# what get-source.sh has fetched, or nothing.
use_source() {
	source_package=linux-source-$1
	source_archive=/usr/src/$source_package.tar.xz
	[[ $1 != 6.1 && ! -r $source_archive ]] || return 0
	source_archive=$("$machines/get-source.sh" --series "$1" --print-path) || source_archive=''
}
use_source 6.1

# What the configurations never compile: only its Kconfig and Makefile files are
# unpacked. A third of the disk space, and no slower than unpacking everything.
unneeded_sources() {
	local directory
	for directory in 'arch/[!ux]*' drivers/gpu drivers/iio drivers/infiniband \
		drivers/media 'drivers/net/*' drivers/scsi drivers/staging drivers/usb sound; do
		printf '*/%s/*.%s\n' "$directory" c "$directory" h "$directory" S \
			"$directory" dts "$directory" dtsi
	done
	printf '%s\n' '*/Documentation/*/*' '*/tools/perf' '*/tools/testing'
}

say() {
	printf 'build-kernel: %s\n' "$*" >&2
}

fail() {
	say "$*"
	exit 1
}

check_prerequisites() {
	local tool missing=()
	[[ -r $source_archive ]] ||
		fail "$source_archive is missing: install the package $source_package"
	for tool in bc bison flex flock gcc make patch perl setsid tar xz "${programs[@]}"; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	((${#missing[@]} == 0)) || fail "missing programs: ${missing[*]}"
	[[ $cache != *[[:space:]:]* ]] ||
		fail "the kernel cannot be built below '$cache': set XDG_CACHE_HOME to a path without spaces and colons"
}

package_version() {
	if [[ $source_archive != /usr/src/* ]]; then
		basename "${source_archive##*_}" .tar.xz
		return
	fi
	dpkg-query -W -f '${Version}' "$source_package" 2>/dev/null ||
		sha256sum <"$source_archive"
}

short_hash() {
	sha256sum | cut -c 1-12
}

# The unpacked source depends on less than the build: the variants share it.
source_key() {
	{
		echo "recipe $recipe"
		package_version
		unneeded_sources
		((${#patches[@]} == 0)) || cat "${patches[@]}"
	} | short_hash
}

build_key() {
	{
		source_key
		gcc --version
		ld --version
		cat "${fragments[@]}"
	} | short_hash
}

clock() {
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# report TEXT: one line that replaces itself on a terminal, else one every 15 s.
next_report=0
report() {
	if [[ -t 2 ]]; then
		printf '\r\033[K%s' "$*" >&2
	elif ((SECONDS >= next_report)); then
		printf '%s\n' "$*" >&2
		next_report=$((SECONDS + 15))
	fi
}

end_report() {
	[[ ! -t 2 ]] || printf '\r\033[K' >&2
}

worker=
stop_worker() {
	[[ -n $worker ]] || return 0
	kill -TERM -- "-$worker" 2>/dev/null || true
	wait "$worker" 2>/dev/null || true
	worker=
}

# in_background COMMAND...: in its own process group, output to the log.
in_background() {
	setsid "$@" </dev/null >>"$log" 2>&1 &
	worker=$!
}

# finish_worker NAME: the command's success, or the end of its log.
finish_worker() {
	local status=0
	wait "$worker" || status=$?
	worker=
	end_report
	((status == 0)) || fail_with_log "$1 failed with status $status"
}

# The first error may be far above the end: parallel jobs go on.
fail_with_log() {
	say "$1. The first errors and the last lines of $log:"
	{
		grep -m 5 -e 'error:' -e '\*\*\* ' "$log" || true
		echo ...
		tail -n 20 "$log"
	} | sed 's/^/    /' >&2
	exit 1
}

check_space() {
	local available
	available=$(df --output=avail -m "$cache" | tail -n 1)
	((available >= needed_mib)) ||
		fail "$cache has $((available)) MiB of free space, the build needs $needed_mib MiB"
}

take_lock() {
	mkdir -p "$cache"
	exec {lock}>"$cache/lock"
	flock --nonblock "$lock" && return
	say "waiting for another build in $cache"
	flock "$lock"
}

unpack_source() {
	local new=$source_tree.new patch
	[[ ! -d $source_tree ]] || return 0
	rm -rf "$new"
	mkdir "$new"
	unneeded_sources >"$new.exclude"
	in_background tar --extract --use-compress-program='xz -T0' --file="$source_archive" \
		--directory="$new" --strip-components=1 --wildcards --exclude-from="$new.exclude"
	while kill -0 "$worker" 2>/dev/null; do
		report "unpacking $source_package: $(clock $((SECONDS - started)))"
		sleep 0.5
	done
	finish_worker "unpacking $source_archive"
	for patch in "${patches[@]}"; do
		patch --directory="$new" --strip=1 --forward --no-backup-if-mismatch \
			--input="$patch" >>"$log" 2>&1 ||
			fail_with_log "$(basename "$patch") does not apply to $source_package $(package_version)"
	done
	rm -f "$new.exclude"
	mv "$new" "$source_tree"
}

# kernel_make TARGET...: with no influence from the caller's environment.
kernel_make() {
	printf '%s\0' env -i PATH="$PATH" HOME="$HOME" TMPDIR="${TMPDIR:-/tmp}" LC_ALL=C \
		KBUILD_BUILD_USER=cce KBUILD_BUILD_HOST=cce \
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' \
		KCONFIG_ALLCONFIG="$build/requested.config" \
		make -C "$source_tree" ARCH="$arch" O="$build" "${settings[@]}" "$@"
}

configure() {
	local command
	mkdir -p "$build"
	cat "${fragments[@]}" >"$build/requested.config"
	mapfile -d '' -t command < <(kernel_make allnoconfig)
	in_background "${command[@]}"
	finish_worker "the configuration"
	check_configuration "${fragments[@]}"
}

# check_configuration FRAGMENT...: a symbol whose dependencies are not met
# vanishes silently; name each that did not come out as requested last.
check_configuration() {
	local file line symbol got wrong=0
	local -A wanted=() where=()
	for file; do
		while IFS= read -r line; do
			[[ $line == CONFIG_*=* ]] || continue
			wanted[${line%%=*}]=${line#*=}
			where[${line%%=*}]=${file##*/}
		done <"$file"
	done
	for symbol in "${!wanted[@]}"; do
		got=$(sed -n "s/^$symbol=//p" "$build/.config")
		[[ ${got:-n} != "${wanted[$symbol]}" ]] || continue
		say "${where[$symbol]} asks for $symbol=${wanted[$symbol]}, Kconfig made it ${got:-n}"
		wrong=1
	done
	((wrong == 0)) || fail "the $variant configuration is not as requested"
}

# Lines such as "  CC      kernel/fork.o".
objects_done() {
	grep -c '^  [A-Z]\+ ' "$log" || true
}

compile() {
	local command
	mapfile -d '' -t command < <(kernel_make "-j$jobs" "${targets[@]}")
	in_background "${command[@]}"
	while kill -0 "$worker" 2>/dev/null; do
		report "building kernel ($variant): $(objects_done) of ~$expected objects, $(clock $((SECONDS - started)))"
		sleep 0.5
	done
	finish_worker "building the kernel"
}

# Only the program, its modules and what out-of-tree modules are built with stay.
prune_objects() {
	find "$build" \( -path "$build/scripts" -o -path "$build/tools" \) -prune -o \
		-type f \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name 'vmlinux*' \
		-o -name '.tmp_*' \) -print0 | xargs -0 -r rm -f
}

# Builds of this variant that nobody has asked for in a week, interrupted ones,
# and source trees that no build uses any more.
drop_old_builds() {
	local directory
	for directory in "$cache/build-$variant"-*/; do
		directory=${directory%/}
		[[ $directory != "$build" ]] || continue
		[[ -z $(find "$directory/complete" -mtime -7 2>/dev/null) ]] || continue
		rm -rf "$directory" "$directory.log"
	done
	for directory in "$cache"/source-*/; do
		directory=${directory%/}
		is_source_used "$directory" || rm -rf "$directory"
	done
}

is_source_used() {
	local link
	for link in "$cache"/build-*/source; do
		[[ ! $link -ef $1 ]] || return 0
	done
	return 1
}

build_kernel() {
	take_lock
	# Another caller may have built it while this one was waiting.
	[[ ! -e $build/complete ]] || return 0
	check_space
	trap stop_worker EXIT
	trap 'end_report; say interrupted; exit 130' INT
	trap 'end_report; say terminated; exit 143' TERM HUP
	: >"$log"
	started=$SECONDS
	unpack_source
	configure
	compile
	finish_build
	prune_objects
	say "kernel ($variant) built in $(clock $((SECONDS - started)))"
	: >"$build/complete"
	drop_old_builds
}

# Does what $action is: builds (unless it is there) and prints the path, or prints key or path.
serve() {
	key=$(build_key)
	build=$cache/build-$variant-$key
	log=$build.log
	source_tree=$cache/source-$(source_key)
	case $action in
	key) echo "$key" ;;
	path) echo "$build$part" ;;
	build)
		[[ -e $build/complete ]] || build_kernel
		# The age of the stamp is the time since the last use.
		touch --no-create "$build/complete" 2>/dev/null || true
		echo "$build$part"
		;;
	esac
}
