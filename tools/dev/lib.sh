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

# with_progress WHAT LOG COMMAND...: says what runs, every fifteen seconds how far it is, and at the end how long it
# took.  The output goes to LOG; where the command fails its end is shown.
with_progress() {
    local what=$1 log=$2 start=$SECONDS child last
    shift 2
    say "$what"
    mkdir -p "$(dirname "$log")"
    : >"$log"
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    trap 'kill "$child" 2>/dev/null || true; exit 130' INT TERM
    while still_runs_after 15 "$child"; do
        last=$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-100)
        printf '    %3d s  %s\n' "$((SECONDS - start))" "$last" >&2
    done
    trap - INT TERM
    wait "$child" || {
        tail -n 20 "$log" >&2
        fail "this did not work: $what (after $((SECONDS - start)) s; all of it is in $log)"
    }
    [ "$((SECONDS - start))" -lt 5 ] || printf '    done after %d s\n' "$((SECONDS - start))" >&2
}

# still_runs_after SECONDS PROCESS: false as soon as it has ended.
still_runs_after() {
    local tick
    for ((tick = 0; tick < $1 * 5; ++tick)); do
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.2
    done
}
