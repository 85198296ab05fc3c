#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# nginx and curl, neither of which knows of the provider: it comes by OpenSSL's configuration alone, once into nginx,
# once into curl. nginx is Debian's; it is unpacked into the cache, not installed, and runs as whoever runs this.
# Usage: nginx_test.sh MODULE BACKEND[:ENGINE] MEBIBYTES
set -euo pipefail

# shellcheck source=lib/provider/test/provider-test.sh
source "$(dirname "$0")/provider-test.sh"
backend=$2
mebibytes=$3
need openssl python3 curl dpkg-deb apt-get

# Prints the path of nginx: the system's own, or Debian's package unpacked.
nginx_program() {
	local own folder cache=${XDG_CACHE_HOME:-$HOME/.cache}/cce/nginx version
	if own=$(PATH=$PATH:/usr/sbin command -v nginx); then
		printf '%s\n' "$own"
		return
	fi
	version=$(apt-cache show --no-all-versions nginx 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
	[[ -n $version ]] || return 1
	folder=$cache/$version
	if [[ ! -x $folder/usr/sbin/nginx ]]; then
		mkdir -p "$cache"
		rm -rf "$folder.new"
		mkdir "$folder.new"
		(cd "$folder.new" && apt-get -qq download nginx && dpkg-deb -x nginx_*.deb . && rm nginx_*.deb) >&2 || return 1
		rm -rf "$folder"
		mv "$folder.new" "$folder"
	fi
	printf '%s\n' "$folder/usr/sbin/nginx"
}
nginx=$(nginx_program) ||
	skip "nginx could not be fetched; is the network there, and the package list (apt-get update)? or install nginx"
"$nginx" -v 2>"$scratch/version" || skip "nginx does not run here: $(cat "$scratch/version")"

certificate
head -c "${mebibytes}M" /dev/urandom >"$scratch/file"
bytes=$(stat -c %s "$scratch/file")
port=$(free_port)
user=
[[ $EUID -ne 0 ]] || user='user root;'
cat >"$scratch/nginx.conf" <<EOF
$user
daemon off;
worker_processes 2;
pid $scratch/nginx.pid;
error_log $scratch/error.log;
events { }
http {
	access_log off;
	client_body_temp_path $scratch/body;
	proxy_temp_path $scratch/proxy;
	fastcgi_temp_path $scratch/fastcgi;
	uwsgi_temp_path $scratch/uwsgi;
	scgi_temp_path $scratch/scgi;
	server {
		listen 127.0.0.1:$port ssl;
		ssl_certificate $scratch/certificate.pem;
		ssl_certificate_key $scratch/key.pem;
		ssl_protocols TLSv1.2 TLSv1.3;
		root $scratch;
	}
}
EOF

# SERVER-CONFIGURATION CLIENT-CONFIGURATION REPORT CURL-OPTIONS...
fetch() {
	local server_configuration=$1 client_configuration=$2 report=$3
	shift 3
	rm -f "$report"
	OPENSSL_CONF=$server_configuration "$nginx" -p "$scratch" -e "$scratch/error.log" -c "$scratch/nginx.conf" \
		2>"$scratch/nginx.log" &
	local server=$!
	children=("$server")
	wait_for_port "$port"
	# Two at a time: one for each worker, if the kernel deals them out so.
	local fetches=() number
	for number in 1 2; do
		OPENSSL_CONF=$client_configuration curl -sS --max-time 300 --cacert "$scratch/certificate.pem" \
			--resolve "localhost:$port:127.0.0.1" "$@" "https://localhost:$port/file" -o "$scratch/got$number" &
		fetches+=("$!")
	done
	for number in 1 2; do
		wait "${fetches[number - 1]}" || fail "curl: $(tail -n 3 "$scratch/error.log" "$scratch/nginx.log")"
		cmp "$scratch/file" "$scratch/got$number" || fail "what arrived is not what was sent"
	done
	kill -QUIT "$server"
	wait "$server" || fail "nginx ended badly: $(tail -n 3 "$scratch/error.log" "$scratch/nginx.log")"
	children=()
	summary "$report"
	(($(count "$report" engine_bytes) >= 2 * bytes * 9 / 10)) || fail "the engine did too little: $(cat "$report")"
	(($(count "$report" engine_failures) == 0)) || fail "the engine failed requests: $(cat "$report")"
}

report=$scratch/report
configure "$scratch/cce.cnf" "$backend" 16384 "$report"
say "$("$nginx" -v 2>&1) with the provider, curl without: 2 x $bytes bytes, TLS 1.3"
fetch "$scratch/cce.cnf" /dev/null "$report" --tlsv1.3
say "nginx with the provider, TLS 1.2"
fetch "$scratch/cce.cnf" /dev/null "$report" --tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256
configure "$scratch/curl.cnf" "$backend" 8192 "$report"
say "curl with the provider, nginx without"
fetch /dev/null "$scratch/curl.cnf" "$report" --tlsv1.3
