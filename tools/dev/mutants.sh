source tools/dev/setup.sh

run_mutants() {
    need_packages build
    python3 -m tools.mutants "$@"
}
