# Shared by the commands of ./dev.  The working directory is always the root of the checkout.
shopt -s inherit_errexit

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

# Runs as root: directly, or through sudo; says what to type when neither works.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        fail "this needs root and sudo does not work here; as root, run: $*"
    fi
}

# The hash of all files below the given paths, names included.
tree_hash() {
    find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# True when the stamp file $1 already says $2.
is_stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
stamp() {
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" >"$1"
}
