source tools/dev/build.sh

run_fuzz() {
    need_packages sanitize
    run_build fuzz fuzzers
    python3 -m tools.testing.fuzz "$@"
}
