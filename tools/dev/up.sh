# The whole way from a bare machine to a running platform.
source tools/dev/web.sh
source tools/dev/build.sh

# A real conversation to look at: the whole log where it is at hand, else the sample of this repository.
demo_file() {
    local beside=../shared/data/chatlog/ubuntu-irc.jsonl.gz
    if [ -n "${LOQUAT_CHATLOG:-}" ]; then
        [ -f "$LOQUAT_CHATLOG" ] || fail "LOQUAT_CHATLOG names no file: $LOQUAT_CHATLOG"
        echo "$LOQUAT_CHATLOG"
    elif [ -f "$beside" ]; then
        echo "$beside"
    else
        echo docs/sample/ubuntu-irc-sample.jsonl
    fi
}

# Brings the conversation in before the start.  The same file again repeats nothing, so a stamp only saves time.
fill_demo() {
    local data=$1 file=$2 reader=cat
    [ "${file%.gz}" = "$file" ] || reader=zcat
    is_stamped "$data/demo" "$file" && return
    say "loading the demo from $file"
    "$reader" "$file" | build/release/bin/loquat import --demo --data "$data" - >&2 || fail "the demo could not be loaded"
    stamp "$data/demo" "$file"
}

run_up() {
    local port=8080 data=./data demo=no rest=()
    while [ $# -gt 0 ]; do
        case "$1" in
            --demo) demo=yes ;;
            --port) port=${2:?--port wants a number} && shift ;;
            --port=*) port=${1#*=} ;;
            --data) data=${2:?--data wants a folder} && shift ;;
            --data=*) data=${1#*=} ;;
            *) rest+=("$1") ;;
        esac
        shift
    done
    run_web
    run_build release loquat
    if [ "$demo" = yes ]; then
        rm -f "$data/run.json"
        fill_demo "$data" "$(demo_file)" >&2 &
    fi
    exec build/release/bin/loquat up --port "$port" --data "$data" ${rest[@]+"${rest[@]}"}
}
