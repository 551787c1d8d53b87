"""People of one room who come and go, and lists of conversations that are open: what each costs, at x1, x10 and x100."""
import pathlib
import tempfile

from tools.bench import measure, people, servers
from tools.bench.bench_grow import each_thread, exponent


def join_all(api, address, size):
    """A room of `size` people; its id and their tokens."""
    sessions = [None] * size

    def register(own, i):
        sessions[i] = own.register(f"person{i:06}")

    each_thread(size, 8, register)(address)
    room = api.make_room(sessions[0], "all", sessions[1:800])
    rest = sessions[800:]
    each_thread(len(rest), 8, lambda own, i: own.call("POST", f"/api/chats/{room}/join", token=rest[i]["access_token"]))(address)
    return room, [session["access_token"] for session in sessions]


class Room:
    """A room of `size` people in a data folder; each measurement has a fresh process on it."""

    def __init__(self, chosen, size, folder):
        self.chosen, self.size, self.folder = chosen, size, pathlib.Path(folder)
        with self.platform() as (address, _):
            self.room, tokens = join_all(people.Api(address), address, size)
        self.tokens = people.write_lines(self.folder / "tokens", tokens)

    def platform(self):
        return servers.loquat(self.chosen.binaries, self.folder / "data", ["chat.members_max=100000"], core=None)

    def load(self, name, *more):
        with self.platform() as (address, process):
            return measure.load(self.chosen.binaries, name, "--port", address.rsplit(":", 1)[1], "--pid", process.pid,
                                "--tokens", self.tokens, "--people", self.size, *more)


def come_and_go(chosen, sizes):
    results = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-presence-") as folder:
            room = Room(chosen, size, folder)
            for who, listeners in (("nobody listens", 0), ("100 listen", min(100, size)), ("all listen", size)):
                if who in chosen.listening:
                    results.setdefault(who, []).append(room.load("presence", "--listeners", listeners))
    rows = []
    for who, found in results.items():
        for key, what in (("cpu_ms_a_person", "CPU ms"), ("kib_a_person", "KiB"), ("kib_a_person_left", "KiB after leaving"),
                          ("bytes_sent_a_person", "bytes sent")):
            costs = [one[key] for one in found]
            rows.append([f"{what} a person, {who}", *costs, f"{exponent(list(zip(sizes, costs))):.2f}"])
    measure.table(["", *(f"{size:,}" for size in sizes), "exponent"], rows)
    return results


def lists(chosen, sizes):
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-presence-") as folder:
            room = Room(chosen, size, folder)
            for pause in (0.4, 0.1):
                found.append({"pause": pause} | room.load("lists", "--chat", room.room, "--messages", chosen.messages, "--pause", pause))
    measure.table(["people online", "s apart", "CPU ms a message", "with lists", "ratio", "list events a message"],
                  [[f"{one['people']:,}", one["pause"], one["cpu_ms_a_message"], one["cpu_ms_a_message_with_lists"], one["ratio"],
                    one["list_events_a_message_and_person"]] for one in found])
    return found


def main():
    parser = measure.options(__doc__, rounds=1)
    parser.add_argument("--people", type=int, default=160, help="of the smallest room (default 160)")
    parser.add_argument("--messages", type=int, default=20)
    parser.add_argument("--only", choices=["presence", "lists"])
    parser.add_argument("--listening", action="append", choices=["nobody listens", "100 listen", "all listen"], default=None)
    chosen = measure.parse(parser)
    chosen.listening = chosen.listening or ["nobody listens", "100 listen", "all listen"]
    sizes, listed = [chosen.people * factor for factor in (1, 10, 100)], [1000, 3000]
    if chosen.smoke:
        sizes, listed, chosen.messages, chosen.listening = [5, 15], [10], 3, ["100 listen"]
    results = {}
    if chosen.only != "lists":
        results["presence"] = come_and_go(chosen, sizes)
    if chosen.only != "presence":
        results["lists"] = lists(chosen, listed)
    measure.report("presence", chosen, results)


if __name__ == "__main__":
    main()
