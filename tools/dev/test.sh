source tools/dev/setup.sh

# What a suite needs is installed and built when it is among those that run; see tools/testing.
run_test() {
    need_packages tools
    python3 -m tools.testing "$@"
}
