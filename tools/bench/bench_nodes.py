"""CPU of a delivered message with 1, 2 and 4 edges on one Redis, and how it grows with edges, rooms and partitions.

Each service is a process of its own, on PostgreSQL, Kafka and Redis that it starts. An edge is a gateway and a realtime.
--peer: as many of Centrifugo on the same Redis beside each number of edges, alone and behind nginx; it stores nothing.
"""
import contextlib
import itertools
import pathlib
import tempfile

from tools.bench import centrifugo, measure, people, servers
from tools.infra.kafka import Kafka
from tools.infra.postgres import Postgres
from tools.infra.redis import Redis

EDGE = ("gateway", "realtime")
# Told apart at Kafka, where each case has topics of its own.
NUMBERS = itertools.count(1)


def cpu_of(pids):
    return sum(measure.own_cpu_seconds(pid) for pid in pids)


def one_case(chosen, real, edges, rooms, partitions):
    postgres, kafka, redis = real
    log = servers.at_log(kafka, f"?partitions={partitions}&prefix=bench{next(NUMBERS)}.")
    with tempfile.TemporaryDirectory(prefix="bench-nodes-") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        settings = ["--processes", f"--instances=gateway={edges},realtime={edges}", "registry.port=0", "config.port=0",
                    *servers.at_postgres(postgres), *log, *servers.at_redis(redis)]
        address, _ = stack.enter_context(servers.loquat(chosen.binaries, folder / "data", settings, core=None))
        api = people.Api(address)
        owner = api.register(f"bench{edges}x{rooms}x{partitions}")
        chats = people.write_lines(folder / "chats", [api.make_room(owner, f"room {n}") for n in range(rooms)])
        tokens = people.write_lines(folder / "tokens", [owner["access_token"]])
        pids = servers.pids_of(chosen.binaries, folder / "data", *EDGE)
        realtime = servers.pids_of(chosen.binaries, folder / "data", "realtime")
        watched = [word for pid in pids for word in ("--pid", pid)]
        before = measure.cpu_seconds(redis.state.pid)
        edges_before, realtime_before = cpu_of(pids), cpu_of(realtime)
        found = measure.load(chosen.binaries, "fanout", "--port", address.rsplit(":", 1)[1], *watched, "--tokens", tokens,
                             "--chats", chats, "--connections", chosen.connections, "--publishers", chosen.publishers,
                             "--seconds", chosen.seconds, "--warm-up", 2)
        found["redis_cpu_seconds"] = measure.cpu_seconds(redis.state.pid) - before
        found["share_of_realtime"] = (cpu_of(realtime) - realtime_before) / (cpu_of(pids) - edges_before)
        found["cpu_us_per_delivery"] = found["server_cpu_seconds"] * 1e6 / max(1, found["deliveries"])
        return found


def one_peer(chosen, redis, nodes, rooms, doors):
    with centrifugo.running(redis, nodes, doors) as (ports, pids):
        words = [word for port in ports for word in ("--port", port)] + [word for pid in pids for word in ("--pid", pid)]
        found = measure.load(chosen.binaries, "fanout", "--protocol", "centrifugo", *words, "--rooms", rooms,
                             "--connections", chosen.connections, "--publishers", chosen.publishers,
                             "--seconds", chosen.seconds, "--warm-up", 2)
        found["cpu_us_per_delivery"] = found["server_cpu_seconds"] * 1e6 / max(1, found["deliveries"])
        return found


def cases(chosen):
    """(edges, rooms, partitions), each once: one thing grows at a time."""
    if chosen.smoke:
        return [(2, 2, 2)]
    of_edges = [(edges, 10, 4) for edges in chosen.edges]
    if chosen.only_edges:
        return of_edges
    of_rooms = [(2, rooms, 4) for rooms in (1, 100)]
    return of_edges + of_rooms + [(2, 10, partitions) for partitions in (1, 16)]


def main():
    parser = measure.options(__doc__, seconds=5, rounds=3)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--publishers", type=int, default=16)
    parser.add_argument("--edges", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--only-edges", action="store_true", help="no more rooms, no more partitions")
    parser.add_argument("--peer", action="store_true", help="Centrifugo too (built at the first time, from its Go module)")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.connections, chosen.publishers = 8, 2
    if chosen.peer:
        centrifugo.program()
    results, peers = {}, {}
    for _ in range(chosen.rounds):
        for case in cases(chosen):
            # New ones for each: rooms and topics of the case before are not looked through.
            with servers.real(Postgres, Kafka, Redis) as real:
                results.setdefault(case, []).append(one_case(chosen, real, *case))
                if chosen.peer and case[2] == 4:
                    for doors in (False, True):
                        found = one_peer(chosen, real[2], *case[:2], doors)
                        peers.setdefault((*case[:2], "behind nginx" if doors else "alone"), []).append(found)
    keys = ["cpu_us_per_delivery", "deliveries_per_second", "latency.p50_ms", "latency.p99_ms"]
    measure.table(["edges, rooms, partitions", "edges' CPU us/delivery", "deliveries/s", "p50 ms", "p99 ms", "of it realtime"],
                  [[", ".join(map(str, case)), *(measure.median_of(rounds, key) for key in (*keys, "share_of_realtime"))] for case, rounds in results.items()])
    if peers:
        measure.table(["Centrifugo: nodes, rooms", "CPU us/delivery", "deliveries/s", "p50 ms", "p99 ms"],
                      [[", ".join(map(str, case)), *(measure.median_of(rounds, key) for key in keys)] for case, rounds in peers.items()])
    named = {", ".join(map(str, case)): rounds for case, rounds in results.items()}
    measure.report("nodes", chosen, {**named, "centrifugo": {", ".join(map(str, case)): rounds for case, rounds in peers.items()}})


if __name__ == "__main__":
    main()
