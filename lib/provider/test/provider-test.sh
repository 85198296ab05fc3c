# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the provider's tests with other people's programs share. Sourced; $1 is the module, cce.so.

# shellcheck source=lib/provider/test/configuration.sh
source "${BASH_SOURCE[0]%/*}/configuration.sh"

module=$(realpath "$1")
readonly module
# Tests skipped because something of the machine is missing end so (ctest: SKIP_RETURN_CODE).
readonly skipped=77

scratch=$(mktemp -d "${TMPDIR:-/tmp}/cce-provider-XXXXXX")
children=()

clean_up() {
	local child
	for child in "${children[@]}"; do
		kill "$child" 2>/dev/null || true
	done
	wait
	rm -rf -- "$scratch"
}
trap clean_up EXIT

say() {
	printf '%s: %s\n' "${0##*/}" "$*"
}

fail() {
	say "FAILED: $*" >&2
	exit 1
}

skip() {
	say "skipped: $*" >&2
	exit "$skipped"
}

need() {
	local command
	for command in "$@"; do
		command -v "$command" >/dev/null || skip "$command is missing"
	done
}

# Whatever the caller's environment says about backends and thresholds is not meant for these tests.
unset CCE_BACKEND CCE_ENGINE CCE_CPU_BELOW CCE_PROVIDER_REPORT OPENSSL_CONF OPENSSL_MODULES

# As configuration does, with the provider under test: FILE BACKEND[:ENGINE] CPU-BELOW REPORT
configure() {
	configuration "$1" "$module" "$2" "$3" "$4"
}

# The sum of a count over all processes that wrote to a report: REPORT KEY, with a dot for what is nested.
count() {
	python3 - "$1" "$2" <<'EOF'
import json, sys

total = 0
highest = 0
with open(sys.argv[1], encoding="ascii") as file:
    for line in file:
        value = json.loads(line)
        for key in sys.argv[2].split("."):
            value = value[key]
        total += value
        highest = max(highest, value)
print(highest if sys.argv[2] == "most_in_flight" else total)
EOF
}

# The last line of a report in short.
summary() {
	say "engine $(count "$1" engine_requests) requests, $(count "$1" engine_bytes) bytes; CPU $(count "$1" cpu_requests)" \
		"requests; most in flight $(count "$1" most_in_flight), asynchronous pauses $(count "$1" async_pauses)"
}

# Waits until something listens on a TCP port of this machine.
wait_for_port() {
	local tries
	for ((tries = 0; tries < 300; ++tries)); do
		if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
			return 0
		fi
		sleep 0.1
	done
	fail "nothing listens on port $1"
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
		-keyout "$scratch/key.pem" -out "$scratch/certificate.pem" 2>"$scratch/req.log" ||
		fail "no certificate: $(cat "$scratch/req.log")"
}
