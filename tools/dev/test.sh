source tools/dev/web.sh

run_test() {
    run_setup
    # A broken web app fails its own suites; the server's are run all the same, with the fallback page inside.
    run_web || say "the web app did not build"
    python3 -m tools.testing "$@"
}
