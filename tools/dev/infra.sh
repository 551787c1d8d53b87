# Real servers on loopback; see tools/infra.
source tools/dev/setup.sh

run_infra() {
    [ "${1:-}" != up ] || need_packages infra
    python3 -m tools.infra "$@"
}
