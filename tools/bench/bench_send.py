"""Messages a second that are acknowledged as durable, with many senders."""
import pathlib
import tempfile

from tools.bench import measure, people, servers


def main():
    parser = measure.options(__doc__, seconds=8)
    parser.add_argument("--senders", type=int, default=200)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--outstanding", type=int, default=8, help="messages of one sender that await their receipt")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.senders, chosen.rooms = 8, 4
    rounds = []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="bench-send-") as name:
            folder = pathlib.Path(name)
            with servers.loquat(chosen.binaries, folder / "data", core=None) as (address, process):
                api = people.Api(address)
                sessions = [api.register(f"bench{n}") for n in range(4 if chosen.smoke else 50)]
                rooms = [api.make_room(sessions[0], f"room {n}", sessions[1:]) for n in range(chosen.rooms)]
                tokens = people.write_lines(folder / "tokens", [session["access_token"] for session in sessions])
                chats = people.write_lines(folder / "chats", rooms)
                rounds.append(measure.load(chosen.binaries, "send", "--port", address.rsplit(":", 1)[1], "--pid", process.pid,
                                           "--tokens", tokens, "--chats", chats, "--connections", chosen.senders,
                                           "--outstanding", chosen.outstanding, "--seconds", chosen.seconds,
                                           "--warm-up", min(2, chosen.seconds)))
    keys = ["per_second", "server_cpu_us_per_message", "latency.p50_ms", "latency.p99_ms"]
    measure.table(["", "acknowledged/s", "CPU us/message", "p50 ms", "p99 ms"], [["loquat", *(measure.median_of(rounds, key) for key in keys)]])
    measure.report("send", chosen, {"senders": chosen.senders, "rooms": chosen.rooms, "outstanding": chosen.outstanding, "loquat": rounds})


if __name__ == "__main__":
    main()
