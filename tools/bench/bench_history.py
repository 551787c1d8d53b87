"""The last 50 messages of a room out of a large database, over HTTP and at the store."""
import contextlib
import pathlib
import shutil
import tempfile

from tools.bench import measure, people, servers

SCRIPT = """
local rooms = {}
function init()
  math.randomseed(7)
  for line in io.lines("%s") do rooms[#rooms + 1] = line end
end
function request()
  local room = rooms[math.random(#rooms)]
  return wrk.format("GET", "/api/chats/" .. room .. "/messages?limit=50", {["Authorization"] = "Bearer %s"})
end
"""


def fill(chosen, folder):
    """A platform's data folder with rooms and messages; made once and kept for the next run."""
    with servers.loquat(chosen.binaries, folder / "data") as (address, _):
        api = people.Api(address)
        owner = api.register("bench")
        rooms = [api.make_room(owner, f"room {n}") for n in range(chosen.rooms)]
    people.write_lines(folder / "chats", rooms)
    result = measure.load(chosen.binaries, "history-fill", "--file", folder / "data" / "messages.db", "--chats", folder / "chats",
                          "--sender", owner["user"]["id"], "--messages", chosen.messages)
    (folder / "whole").touch()
    return result


def sign_in(api):
    return api.call("POST", "/api/auth/login", {"login": "bench", "password": people.PASSWORD})["access_token"]


def main():
    parser = measure.options(__doc__, seconds=5, rounds=3)
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--rooms", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=8)
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.messages, chosen.rooms = 2000, 10
    results = {"messages": chosen.messages, "rooms": chosen.rooms, "store": [], "http": []}
    with contextlib.ExitStack() as stack:
        folder = measure.ROOT / "build" / "bench" / f"history-{chosen.messages}-{chosen.rooms}"
        if chosen.smoke:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-history-")))
        if not (folder / "whole").exists():
            shutil.rmtree(folder / "data", ignore_errors=True)
            results["fill"] = fill(chosen, folder)
        for _ in range(chosen.rounds):
            results["store"].append(measure.load(chosen.binaries, "history-read", "--file", folder / "data" / "messages.db",
                                                 "--chats", folder / "chats", "--reads", 200 if chosen.smoke else 20_000))
            with servers.loquat(chosen.binaries, folder / "data") as (address, process):
                script = SCRIPT % (folder / "chats", sign_in(people.Api(address)))
                results["http"].append(measure.wrk_with_cpu(process.pid, address, chosen.seconds, connections=chosen.connections, script=script))
    measure.table(["", "p50 ms", "p99 ms", "reads/s"],
                  [["store", measure.median_of(results["store"], "latency.p50_ms"), measure.median_of(results["store"], "latency.p99_ms"), float("nan")],
                   ["http", measure.median_of(results["http"], "p50_ms"), measure.median_of(results["http"], "p99_ms"),
                    measure.median_of(results["http"], "requests_per_second")]])
    measure.report("history", chosen, results)


if __name__ == "__main__":
    main()
