#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The benchmark: engine, Linux path and software path, compared. "bench.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The command itself is Python: bench/report/command.py.
command=(env PYTHONPATH="$cce_root/bench" /usr/bin/python3 -B -m report --build "$cce_build")

quick='' measures=yes
for argument in "$@"; do
	case $argument in
	--quick) quick=yes ;;
	--from | --from=*) measures='' ;;
	--help | -h)
		cat <<-END
			Usage: scripts/bench.sh [OPTION...]

			Installs missing Debian packages, builds what is needed (without --quick also the
			guest kernel, some minutes once), and runs the benchmark:

		END
		if dpkg-query -W python3-yaml python3-matplotlib >/dev/null 2>&1; then
			exec "${command[@]}" --help
		fi
		say "its options are shown once python3-yaml and python3-matplotlib are installed; any run installs them"
		exit 0
		;;
	esac
done

install_packages
# What is wrong with the arguments is said before the build.
"${command[@]}" --check "$@"
if [[ -n $measures ]]; then
	build cce_engine_sweep cce_cycles cce_bench_openssl cce_bench_library cce_device_server cce_provider \
		cce_contract_files
	[[ -n $quick ]] || guest_kernel plain >/dev/null ||
		say "the guest kernel could not be built: the Linux path will be skipped"
fi
exec "${command[@]}" "$@"
