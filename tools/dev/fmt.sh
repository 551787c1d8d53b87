source tools/dev/setup.sh

cpp_files() { git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp'; }

run_fmt() {
    need_packages build
    cpp_files | xargs clang-format-19 -i
}
