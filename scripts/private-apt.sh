# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Debian packages of any suite, unpacked into a private folder, and programs run in there. Nothing is installed, the
# system's apt and dpkg state is not touched, root is not needed. Sourced, not run.
#
# The sourcing script has say and die (a message; a message and the end), and sets before it calls anything:
#   box      the folder whose file system takes everything
#   work     a folder of its own in there for lists, downloads and log, mode 700 (open_work makes it so)
#   suites   the suites to take packages from, separated by spaces, the first preferred
#   tool     what is being got, for messages; least: the oldest version that will do, or nothing
#   foreign  architectures besides this machine's own, separated by spaces, or nothing
# shellcheck disable=SC2154 # set by the sourcing script

FALLBACK_MIRROR=http://deb.debian.org/debian
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# ---- where everything goes -----------------------------------------------------------------------------------

# Prints the folder of this user's caches.
cache_home() {
    local cache=${XDG_CACHE_HOME:-}
    [[ $cache == /* ]] || cache=${HOME:?neither XDG_CACHE_HOME nor HOME is set}/.cache
    printf '%s\n' "$cache"
}

make_box() {
    mkdir -p "$box" 2>/dev/null || true
    [[ -d $box && -w $box ]] || die "the folder $box cannot be made or written"
}

drop_work() { rm -rf -- "$work"; }

# Makes the folder work anew, for as long as the script runs. Whatever an interrupted run has left there goes: the
# caller has a lock that says that nobody is using it.
open_work() {
    drop_work
    trap drop_work EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # Not for others to read while it holds the address of the mirror, perhaps with a password.
    mkdir -m 700 "$work"
}

# ---- running inside an unpacked root -------------------------------------------------------------------------

# Sets sandbox to the bubblewrap options that make the unpacked root $1 the whole file system, and taken to the
# paths that it occupies. /usr is put together from its parts, so that places such as /usr/src stay free for
# the caller's own folders: a mount point cannot be made inside a read-only part.
sandbox_of() {
    local root=$1 entry
    sandbox=(--unshare-pid --die-with-parent --dir /usr)
    taken=(/proc /dev)
    for entry in "$root"/* "$root"/usr/*; do
        local at=${entry#"$root"}
        if [[ -L $entry ]]; then
            sandbox+=(--symlink "$(readlink "$entry")" "$at")
        elif [[ $at == /usr || ( $at != /usr/* && $at != /etc ) ]]; then
            continue
        else
            sandbox+=(--ro-bind "$entry" "$at")
        fi
        taken+=("$at")
    done
    sandbox+=(--proc /proc --dev /dev --tmpfs /tmp
        --setenv PATH /usr/bin:/usr/sbin --setenv HOME /tmp --setenv LC_ALL C.UTF-8 --unsetenv TMPDIR
        --unsetenv LD_LIBRARY_PATH --unsetenv LD_PRELOAD --unsetenv PYTHONHOME --unsetenv PYTHONPATH)
}

# Adds a folder of this machine to the sandbox, read-write, at its own path and at the one that links lead to.
share_folder() {
    local folder=$1 path at
    [[ -d $folder && -x $folder ]] || die "--bind: $folder is not a folder that can be entered"
    for path in "$(cd -- "$folder" && pwd -L)" "$(cd -- "$folder" && pwd -P)"; do
        for at in "${taken[@]}"; do
            if [[ $path == / || $at == "$path" || $at == "$path"/* || $path == "$at"/* ]]; then
                die "$path cannot be shown to $tool, its own files are there: work in another folder," \
                    "or name the folders it needs with --bind"
            fi
        done
        sandbox+=(--bind "$path" "$path")
        shared+=("$path")
    done
}

# bubblewrap must be here and be allowed to work; says what to do if not.
need_bubblewrap() {
    command -v bwrap >/dev/null ||
        die "bubblewrap is missing; install it (Debian: apt-get install bubblewrap)"
    local complaint
    if ! complaint=$(bwrap --unshare-pid --ro-bind / / --proc /proc --dev /dev true 2>&1); then
        die "bubblewrap cannot make its sandbox here, so unpacked tools cannot run." \
            "It said: ${complaint:-nothing}" $'\n' \
            "On a machine of your own, unprivileged user namespaces are switched off; to allow them:" \
            "sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000, and on Ubuntu" \
            "kernel.apparmor_restrict_unprivileged_userns=0." $'\n' \
            "In a container, start it with --privileged, or with --security-opt seccomp=unconfined" \
            "--security-opt systempaths=unconfined." \
            "${least:+Or use a system whose own $tool is at least $least.}"
    fi
}

# ---- the machine's own apt setup -----------------------------------------------------------------------------

# apt-config prints x='VALUE'.
apt_setting() { apt-config shell x "$1" | sed "s/^x='//; s/'\$//"; }

# Prints the machine's apt sources, one line for each URI and suite: URI, suite, components and Signed-By,
# separated by tabs; line ends within Signed-By (a whole key) as the character 1.
apt_sources() {
    local list parts file
    list=$(apt_setting Dir::Etc::sourcelist/f)
    parts=$(apt_setting Dir::Etc::sourceparts/d)
    for file in "$list" "$parts"/*.list; do
        [[ -r $file && -f $file ]] || continue
        awk '
            { sub(/#.*/, "") }
            $1 == "deb" {
                options = ""
                if (match($0, /\[[^]]*\]/)) {
                    options = substr($0, RSTART + 1, RLENGTH - 2)
                    $0 = substr($0, 1, RSTART - 1) " " substr($0, RSTART + RLENGTH)
                }
                signed = ""
                n = split(options, option, " ")
                for (i = 1; i <= n; i++)
                    if (tolower(option[i]) ~ /^signed-by=/) signed = substr(option[i], 11)
                components = ""
                for (i = 4; i <= NF; i++) components = components " " $i
                printf "%s\t%s\t%s \t%s\n", $2, $3, components, signed
            }' "$file"
    done
    for file in "$parts"/*.sources; do
        [[ -r $file && -f $file ]] || continue
        awk '
            function flush_stanza(    i, j, n, m, uri, suite) {
                if (field["types"] ~ /(^|[ \n])deb([ \n]|$)/ && tolower(field["enabled"]) !~ /^(no|false|0)/) {
                    n = split(field["uris"], uri, /[ \n]+/)
                    m = split(field["suites"], suite, /[ \n]+/)
                    gsub(/\n/, " ", field["components"])
                    gsub(/\n/, "\001", field["signed-by"])
                    for (i = 1; i <= n; i++)
                        for (j = 1; j <= m; j++)
                            if (uri[i] != "" && suite[j] != "")
                                printf "%s\t%s\t %s \t%s\n", uri[i], suite[j], field["components"], field["signed-by"]
                }
                split("", field)
                name = ""
            }
            /^#/ { next }
            /^[ \t]*$/ { flush_stanza(); next }
            /^[ \t]/ { line = $0; sub(/^[ \t]+/, "", line); field[name] = field[name] "\n" line; next }
            { name = tolower($0); sub(/:.*/, "", name); line = $0; sub(/^[^:]*:[ \t]*/, "", line); field[name] = line }
            END { flush_stanza() }' "$file"
    done
}

# Sets mirror and signed_by: the place that this machine gets Debian itself from.
find_mirror() {
    local uri suite components signed known best=9 rank host_id
    # shellcheck source=/dev/null
    host_id=$(. /etc/os-release && printf '%s' "${ID-}") || true
    # What apt knows about the lists it has fetched tells Debian's own archive from other people's; on a new
    # machine without lists, the key and the address have to do.
    # shellcheck disable=SC2016
    known=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' \
        2>/dev/null | sed -n 's,^Debian|Debian|main|\(.*[^/]\)/*$,\1,p' || true)
    mirror='' signed_by=''
    while IFS=$'\t' read -r uri suite components signed; do
        [[ $components == *' main '* && $uri != cdrom:* ]] || continue
        [[ $suite != */* && $suite != *-security && $uri != *-security* ]] || continue
        if [[ -n $known ]] && grep -qxF -- "${uri%"${uri##*[!/]}"}" <<<"$known"; then
            rank=0
        elif [[ $signed == *debian-archive* ]]; then
            rank=1
        elif [[ -z $known && $host_id == debian && $uri =~ /debian/*$|/archive/debian/ ]]; then
            rank=2
        else
            continue
        fi
        # Of equals the first.
        if ((rank < best)); then
            best=$rank mirror=$uri signed_by=$signed
        fi
    done < <(apt_sources)
    if [[ -z $mirror ]]; then
        mirror=$FALLBACK_MIRROR signed_by=$KEYRING
        [[ -r $KEYRING ]] || die "$KEYRING is missing, it is needed to check what $mirror sends;" \
            "install the package debian-archive-keyring"
    fi
    mirror_shown=$(without_passwords <<<"$mirror")
}

# ---- a private apt -------------------------------------------------------------------------------------------

# A private apt: its own lists, cache and (empty) package state, the machine's keys, passwords and proxies.
make_private_apt() {
    local apt=$work/apt setting name foreign_list=
    for name in ${foreign-}; do
        foreign_list+=" \"$name\";"
    done
    mkdir -p "$apt"/etc/apt/{apt.conf.d,preferences.d,sources.list.d} "$apt"/var/lib/apt/lists/partial \
        "$apt"/var/cache/apt/archives/partial "$apt"/var/lib/dpkg "$apt"/var/log/apt
    : >"$apt/var/lib/dpkg/status"
    {
        # Only how to fetch is taken over: the rest may hold hooks, pins and index targets.
        apt-config dump | grep -E '^Acquire::(http|https|tor|Retries|ForceIPv[46])\b' || true
        for setting in trusted/f trustedparts/d netrc/f netrcparts/d; do
            printf 'Dir::Etc::%s "%s";\n' "${setting%/*}" "$(apt_setting "Dir::Etc::$setting")"
        done
        # An archived suite's Release file has run out, and a machine's clock may be behind: the signature is
        # checked all the same. The sandbox user could not read a folder in root's home.
        cat <<EOF
Dir "$apt";
Dir::State::status "$apt/var/lib/dpkg/status";
APT::Architecture "$(dpkg --print-architecture)";
APT::Architectures { "$(dpkg --print-architecture)";$foreign_list };
APT::Default-Release "${suites%% *}";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Debug::NoLocking "true";
EOF
    } >"$apt/apt.conf"
    {
        printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$mirror" "$suites"
        if [[ -n $signed_by ]]; then
            printf 'Signed-By: %s\n' "${signed_by//$'\001'/$'\n' }"
        fi
    } >"$apt/etc/apt/sources.list.d/private.sources"
}

# Every apt command in here goes to the private apt; what it says is kept for explain().
private_apt() { LC_ALL=C APT_CONFIG=$work/apt/apt.conf "$@"; }

# get_lists STEP: the package lists of suites. If the mirror has none of them, notes that in the caller's tried, and is
# false.
get_lists() {
    say "$1 package lists of $suites from $mirror_shown"
    make_private_apt
    if ! private_apt apt-get -q update >"$work/log" 2>&1; then
        grep -qE 'does not have a Release file|404 ' "$work/log" || explain "fetching the package lists"
        tried+=("$suites: not on this mirror")
        return 1
    fi
}

# Prints which version of a package these lists have, or nothing.
candidate_of() {
    private_apt apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# What has been tried, for the message that nothing would do.
all_tried() { printf '%s; ' "${tried[@]}" | sed 's/; $//'; }

without_passwords() { sed -E 's,//[^/@ ]*@,//***@,g'; }
apt_words() { say "apt said:"$'\n'"$(grep -E "$1" "$work/log" | tail -n "$2" | without_passwords)"; }

# Turns apt's complaint into ours.
explain() {
    local what=$1 log=$work/log
    local unreachable='Could not (resolve|connect)|Temporary failure|Cannot initiate|[Uu]nable to connect|[Pp]roxy'
    unreachable+='|Connection (refused|failed)|Network is unreachable|No route to host|timed out'
    if grep -qiE 'no space left|enough free space|not enough space' "$log"; then
        no_space "$what"
    elif grep -qE "$unreachable" "$log"; then
        apt_words '^(E:|W:|Err:|  )' 5
        die "$what: no network, or $mirror_shown cannot be reached from here" \
            "(apt's proxy settings and http_proxy are used if there are any)"
    elif grep -qE 'NO_PUBKEY|not signed|signature|EXPKEYSIG' "$log"; then
        apt_words '^(E|W):' 5
        die "$what: the signature of $mirror_shown cannot be checked with" \
            "${signed_by:-the keys that this apt trusts}; bring debian-archive-keyring up to date"
    fi
    apt_words . 15
    die "$what failed"
}

no_space() {
    die "$1: no space left in $box ($(free_mib) MiB free${2:+, about $2 MiB needed})"
}

free_mib() { df -Pk "$box" | awk 'NR == 2 { print int($4 / 1024) }'; }
need_mib() { (($(free_mib) >= $2)) || no_space "$1" "$2"; }

# unpack_packages ROOT [OPTION of tar...]: unpacks every package that apt has fetched.
unpack_packages() {
    local root=$1 deb folder needed
    shift
    needed=$(for deb in "$work"/apt/var/cache/apt/archives/*.deb; do
        dpkg-deb -f "$deb" Installed-Size
    done | awk '{ s += $1 } END { print int(s / 1024) + 1 }')
    say "${step-}unpacking, $needed MiB or less"
    need_mib "unpacking" "$needed"
    # Debian packages may still name files by the old top-level folders.
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
    for folder in bin sbin lib lib64; do
        ln -s "usr/$folder" "$root/$folder"
    done
    for deb in "$work"/apt/var/cache/apt/archives/*.deb; do
        if ! dpkg --fsys-tarfile "$deb" |
                tar -x --keep-directory-symlink --no-same-owner "$@" -C "$root" 2>"$work/log"; then
            explain "unpacking ${deb##*/}"
        fi
    done
    find "$root" -type f -perm /6000 -exec chmod a-s {} +
    # dash's maintainer script would have made this link; none has run.
    ln -sfn dash "$root/usr/bin/sh"
}
