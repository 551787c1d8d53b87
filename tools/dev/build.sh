# Configures once and builds.  CMake's globs notice new files by themselves.
source tools/dev/setup.sh

run_build() {
    local preset=${1:-release}
    [ $# -gt 0 ] && shift
    need_packages build
    need_sources
    if [ ! -f "build/$preset/build.ninja" ]; then
        mkdir -p .cache
        with_progress "configuring build/$preset" ".cache/configure-$preset.log" cmake --preset "$preset"
    fi
    say "building $preset${*:+: $*} (the first time some minutes; later only what changed)"
    cmake --build "build/$preset" ${*:+--target "$@"} >&2
}
