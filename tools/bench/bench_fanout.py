"""One room of many subscribers, several publishers, beside nats-server."""
import contextlib
import pathlib
import tempfile

from tools.bench import measure, people, servers


def prepare(address, folder, count):
    """`count` members of one room; each has several of the subscribed connections."""
    api = people.Api(address)
    sessions = [api.register(f"bench{n}") for n in range(count)]
    room = api.make_room(sessions[0], "everybody", sessions[1:])
    return (people.write_lines(folder / "tokens", [session["access_token"] for session in sessions]),
            people.write_lines(folder / "chats", [room]))


def main():
    parser = measure.options(__doc__, seconds=8)
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--publishers", type=int, default=16)
    parser.add_argument("--outstanding", type=int, default=1, help="messages of one publisher on their way")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.subscribers, chosen.publishers = 40, 4
    common = ["--connections", chosen.subscribers, "--publishers", chosen.publishers, "--outstanding", chosen.outstanding,
              "--seconds", chosen.seconds, "--warm-up", min(2, chosen.seconds)]
    results = {"nats-server": [], "loquat": []}
    with tempfile.TemporaryDirectory(prefix="bench-fanout-") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        port, session = stack.enter_context(servers.nats())
        address, process = stack.enter_context(servers.loquat(chosen.binaries, folder / "data"))
        tokens, chats = prepare(address, folder, 8 if chosen.smoke else 50)
        for _ in range(chosen.rounds):
            results["nats-server"].append(measure.load(chosen.binaries, "fanout", "--protocol", "nats", "--port", port, "--pid", session, *common))
            results["loquat"].append(measure.load(chosen.binaries, "fanout", "--port", address.rsplit(":", 1)[1], "--pid", process.pid,
                                                  "--tokens", tokens, "--chats", chats, *common))
    keys = ["deliveries_per_cpu_second", "deliveries_per_second", "latency.p50_ms", "latency.p99_ms"]
    rows = [[server, *(measure.median_of(rounds, key) for key in keys),
             measure.median_of(rounds, keys[0]) / measure.median_of(results["nats-server"], keys[0])] for server, rounds in results.items()]
    measure.table(["server", "deliveries/CPU s", "deliveries/s", "p50 ms", "p99 ms", "ratio to nats"], rows)
    setting = {"subscribers": chosen.subscribers, "publishers": chosen.publishers, "outstanding": chosen.outstanding}
    measure.report("fanout", chosen, {**setting, "version": measure.version_of("nats-server", "-v"), **results})


if __name__ == "__main__":
    main()
