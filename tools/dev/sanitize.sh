source tools/dev/setup.sh

# run_sanitize asan|tsan [SUITE...|all]
run_sanitize() {
    local preset=$1 suite only=()
    shift
    for suite in "$@"; do
        only+=(--only "$suite")
    done
    need_packages build
    need_sources
    python3 -m tools.testing "$preset" --budget 1000 ${only[@]+"${only[@]}"}
}
