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

# The servers of `./dev infra`, the schemas at them, and where each process finds what.  $1: the kind of the log, $2: where
# messages are.
use_servers() {
    local log=$1 messages=$2 need home=.cache/infra/run secrets=$PWD/.cache/infra/roles url
    local servers=(postgres redis "$log")
    [ "$messages" = postgres ] || servers+=(ferretdb)
    run_infra up "${servers[@]}" >&2
    url=$(cat $home/postgres/url)
    export LOQUAT_STORE__SQL__KIND=postgres
    export LOQUAT_STORE__SQL__URL="postgresql://loquat_{service}@${url#*@}?passfile=$secrets/{service}.pgpass"
    export LOQUAT_STORE__LOG__KIND=$log LOQUAT_STORE__LOG__URL
    LOQUAT_STORE__LOG__URL=$(cat "$home/$log/url")
    for need in BROADCAST LIMITS PRESENCE; do
        export "LOQUAT_STORE__${need}__KIND=redis" "LOQUAT_STORE__${need}__URL=$(cat $home/redis/url)"
    done
    if [ "$messages" = mongo ]; then
        export LOQUAT_STORE__MESSAGES__KIND=mongo LOQUAT_STORE__MESSAGES__URL
        LOQUAT_STORE__MESSAGES__URL=$(cat $home/ferretdb/url)
    fi
    LOQUAT_MIGRATE_URL=$url build/release/bin/loquat migrate >&2
}

check_servers() {
    case "$1" in
        rabbitmq | kafka) ;;
        *) fail "--log $1: the log can be at rabbitmq or kafka" ;;
    esac
    case "$2" in
        postgres | mongo) ;;
        *) fail "--messages $2: messages can be at postgres or mongo" ;;
    esac
}

run_up() {
    local port=8080 data=./data demo=no servers=no log='' messages='' rest=()
    while [ $# -gt 0 ]; do
        case "$1" in
            --demo) demo=yes ;;
            --servers) servers=yes ;;
            --servers=*) servers=yes && log=${1#*=} ;;
            --log) log=${2:?--log wants rabbitmq or kafka} && shift ;;
            --log=*) log=${1#*=} ;;
            --messages) messages=${2:?--messages wants postgres or mongo} && shift ;;
            --messages=*) messages=${1#*=} ;;
            --port) port=${2:?--port wants a number} && shift ;;
            --port=*) port=${1#*=} ;;
            --data) data=${2:?--data wants a folder} && shift ;;
            --data=*) data=${1#*=} ;;
            *) rest+=("$1") ;;
        esac
        shift
    done
    if [ "$servers" = no ]; then
        [ -z "$log$messages" ] || fail "--log and --messages choose among servers: say --servers too"
    else
        check_servers "${log:=rabbitmq}" "${messages:=postgres}"
        [ "$demo" = no ] || fail "--demo fills a folder of one process, and with --servers there are several"
    fi
    # What must be fetched comes first: nothing is built where something cannot be had.
    run_setup
    run_web
    run_build release loquat
    if [ "$servers" = yes ]; then
        use_servers "$log" "$messages"
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
