#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the library into a folder of its own and uses it from there: exported symbols and their version, manual pages,
# the examples of docs/library.md by pkg-config and by CMake.
# Usage: install_test.sh BUILD SOURCE CMAKE
set -euo pipefail

build=$1 source=$2 cmake=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/installed

fail() { echo "FAILED: $*"; exit 1; }

"$cmake" --install "$build/lib" --prefix "$prefix" >"$folder/install.log" || fail "$(cat "$folder/install.log")"
config=$(find "$prefix" -name cce.pc)
library=$(find "$prefix" -name libcce.so)
[[ -n $config && -n $library ]] || fail "cce.pc or libcce.so was not installed"
export PKG_CONFIG_PATH=${config%/*} LD_LIBRARY_PATH=${library%/*} CCE_BACKEND=software

# Exactly what the header declares is exported, each with its version.
nm --dynamic --defined-only "$library" | awk '$2 != "A" { print $3 }' | sort >"$folder/exported"
grep -oE '\bcce_[a-z_]+\(' "$prefix/include/cce/cce.h" | tr -d '(' | sort -u >"$folder/named"
sed -n 's/^[a-z].*[ *]\(cce_[a-z_]*\)(.*/\1/p' "$prefix/include/cce/cce.h" | sort -u >"$folder/declared"
sed 's/@@CCE_0$//' "$folder/exported" | diff "$folder/declared" - || fail "the header's functions (<) are not what is exported (>)"
[[ $(grep -c '@@CCE_0$' "$folder/exported") == $(wc -l <"$folder/exported") ]] || fail "symbols without the version CCE_0"
comm -23 "$folder/named" "$folder/declared" >"$folder/unknown"
[[ ! -s $folder/unknown ]] || fail "the header's comments name functions that there are not: $(cat "$folder/unknown")"

# A page for each function; no page that the formatter complains about.
while read -r name; do
	[[ -s $prefix/share/man/man3/$name.3 ]] || fail "there is no manual page $name(3)"
done <"$folder/declared"
if command -v man >/dev/null; then
	for page in "$prefix"/share/man/man3/*.3; do
		warnings=$(man --warnings --encoding=UTF-8 --local-file "$page" 2>&1 >"$folder/page")
		[[ -z $warnings && -s $folder/page ]] || fail "$page: $warnings"
	done
else
	echo "man is missing (Debian: apt-get install man-db): the pages were not formatted"
fi

# The examples.
for language in c cpp; do
	awk -v fence="\`\`\`$language" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$source/docs/library.md" \
		>"$folder/example.$language"
	[[ -s $folder/example.$language ]] || fail "docs/library.md has no example in $language"
done
read -ra flags < <(pkg-config --cflags --libs cce)
[[ " ${flags[*]} " == *" -I$(realpath "$prefix")/include "* || " ${flags[*]} " == *"/include "* ]] || fail "pkg-config says: ${flags[*]}"
cc -std=c11 -Wall -Wextra -Werror "$folder/example.c" "${flags[@]}" -o "$folder/by_pkg_config_c"
c++ -std=c++20 -Wall -Wextra -Werror "$folder/example.cpp" "${flags[@]}" -pthread -o "$folder/by_pkg_config_cpp"
cat >"$folder/CMakeLists.txt" <<-'END'
	cmake_minimum_required(VERSION 3.25)
	project(example LANGUAGES C CXX)
	find_package(cce 0.1 REQUIRED)
	find_package(Threads REQUIRED)
	add_executable(by_cmake_c example.c)
	add_executable(by_cmake_cpp example.cpp)
	target_compile_features(by_cmake_cpp PRIVATE cxx_std_20)
	target_link_libraries(by_cmake_c PRIVATE cce::cce)
	target_link_libraries(by_cmake_cpp PRIVATE cce::cce Threads::Threads)
END
"$cmake" -S "$folder" -B "$folder/out" -DCMAKE_PREFIX_PATH="$prefix" >"$folder/cmake.log" || fail "$(cat "$folder/cmake.log")"
"$cmake" --build "$folder/out" >"$folder/cmake.log" || fail "$(cat "$folder/cmake.log")"
for program in "$folder"/by_pkg_config_c "$folder"/by_pkg_config_cpp "$folder"/out/by_cmake_c "$folder"/out/by_cmake_cpp; do
	"$program" || fail "${program##*/} ended with status $?"
done
CCE_BACKEND=nonsense "$folder/by_pkg_config_c" && fail "the example succeeds with any backend"
echo "$(wc -l <"$folder/declared") functions exported, with manual pages; 4 programs built and run"
