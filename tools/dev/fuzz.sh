source tools/dev/build.sh

run_fuzz() {
    need_packages sanitize
    run_build asan fuzzers
    python3 -m tools.testing.fuzz "$@"
}
