# Everything that can happen to Loquat on real servers, under load; see tools/faults.
source tools/dev/build.sh

run_faults() {
    need_packages tools
    case " $* " in
        *" --list "* | *" -h "* | *" --help "*) ;;
        *" --bin "*) need_packages infra ;;
        *)
            need_packages infra
            run_build release loquat loquat-fault-load
            ;;
    esac
    python3 -m tools.faults "$@"
}
