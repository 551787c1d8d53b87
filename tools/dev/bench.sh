source tools/dev/build.sh

run_bench() {
    local name=${1:-}
    if [ -z "$name" ]; then
        python3 -m tools.bench
        return
    fi
    shift
    [ -f "tools/bench/bench_$name.py" ] || fail "there is no bench '$name'; ./dev bench lists them"
    need_packages build
    need_sources
    need_packages bench
    # Those that run on servers start them.
    ! grep -q 'tools\.infra' "tools/bench/bench_$name.py" || need_packages infra
    run_build release
    python3 -m "tools.bench.bench_$name" "$@"
}
