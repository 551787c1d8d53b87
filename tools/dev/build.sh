# Configures once and builds.  CMake's globs notice new files by themselves.
source tools/dev/setup.sh

run_build() {
    local preset=${1:-release}
    [ $# -gt 0 ] && shift
    need_packages build
    if [ ! -f "build/$preset/build.ninja" ]; then
        say "configuring build/$preset"
        cmake --preset "$preset" >"build-$preset.log" 2>&1 || {
            cat "build-$preset.log" >&2
            rm -f "build-$preset.log"
            fail "CMake could not configure the preset '$preset'"
        }
        rm -f "build-$preset.log"
    fi
    say "building $preset${*:+: $*}"
    cmake --build "build/$preset" ${*:+--target "$@"} >&2
}
