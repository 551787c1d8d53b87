"""Thousands of sockets are cut at once and come back, each with what it has missed, while others talk.

--servers: in turns with files and with the databases at PostgreSQL, the log at Kafka and what is told at Redis.
"""
import pathlib
import tempfile

from tools.bench import measure, people, servers
from tools.infra.kafka import Kafka
from tools.infra.postgres import Postgres
from tools.infra.redis import Redis

KEYS = ["back.p50_ms", "back.max_ms", "whole", "resyncs", "others_calm.p99_ms", "others_storm.p99_ms"]


def one_round(chosen, settings):
    with tempfile.TemporaryDirectory(prefix="bench-storm-") as name:
        folder = pathlib.Path(name)
        with servers.loquat(chosen.binaries, folder / "data", [*settings, f"platform.edge_loops={chosen.loops}"], core=None) as (address, process):
            api = people.Api(address)
            sessions = [api.register(f"bench{n}") for n in range(4 if chosen.smoke else 50)]
            rooms = [api.make_room(sessions[0], f"room {n}", sessions[1:]) for n in range(chosen.rooms)]
            before = measure.cpu_seconds(process.pid)
            found = measure.load(chosen.binaries, "storm", "--port", address.rsplit(":", 1)[1],
                                 "--tokens", people.write_lines(folder / "tokens", [session["access_token"] for session in sessions]),
                                 "--chats", people.write_lines(folder / "chats", rooms), "--guests", chosen.guests,
                                 "--others", chosen.others, "--rate", chosen.rate, "--at-once", chosen.at_once,
                                 "--calm", chosen.seconds, "--away", min(1, chosen.seconds), core=None)
            found["server_cpu_seconds"] = measure.cpu_seconds(process.pid) - before
            return found


def round_on_servers(chosen):
    with servers.real(Postgres, Kafka, Redis) as (postgres, kafka, redis):
        return one_round(chosen, servers.at_postgres(postgres) + servers.at_log(kafka) + servers.at_redis(redis))


def main():
    parser = measure.options(__doc__, seconds=5, rounds=3)
    parser.add_argument("--guests", type=int, default=15_000, help="whose sockets are cut (default 15000)")
    parser.add_argument("--others", type=int, default=50, help="who talk meanwhile (default 50)")
    parser.add_argument("--rooms", type=int, default=150)
    parser.add_argument("--rate", type=float, default=50, help="messages a second of all others (default 50)")
    parser.add_argument("--at-once", type=int, default=500, help="who are coming back at the same time (default 500)")
    parser.add_argument("--loops", type=int, default=2, help="edge loops of the server (default 2)")
    parser.add_argument("--servers", action="store_true", help="at PostgreSQL, Kafka and Redis too")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.guests, chosen.others, chosen.rooms, chosen.servers = 60, 4, 4, True
    results = {"files": []} | ({"servers": []} if chosen.servers else {})
    for _ in range(chosen.rounds):
        results["files"].append(one_round(chosen, ()))
        if chosen.servers:
            results["servers"].append(round_on_servers(chosen))
    measure.table(["", "back p50 ms", "all back ms", "whole", "resyncs", "others' p99 before", "others' p99 meanwhile"],
                  [[name, *(measure.median_of(rounds, key) for key in KEYS)] for name, rounds in results.items()])
    measure.report("storm", chosen, {"guests": chosen.guests, "others": chosen.others, "rooms": chosen.rooms, "rate": chosen.rate, **results})


if __name__ == "__main__":
    main()
