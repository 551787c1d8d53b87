source tools/dev/fmt.sh

# clang-tidy reads the commands of the release build; without one it is skipped with a word.
run_lint() {
    local bad=0
    need_packages build
    need_web_packages
    python3 tools/tidy.py || bad=1
    cpp_files | xargs clang-format-19 --dry-run -Werror || bad=1
    (cd web && npm run --silent typecheck && npm run --silent lint) || bad=1
    if [ -f build/release/compile_commands.json ]; then
        git ls-files '*.cpp' | grep -v -e /fuzz/ -e ^cmake/ |
            xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/release --quiet 2>/dev/null || bad=1
    else
        say "clang-tidy was left out: build first (./dev build)"
    fi
    return "$bad"
}
