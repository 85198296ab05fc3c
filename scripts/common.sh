# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the scripts share: messages, packages, the build. Sourced, not run.

# Debian packages of the build, the tests and the demo.
readonly cce_packages=(
	bc bison bubblewrap build-essential ca-certificates ccache clang cmake coccinelle cpio cpp cryptsetup-bin curl
	device-tree-compiler dkms dmsetup dt-schema e2fsprogs flex gcc-arm-none-eabi gcc-riscv64-unknown-elf git
	iproute2 iputils-ping kcapi-tools kmod lcov libbenchmark-dev libclang-rt-dev libcli11-dev libelf-dev
	libgmock-dev libgtest-dev libkcapi-dev libspdlog-dev libssl-dev libsystemc-dev libunicorn-dev liburing-dev
	linux-headers-amd64 linux-source-6.1 man-db mmdebstrap ninja-build nlohmann-json3-dev openssl patch pkg-config
	python3 python3-cryptography python3-cryptography-vectors python3-jinja2 python3-matplotlib python3-yaml
	shellcheck sparse stress-ng util-linux valgrind verilator xz-utils zlib1g-dev
)

cce_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly cce_root

cce_build=${CCE_BUILD_DIR:-$cce_root/build}

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# Ends the script: what went wrong, then what to do about it.
fail() {
	say "error: $1"
	[[ $# -lt 2 ]] || say "  $2"
	exit 1
}

# Prints the packages of the list that are not installed.
missing_packages() {
	local package
	for package in "${cce_packages[@]}"; do
		[[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || printf '%s\n' "$package"
	done
}

# Names what is missing and installs it, as root or through sudo.
install_packages() {
	local missing as_root=()
	[[ -r /etc/debian_version ]] || fail "this is not Debian" "the scripts need Debian 12 or newer"
	mapfile -t missing < <(missing_packages)
	[[ ${#missing[@]} -gt 0 ]] || return 0
	say "missing Debian packages: ${missing[*]}"
	if [[ $EUID -ne 0 ]]; then
		command -v sudo >/dev/null ||
			fail "there is no sudo to install them with" "as root: apt-get install ${missing[*]}"
		as_root=(sudo)
	fi
	say "installing them"
	"${as_root[@]}" apt-get -qq update ||
		fail "apt-get update failed" "is the network there? is /etc/apt/sources.list right?"
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" \
		>/dev/null || fail "apt-get install failed" "try by hand: apt-get install ${missing[*]}"
}

# Free space, in MiB, of the file system that holds a folder.
free_mib() {
	df --output=avail -m "$1" | tail -n 1
}

check_space() {
	local folder=$1 needed=$2 available
	mkdir -p "$folder" || fail "cannot make the folder '$folder'"
	available=$(free_mib "$folder")
	((available >= needed)) ||
		fail "$folder has $available MiB free, $needed MiB are needed" "make room, or set XDG_CACHE_HOME or CCE_BUILD_DIR"
}

# Configures and builds the targets named, or everything, into $cce_build.
build() {
	local log=$cce_build/build.log targets=()
	(($# == 0)) || targets=(--target "$@")
	check_space "$cce_build" 1000
	say "building in $cce_build"
	if ! cmake -S "$cce_root" -B "$cce_build" -G Ninja >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		fail "the configuration failed; all of it is in $log"
	fi
	if [[ -t 2 ]]; then
		cmake --build "$cce_build" "${targets[@]}" 2>&1 | tee -a "$log" | sed -u -n 's/^\(\[[0-9]*\/[0-9]*\]\).*/\1/p' |
			while read -r step; do printf '\r  %s ' "$step" >&2; done
		printf '\r' >&2
	else
		cmake --build "$cce_build" "${targets[@]}" >>"$log" 2>&1
	fi || {
		grep -A 5 -E 'error|FAILED' "$log" | tail -n 30 >&2
		fail "the build failed; all of it is in $log"
	}
}

# Builds the guest kernel of a variant unless it is cached; prints its folder.
guest_kernel() {
	"$cce_root/sim/machines/uml/build-kernel.sh" --variant "$1"
}

# Builds the driver for a guest kernel; prints the module's path.
guest_module() {
	local kernel=$1 out
	out=$cce_build/driver/$(basename "$kernel")
	mkdir -p "$out"
	"$cce_root/driver/build.sh" --kernel "$kernel" --arch um --contract "$cce_build/rtl_model/regs/generated" \
		--out "$out" >"$out.log" 2>&1 || {
		tail -n 20 "$out.log" >&2
		fail "the driver does not build for $kernel; all of it is in $out.log"
	}
	printf '%s\n' "$out/cce.ko"
}
