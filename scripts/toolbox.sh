#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Gets tools that this machine's Debian has too old from a newer Debian suite, unpacked into a private
# folder; nothing is installed, the system's apt and dpkg state is not touched, root is not needed.
# Run with --help for the commands.
set -euo pipefail

# One tool a line: name | command that `run` starts | oldest version that will do | option that prints the
# version | packages | files left out (tar patterns). Documentation is left out for all of them.
TOOLS='
yosys        | yosys              | 0.52 | -V        | yosys                                             |
nextpnr-ecp5 | nextpnr-ecp5       | 0.7  | --version | nextpnr-ecp5 | ./usr/share/nextpnr/ecp5/chipdb-45k.bin
qemu         | qemu-system-x86_64 | 10.1 | --version | qemu-system-x86 qemu-system-arm qemu-system-riscv |
'
# Suites to try in turn, the suites of one try separated by spaces; the first of them wins over the others.
SUITES=('forky' 'trixie-backports trixie' 'trixie')
# Packages that every tool needs: the tools start helpers through /bin/sh.
BASE_PACKAGES=(dash)
# Left out of every package.
PRUNE=(./usr/share/doc ./usr/share/man ./usr/share/locale ./usr/share/info ./usr/share/lintian ./usr/share/bug
    ./usr/share/doc-base ./usr/share/applications ./usr/share/icons ./usr/local ./usr/src ./usr/games)
STAMP=.cce-toolbox

self=${0##*/}
say() { printf 'toolbox: %s\n' "$*" >&2; }
die() { printf 'toolbox: error: %s\n' "$*" >&2; exit 1; }
usage_error() { printf 'toolbox: error: %s\nTry %s --help\n' "$*" "$self" >&2; exit 2; }

# shellcheck source=scripts/private-apt.sh
source "$(dirname "${BASH_SOURCE[0]}")/private-apt.sh"

usage() {
    cat <<EOF
Usage: $self install [--private] [--force] [--suite SUITE] TOOL
       $self run [--private] [--exec COMMAND] [--bind DIR]... TOOL -- ARGS...
       $self path [--private] TOOL

  install   download TOOL and what it needs, and unpack it; does nothing when that has been done, or when
            the system's own is new enough
  run       run TOOL: the system's own if it is new enough, otherwise the unpacked one. The unpacked one sees,
            read-write and at their own paths, the current directory, or else the DIRs given with --bind; it
            starts in the current directory if it can see that, otherwise in the first DIR. Its /tmp
            is empty and goes away with it. Nothing else of this machine's files is visible.
  path      print the folder that TOOL's files are in (/ for the system's own); exit status 3 if there is none

  --private     do not use the system's own, whatever its version
  --force       unpack again over an earlier install
  --suite S     take the packages from this suite ("A B" for several, the first preferred)
  --exec C      start this command of TOOL instead of its usual one (qemu-system-aarch64, yosys-smtbmc, ...)

Tools (oldest version that will do):
$(awk -F '|' 'NF > 1 { gsub(/ /, "", $1); gsub(/ /, "", $3); printf "  %-14s %s\n", $1, $3 }' <<<"$TOOLS")

Folder: \${XDG_CACHE_HOME:-\$HOME/.cache}/cce/toolbox/TOOL (now $box); delete it to free the space.
The mirror, its key and the proxy are those that this machine's apt is set up with; without a Debian mirror there,
$FALLBACK_MIRROR. Unpacked tools run through bubblewrap.
EOF
}

# ---- the table -----------------------------------------------------------------------------------------------

# Sets command, least, version_option, packages, left_out for the tool named.
look_up() {
    local name rest
    while IFS='|' read -r name rest; do
        [[ ${name// /} == "$1" ]] || continue
        IFS='|' read -r command least version_option packages left_out <<<"$rest"
        command=${command// /} least=${least// /} version_option=${version_option// /}
        read -ra packages <<<"$packages"
        read -ra left_out <<<"$left_out"
        return
    done <<<"$TOOLS"
    usage_error "no tool named '$1'"
}

# The first dotted number in what is given: "Yosys 0.66 (git ...)" is 0.66.
version_in() { grep -Eo '[0-9]+(\.[0-9]+)+' <<<"$1" | head -n 1 || true; }
at_least() { [[ -n $1 ]] && printf '%s\n%s\n' "$2" "$1" | sort -VC; }

# Is the system's own new enough? Sets native_version.
native_is_good() {
    native_version=
    [[ $private == no ]] && command -v "$command" >/dev/null || return 1
    native_version=$(version_in "$("$command" "$version_option" 2>&1 || true)")
    at_least "$native_version" "$least"
}

is_installed() { [[ -f $box/$tool/$STAMP ]]; }

# ---- running inside an unpacked root -------------------------------------------------------------------------

version_in_root() {
    sandbox_of "$1"
    version_in "$(bwrap "${sandbox[@]}" --remount-ro / "$command" "$version_option" 2>&1 || true)"
}

run_tool() {
    if native_is_good; then
        exec "${start:-$command}" "$@"
    fi
    if ! is_installed; then
        if [[ -n $native_version ]]; then
            say "the system's own $tool is $native_version, at least $least is needed"
        fi
        say "error: $tool is not installed; run: $0 install $tool"
        exit 3
    fi
    need_bubblewrap
    local folder here shared=()
    sandbox_of "$box/$tool"
    if ((${#binds[@]} == 0)); then
        binds=("$PWD")
    fi
    for folder in "${binds[@]}"; do
        share_folder "$folder"
    done
    here=${shared[0]}
    for folder in "${shared[@]}"; do
        if [[ $PWD == "$folder" || $PWD == "$folder"/* ]]; then
            here=$PWD
        fi
    done
    # The last option makes writing beside the shared folders an error instead of a loss.
    exec bwrap "${sandbox[@]}" --chdir "$here" --remount-ro / "${start:-$command}" "$@"
}

# ---- fetching ------------------------------------------------------------------------------------------------

# Finds a suite whose first package is new enough; sets suites, candidate. Leaves the private apt set up for it.
find_suite() {
    local tried=() try
    for try in "${suites_to_try[@]}"; do
        suites=$try
        get_lists 1/4 || continue
        candidate=$(candidate_of "${packages[0]}")
        if [[ -z $candidate ]]; then
            tried+=("$suites: no package ${packages[0]}")
        elif ! dpkg --compare-versions "${candidate#*:}" ge "$least"; then
            tried+=("$suites: ${packages[0]} $candidate is older than $least")
        else
            return 0
        fi
    done
    die "no suite of $mirror_shown has $tool $least or newer ($(all_tried))"
}

fetch() {
    local count size
    if ! private_apt apt-get -qq --print-uris -y --no-install-recommends install \
            "${packages[@]}" "${BASE_PACKAGES[@]}" >"$work/uris" 2>"$work/log"; then
        if grep -q 'Unable to locate package' "$work/log"; then
            die "package not found in $suites:$(sed -n 's/^E: Unable to locate package/ /p' "$work/log" | tr '\n' ' ')"
        fi
        explain "choosing packages"
    fi
    read -r count size < <(awk '{ n++; s += $3 } END { print n, int(s / 1048576) + 1 }' "$work/uris")
    say "2/4 ${packages[0]} $candidate: $count packages, $size MiB to download"
    need_mib "downloading" "$size"
    # apt's "Get:" lines become one short line a package.
    private_apt apt-get -q -y -d --no-install-recommends install "${packages[@]}" "${BASE_PACKAGES[@]}" 2>&1 |
        tee "$work/log" |
        awk -v all="$count" '/^Get:/ { n++; printf "toolbox:     %d/%d %s %s\n", n, all, $5, $7; fflush() }' >&2 ||
        explain "downloading"
}

unpack() {
    local left options=()
    for left in "${PRUNE[@]}" "${left_out[@]}"; do
        options+=("--exclude=$left")
    done
    step='3/4 ' unpack_packages "$work/root" "${options[@]}"
}

install_tool() {
    local have needed_command
    if native_is_good; then
        say "the system's own $tool is $native_version (at least $least is needed): nothing to do"
        return
    fi
    for needed_command in apt-get apt-cache apt-config dpkg dpkg-deb tar flock; do
        command -v "$needed_command" >/dev/null ||
            die "$needed_command is missing; this needs Debian or a system made from it"
    done
    need_bubblewrap
    make_box
    [[ $box != *[\"\\]* ]] || die "$box has a character in its name that apt.conf cannot hold"
    exec 9>"$box/.$tool.lock"
    if ! flock -n 9; then
        say "another install of $tool is under way; waiting for it"
        flock 9
    fi
    if is_installed && [[ $force == no ]]; then
        say "$tool $(sed -n 's/^version: //p' "$box/$tool/$STAMP") is already in $box/$tool"
        return
    fi
    work=$box/.$tool.new
    open_work
    find_mirror
    find_suite
    fetch
    unpack
    have=$(version_in_root "$work/root")
    at_least "$have" "$least" || die "$command from $suites does not run as it should: its version is" \
        "'$have', at least $least was expected ($(bwrap "${sandbox[@]}" "$command" "$version_option" 2>&1 | head -n 3))"
    {
        printf 'version: %s\nsuite: %s\nmirror: %s\ndate: %s\n' "$have" "$suites" "$mirror_shown" "$(date -u +%F)"
        for deb in "$work"/apt/var/cache/apt/archives/*.deb; do
            # shellcheck disable=SC2016
            printf 'package: %s\n' "$(dpkg-deb -W --showformat '${Package} ${Version} ${Architecture}' "$deb")"
        done
    } >"$work/root/$STAMP"
    # The rename is what makes it an install: before it nothing looks like one.
    if [[ -e $box/$tool ]]; then
        mv -T "$box/$tool" "$work/old"
    fi
    mv -T "$work/root" "$box/$tool"
    say "4/4 $tool $have from $suites is in $box/$tool ($(du -sm "$box/$tool" | cut -f 1) MiB)"
}

# ---- command line --------------------------------------------------------------------------------------------

box=$(cache_home)/cce/toolbox
private=no force=no start='' tool=''
binds=() suites_to_try=("${SUITES[@]}") arguments=()

action=${1-}
case $action in
    install | run | path) shift ;;
    -h | --help) usage; exit 0 ;;
    '') usage_error "nothing to do" ;;
    *) usage_error "unknown command '$action'" ;;
esac
while (($# > 0)); do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --private) private=yes ;;
        --force) force=yes ;;
        --suite | --exec | --bind)
            [[ -n ${2-} ]] || usage_error "$1 needs a value"
            case $1 in
                --suite) suites_to_try=("$2") ;;
                --exec) start=$2 ;;
                --bind) binds+=("$2") ;;
            esac
            shift
            ;;
        --) shift; arguments=("$@"); break ;;
        -*) usage_error "unknown option '$1'" ;;
        *)
            [[ -z $tool ]] || usage_error "one tool at a time, not '$tool' and '$1' (its arguments go after --)"
            tool=$1
            ;;
    esac
    shift
done
[[ -n $tool ]] || usage_error "$action: no tool named"
look_up "$tool"

case $action in
    install) install_tool ;;
    run) run_tool "${arguments[@]}" ;;
    path)
        if native_is_good; then
            echo /
        elif is_installed; then
            echo "$box/$tool"
        else
            exit 3
        fi
        ;;
esac
