# The whole way from a bare machine to a running platform.
source tools/dev/web.sh
source tools/dev/build.sh
source tools/dev/infra.sh

# A real conversation to look at: the one that LOQUAT_CHATLOG names, else the sample of this repository.
demo_file() {
    if [ -n "${LOQUAT_CHATLOG:-}" ]; then
        [ -f "$LOQUAT_CHATLOG" ] || fail "LOQUAT_CHATLOG names no file: $LOQUAT_CHATLOG"
        echo "$LOQUAT_CHATLOG"
    else
        echo docs/sample/ubuntu-irc-sample.jsonl
    fi
}

# Waits until the platform has started, for a minute at most, then fills it, once for each file.
fill_demo() {
    local data=$1 file=$2 reader=cat
    [ "${file%.gz}" = "$file" ] || reader=zcat
    for _ in $(seq 300); do
        if [ -f "$data/run.json" ]; then
            "$reader" "$file" | build/release/bin/loquat import --demo --data "$data" - && stamp "$data/demo" "$file"
            return
        fi
        sleep 0.2
    done
    say "the platform did not start; the demo was not loaded"
}

# The servers of `./dev infra`, the schemas at them, and where each process finds what.  $1: the kind of the log.
use_servers() {
    local log=$1 need home=.cache/infra/run secrets=$PWD/.cache/infra/roles url
    run_infra up postgres redis "$log" >&2
    url=$(cat $home/postgres/url)
    export LOQUAT_STORE__SQL__KIND=postgres
    export LOQUAT_STORE__SQL__URL="postgresql://loquat_{service}@${url#*@}?passfile=$secrets/{service}.pgpass"
    export LOQUAT_STORE__LOG__KIND=$log LOQUAT_STORE__LOG__URL
    LOQUAT_STORE__LOG__URL=$(cat "$home/$log/url")
    for need in BROADCAST LIMITS PRESENCE; do
        export "LOQUAT_STORE__${need}__KIND=redis" "LOQUAT_STORE__${need}__URL=$(cat $home/redis/url)"
    done
    LOQUAT_MIGRATE_URL=$url build/release/bin/loquat migrate >&2
}

run_up() {
    local port=8080 data=./data demo=no log='' rest=()
    while [ $# -gt 0 ]; do
        case "$1" in
            --demo) demo=yes ;;
            --servers) log=rabbitmq ;;
            --servers=rabbitmq | --servers=kafka) log=${1#*=} ;;
            --servers=*) fail "--servers=${1#*=}: the log can be at rabbitmq or kafka" ;;
            --port) port=${2:?--port wants a number} && shift ;;
            --port=*) port=${1#*=} ;;
            --data) data=${2:?--data wants a folder} && shift ;;
            --data=*) data=${1#*=} ;;
            *) rest+=("$1") ;;
        esac
        shift
    done
    [ -z "$log" ] || [ "$demo" = no ] ||
        fail "--demo fills a folder of one process, and with --servers there are several"
    # What must be fetched comes first: nothing is built where something cannot be had.
    run_setup
    run_web
    run_build release loquat
    if [ -n "$log" ]; then
        use_servers "$log"
        [ "$data" != ./data ] || data=./data-servers
        rest+=(--processes)
        [[ " ${rest[*]}" == *" --instances"* ]] || rest+=(--instances 2)
    fi
    if [ "$demo" = yes ] && ! is_stamped "$data/demo" "$(demo_file)"; then
        rm -f "$data/run.json"
        fill_demo "$data" "$(demo_file)" >&2 &
    fi
    exec build/release/bin/loquat up --port "$port" --data "$data" ${rest[@]+"${rest[@]}"}
}
