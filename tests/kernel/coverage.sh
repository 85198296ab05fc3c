#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Which lines of driver and programs the tests in the plain guest reach. "coverage.sh --help" says more.
set -euo pipefail

root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
readonly root

usage() {
	cat <<-END
		Usage: coverage.sh --build DIR --info FILE [--programs FILE] [--tests REGEX] [--jobs N]

		Runs the tests kernel.plain.* of the build folder with a driver that counts its lines,
		adds the counts of all their boots and those of the test of exported states, which has
		the formats of other kernels, and writes them as lcov has them. Build the folder and
		the plain guest kernel first; scripts/coverage.sh does all that.

		  --build DIR      the build folder
		  --info FILE      the driver's counts; logs go next to it
		  --programs FILE  those of library and programs as well: the build folder is one with CCE_COVERAGE
		  --tests REGEX    only these of the tests (default: all but determinism, which is of the RTL)
		  --jobs N         so many tests at a time (default: one per processor)
		  --help           this text

		Exit status: 0 done, 1 a test failed or there are no counts, 2 wrong arguments.
	END
}

fail() {
	printf 'coverage.sh: error: %s\n' "$*" >&2
	exit 1
}

build='' info='' programs='' tests='' jobs=$(nproc)
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--build | --info | --programs | --tests | --jobs)
		(($# > 1)) || {
			usage >&2
			exit 2
		}
		declare "${1#--}=$2"
		shift 2
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
done
[[ -n $build && -n $info ]] || {
	usage >&2
	exit 2
}
build=$(realpath -e "$build")
info=$(realpath "$info")
kernel=$("$root/sim/machines/uml/build-kernel.sh" --print-path)
[[ -x $kernel/linux ]] || fail "the plain guest kernel is not built: $root/sim/machines/uml/build-kernel.sh"

# Counts of another module can't be added to this one's.
rm -rf "$build"/tests/kernel/plain.*
selection=(--tests-regex "${tests:-^kernel\\.plain\\.}" --exclude-regex '^kernel\.(plain\.determinism|debug)')
CCE_DRIVER_COVERAGE=1 ctest --test-dir "$build" --output-on-failure --parallel "$jobs" --no-tests=error "${selection[@]}" \
	>"$info.tests.log" 2>&1 || {
	grep -E '\*\*\*|FAILED|tests passed' "$info.tests.log" >&2 || true
	fail "tests failed, so there are no figures; see $info.tests.log"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# add_counts NAME SUM: the counts that all boots have left in their folders NAME, into the folder SUM; sets boots.
add_counts() {
	local name=$1 sum=$2 folders folder
	mapfile -t folders < <(find "$build/tests/kernel" -path "*/plain.*/boot*/$name" -type d | sort)
	boots=${#folders[@]}
	((boots > 0)) || fail "no boot has left counts in a folder $name; see $info.tests.log"
	cp -r "${folders[0]}" "$sum"
	for folder in "${folders[@]:1}"; do
		gcov-tool merge --output "$work/next" "$sum" "$folder" >>"$info.merge.log" 2>&1 ||
			fail "the counts in $folder can't be added; see $info.merge.log"
		rm -rf "$sum"
		mv "$work/next" "$sum"
	done
}

if [[ -n $programs ]]; then
	add_counts gcov_programs "$work/programs"
	# The compiler's notes, which lie beside the objects.
	while read -r counts; do
		ln -s "${counts%.gcda}.gcno" "$work/programs${counts%.gcda}.gcno"
	done < <(cd "$work/programs" && find . -name '*.gcda' | sed 's/^\.//')
	lcov --quiet --capture --directory "$work/programs" --base-directory "$root" --output-file "$programs" \
		>"$info.lcov.log" 2>&1 || fail "lcov failed; see $info.lcov.log"
	printf 'coverage.sh: lines of programs counted in %d boots\n' "$boots" >&2
fi
add_counts gcov "$work/sum"
# The compiler's notes on the module, whose sources are links into the driver's folder.
module=$build/tests/kernel/module/$(basename "$kernel")-counted
cp "$module"/*.gcno "$work/sum"
lcov --quiet --capture --directory "$work/sum" --base-directory "$module" --output-file "$work/all.info" \
	>>"$info.lcov.log" 2>&1 || fail "lcov failed; see $info.lcov.log"
awk -v "from=SF:$module/" -v "to=SF:$root/driver/" 'index($0, from) == 1 { $0 = to substr($0, length(from) + 1) } { print }' \
	"$work/all.info" >"$work/moved.info"

# The test of exported states, which counts always.
formats=$build/tests/driver
find "$formats" -name '*.gcda' -path '*digest_state_test*' -delete
"$formats/cce_driver_digest_state_test" >>"$info.tests.log" 2>&1 ||
	fail "the test of exported states failed, so there are no figures; see $info.tests.log"
lcov --quiet --capture --directory "$formats/CMakeFiles/cce_driver_digest_state_test.dir" --base-directory "$root" \
	--output-file "$work/formats.info" >>"$info.lcov.log" 2>&1 || fail "lcov failed; see $info.lcov.log"
lcov --quiet --add-tracefile "$work/moved.info" --add-tracefile "$work/formats.info" \
	--output-file "$work/both.info" >>"$info.lcov.log" 2>&1 || fail "lcov failed; see $info.lcov.log"
lcov --quiet --extract "$work/both.info" "$root/driver/*" --output-file "$info" >>"$info.lcov.log" 2>&1 ||
	fail "lcov failed; see $info.lcov.log"
printf 'coverage.sh: lines of the driver counted in %d boots\n' "$boots" >&2
