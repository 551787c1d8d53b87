source tools/dev/build.sh

run_quality() {
    local name=${1:-}
    if [ -z "$name" ]; then
        python3 -m tools.quality
        return
    fi
    shift
    [ -f "tools/quality/quality_$name.py" ] || fail "there is no '$name' to judge; ./dev quality lists what there is"
    need_packages build
    need_sources
    need_packages bench
    run_build release
    python3 -m "tools.quality.quality_$name" "$@"
}
