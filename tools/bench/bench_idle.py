"""Memory of a silent, authenticated STOMP connection with a subscription."""
import pathlib
import tempfile

from tools.bench import measure, people, servers


def measure_once(chosen, folder):
    count = 300 if chosen.smoke else chosen.connections
    users = 3 if chosen.smoke else 100
    settings = ["platform.edge_loops=1"]
    with servers.loquat(chosen.binaries, folder / "data", settings) as (address, process):
        api = people.Api(address)
        sessions = [api.register(f"bench{n}") for n in range(users)]
        rooms = [api.make_room(sessions[0], f"room {n}", sessions[1:]) for n in range(10)]
        tokens = people.write_lines(folder / "tokens", [session["access_token"] for session in sessions])
        chats = people.write_lines(folder / "chats", rooms)
        return measure.load(chosen.binaries, "idle", "--port", address.rsplit(":", 1)[1], "--pid", process.pid, "--tokens", tokens,
                            "--chats", chats, "--connections", count, "--settle-connections", min(200, count // 3),
                            "--settle", 0.2 if chosen.smoke else chosen.seconds)


def main():
    parser = measure.options(__doc__, seconds=3, rounds=3)
    parser.add_argument("--connections", type=int, default=16_000)
    chosen = measure.parse(parser)
    rounds = []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="bench-idle-") as folder:
            rounds.append(measure_once(chosen, pathlib.Path(folder)))
    measure.table(["", "connections", "bytes each", "connects/s", "CPU us/connect"],
                  [["loquat", measure.median_of(rounds, "connections"), measure.median_of(rounds, "bytes_per_connection"),
                    measure.median_of(rounds, "connects_per_second"), measure.median_of(rounds, "server_cpu_us_per_connect")]])
    measure.report("idle", chosen, {"loquat": rounds})


if __name__ == "__main__":
    main()
