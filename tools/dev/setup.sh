# Installs what is missing.  A second call only looks: some 50 ms.

packages_of() { sed -e 's/#.*//' -e '/^\s*$/d' "tools/dev/packages/$1.txt"; }

# Installs the Debian packages of the named lists that are not there yet.
need_packages() {
    local list wanted=() missing=()
    for list in "$@"; do
        mapfile -t -O "${#wanted[@]}" wanted < <(packages_of "$list")
    done
    if ! command -v dpkg-query >/dev/null; then
        say "not a Debian system: make sure these are there: ${wanted[*]}"
        return
    fi
    mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
        <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
            sed -n 's/ installed$//p' | sort -u))
    [ "${#missing[@]}" = 0 ] && return
    say "installing ${missing[*]}"
    mkdir -p .cache
    as_root apt-get update -qq
    # Debian starts a packaged server as soon as it is installed (RUNLEVEL keeps it from that); ours start later.
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -q --no-install-recommends "${missing[@]}" >.cache/apt.log 2>&1 || {
        tail -n 20 .cache/apt.log >&2
        fail "apt-get could not install: ${missing[*]}"
    }
}

is_node_fit() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
}

# A Node of 20.19 or newer on PATH is used; otherwise Node 22 comes from the npm registry into .cache/node.
need_node() {
    is_node_fit && return
    local own=$PWD/.cache/node/node_modules/.bin
    if [ ! -x "$own/node" ]; then
        command -v npm >/dev/null || need_packages npm
        say "installing Node 22 into .cache/node"
        npm install --prefix .cache/node --no-fund --no-audit --loglevel=error node@22 npm@10 >&2
    fi
    export PATH=$own:$PATH
    is_node_fit || fail "Node 20.19 or newer is needed; 'node --version' says $(node --version 2>&1)"
}

need_web_packages() {
    local lock
    need_node
    lock=$(sha256sum <web/package-lock.json)
    is_stamped web/node_modules/.loquat-lock "$lock" && return
    say "installing the web app's packages"
    (cd web && npm ci --no-fund --no-audit --loglevel=error >&2)
    stamp web/node_modules/.loquat-lock "$lock"
}

run_setup() {
    local list
    need_packages build
    for list in "$@"; do
        [ -f "tools/dev/packages/$list.txt" ] || fail "there is no package list '$list'"
        need_packages "$list"
    done
    need_web_packages
}
