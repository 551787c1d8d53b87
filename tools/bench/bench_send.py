"""Messages a second that are acknowledged as durable, with many senders.

--servers: in turns with files and with the log at Kafka and the databases at PostgreSQL, which it starts.
"""
import pathlib
import tempfile

from tools.bench import measure, people, servers
from tools.infra.kafka import Kafka
from tools.infra.postgres import Postgres

KEYS = ["per_second", "server_cpu_us_per_message", "latency.p50_ms", "latency.p99_ms"]


def one_round(chosen, settings):
    with tempfile.TemporaryDirectory(prefix="bench-send-") as name:
        folder = pathlib.Path(name)
        with servers.loquat(chosen.binaries, folder / "data", settings, core=None) as (address, process):
            api = people.Api(address)
            sessions = [api.register(f"bench{n}") for n in range(4 if chosen.smoke else 50)]
            rooms = [api.make_room(sessions[0], f"room {n}", sessions[1:]) for n in range(chosen.rooms)]
            tokens = people.write_lines(folder / "tokens", [session["access_token"] for session in sessions])
            chats = people.write_lines(folder / "chats", rooms)
            return measure.load(chosen.binaries, "send", "--port", address.rsplit(":", 1)[1], "--pid", process.pid,
                                "--tokens", tokens, "--chats", chats, "--connections", chosen.senders,
                                "--outstanding", chosen.outstanding, "--seconds", chosen.seconds,
                                "--warm-up", min(2, chosen.seconds))


def round_on_servers(chosen):
    """Servers of its own for each round: the next one finds nothing of the one before."""
    with servers.real(Postgres, Kafka) as (postgres, kafka):
        before = [measure.cpu_seconds(server.state.pid) for server in (postgres, kafka)]
        found = one_round(chosen, servers.at_postgres(postgres) + servers.at_log(kafka, f"?partitions={chosen.partitions}"))
        for server, used in zip((postgres, kafka), before):
            found[f"{server.name}_cpu_seconds"] = measure.cpu_seconds(server.state.pid) - used
        return found


def main():
    parser = measure.options(__doc__, seconds=8)
    parser.add_argument("--senders", type=int, default=200)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--outstanding", type=int, default=8, help="messages of one sender that await their receipt")
    parser.add_argument("--servers", action="store_true", help="at Kafka and PostgreSQL too")
    parser.add_argument("--partitions", type=int, default=4, help="of the log at Kafka (default 4)")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.senders, chosen.rooms, chosen.servers = 8, 4, True
    results = {"files": []} | ({"servers": []} if chosen.servers else {})
    for _ in range(chosen.rounds):
        results["files"].append(one_round(chosen, ()))
        if chosen.servers:
            results["servers"].append(round_on_servers(chosen))
    measure.table(["", "acknowledged/s", "CPU us/message", "p50 ms", "p99 ms"],
                  [[name, *(measure.median_of(rounds, key) for key in KEYS)] for name, rounds in results.items()])
    if chosen.servers:
        print(f"at servers {measure.median_ratio(results['servers'], results['files'], 'per_second'):.2f} of the messages a second with files")
    measure.report("send", chosen, {"senders": chosen.senders, "rooms": chosen.rooms, "outstanding": chosen.outstanding, **results})


if __name__ == "__main__":
    main()
