# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# An OpenSSL configuration for tests of the provider. Sourced.

# Writes a configuration that prefers the provider: FILE MODULE BACKEND[:ENGINE] CPU-BELOW REPORT
configuration() {
	cat >"$1" <<EOF
openssl_conf = openssl_init
[openssl_init]
providers = providers
alg_section = algorithms
random = random
[providers]
default = default_provider
cce = cce_provider
[default_provider]
activate = 1
[cce_provider]
activate = 1
module = $2
backend = ${3%%:*}
engine = ${3#*:}
cpu-below = $4
report = $5
[algorithms]
default_properties = ?provider=cce
[random]
random = CTR-DRBG
cipher = AES-256-CTR
properties = provider=default
[req]
distinguished_name = name
[name]
EOF
}
