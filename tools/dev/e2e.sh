source tools/dev/test.sh

run_e2e() { run_test e2e "$@"; }
