"""What one operation costs at x1, x10 and x100 of what it works on: CPU, and the exponent it grows with."""
import contextlib
import json
import math
import os
import pathlib
import resource
import subprocess
import tempfile
import threading

from tools.bench import measure, people, servers

# An exponent above this is said to grow; below, noise of such machines is all there is.
FLAT_MAX = 0.2


def thread_seconds(pid):
    """CPU time of all threads that live, finer than clock ticks."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def written_bytes(pid):
    lines = pathlib.Path(f"/proc/{pid}/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["write_bytes"])


def each_thread(count, threads, work):
    """work(api, i) for i below count, on several connections."""
    failures = []

    def run(first, address):
        api = people.Api(address)
        try:
            for i in range(first, count, threads):
                work(api, i)
        except Exception as failure:  # pylint: disable=broad-exception-caught
            failures.append(failure)

    def start(address):
        running = [threading.Thread(target=run, args=(first, address)) for first in range(threads)]
        for one in running:
            one.start()
        for one in running:
            one.join()
        if failures:
            raise failures[0]

    return start


class Platform:
    def __init__(self, address, process):
        self.address, self.pid = address, process.pid
        self.api = people.Api(address)
        self.owner = self.api.register("owner")
        self.token = self.owner["access_token"]

    def many(self, count, work):
        each_thread(count, 8, work)(self.address)

    def cost(self, operations, path):
        """Microseconds of the server's CPU for one GET; the first ones fill caches."""
        for _ in range(max(3, operations // 10)):
            self.api.call("GET", path, token=self.token)
        before = thread_seconds(self.pid)
        for _ in range(operations):
            self.api.call("GET", path, token=self.token)
        return (thread_seconds(self.pid) - before) * 1e6 / operations


@contextlib.contextmanager
def platform(chosen, config=None):
    with tempfile.TemporaryDirectory(prefix="bench-grow-") as folder:
        file = None
        if config is not None:
            file = pathlib.Path(folder) / "loquat.yaml"
            file.write_text(config)
        with servers.loquat(chosen.binaries, pathlib.Path(folder) / "data", config=file, core=None) as (address, process):
            yield Platform(address, process)


def lists(chosen, size):
    with platform(chosen) as at:
        at.many(size, lambda api, i: api.call("POST", "/api/chats", {"kind": "group", "title": f"room {i}"}, at.token))
        return {"my conversations": at.cost(chosen.operations, "/api/chats?limit=20")}


def rooms(chosen, size):
    with platform(chosen) as at:
        body = {"kind": "group", "visibility": "public"}
        at.many(size, lambda api, i: api.call("POST", "/api/chats", body | {"title": f"room {i:06}"}, at.token))
        ben = at.api.register("ben")
        at.token = ben["access_token"]
        return {"public rooms": at.cost(chosen.operations, "/api/chats/public?limit=20")}


def members(chosen, size):
    with platform(chosen) as at:
        ids = []
        at.many(size, lambda api, i: ids.append(api.register(f"person{i:06}")["user"]["id"]))
        joined = at.api.make_room(at.owner, "all")
        at.many(size, lambda api, i: api.call("PUT", f"/api/chats/{joined}/members/{ids[i]}", {}, at.token))
        return {"members, first page": at.cost(chosen.operations, f"/api/chats/{joined}/members?limit=20")}


def accounts(chosen, size):
    """People come by import, each with a line of their own."""
    with tempfile.TemporaryDirectory(prefix="bench-grow-") as folder:
        lines = ({"room": f"room {i % 100}", "user": f"person {i:06}", "text": "hello"} for i in range(size))
        run_import(chosen, pathlib.Path(folder), lines)
        with servers.loquat(chosen.binaries, pathlib.Path(folder) / "data", core=None) as (address, process):
            at = Platform(address, process)
            return {"search, no hit": at.cost(chosen.operations, "/api/users?query=zzz&limit=20"),
                    "search, many hits": at.cost(chosen.operations, "/api/users?query=pers&limit=20"),
                    "search, one hit": at.cost(chosen.operations, f"/api/users?query=person{size - 1:06}&limit=20")}


def run_import(chosen, folder, lines):
    """`loquat import` into the empty data folder of `folder`, without a running platform."""
    file = people.write_lines(folder / "lines.jsonl", map(json.dumps, lines))
    command = [chosen.binaries / "loquat", "import", file, "--data", folder / "data",
               "--set", "auth.hash_memory_kib=8", "--set", "auth.hash_passes=1"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


def imports(chosen, size):
    """Lines of ten people in ten rooms, then reading what they brought."""
    lines = size * 10
    with tempfile.TemporaryDirectory(prefix="bench-grow-") as folder:
        text = "This is the line {} of an old conversation."
        rows = ({"room": f"room {i % 10}", "user": f"person {i % 10}", "text": text.format(i)} for i in range(lines))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run_import(chosen, pathlib.Path(folder), rows)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with servers.loquat(chosen.binaries, pathlib.Path(folder) / "data", core=None) as (address, process):
            at = Platform(address, process)
            room = at.api.call("GET", "/api/chats/public?limit=1", token=at.token)["items"][0]["id"]
            at.api.call("POST", f"/api/chats/{room}/join", token=at.token)
            history = at.cost(chosen.operations, f"/api/chats/{room}/messages?limit=50")
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"import, a line": seconds * 1e6 / lines, "history, last page": history,
            "import, bytes written a line": (after.ru_oublock - before.ru_oublock) * 512 / lines}


def routes(chosen, size):
    rows = "".join(f'    - {{id: r{i}, path: "/r{i}/**", upstreams: ["http://127.0.0.1:9"]}}\n' for i in range(size))
    with platform(chosen, f"gateway:\n  routes:\n{rows}") as at:
        return {"routes": at.cost(chosen.operations, "/healthz")}


def journal(chosen, size):
    """Answers of the simulated model, all of one person, one after the other."""
    with platform(chosen, "model: {simulated: {first_token_ms: 0, token_ms: 2}}\n") as at:
        prompt = {"message": "Tell me about loquats, their history, and how to grow them."}
        chat = at.api.call("POST", "/api/chat/send", prompt, at.token)["chat_id"]
        cpu, disk, text = thread_seconds(at.pid), written_bytes(at.pid), 0
        for _ in range(size):
            text += len(at.api.call("POST", "/api/chat/send", prompt | {"chat_id": chat}, at.token)["reply"]["text"].encode())
        return {"answers, a byte": (thread_seconds(at.pid) - cpu) * 1e6 / text,
                "answers, bytes written a byte": (written_bytes(at.pid) - disk) / text}


def ledgers(chosen, size):
    """Answers and sign-ins of one person, then reports of them."""
    with platform(chosen, "model: {simulated: {first_token_ms: 0, token_ms: 1}}\n") as at:
        chat = at.api.call("POST", "/api/chat/send", {"message": "Hello"}, at.token)["chat_id"]
        for _ in range(size):
            at.api.call("POST", "/api/chat/send", {"message": "Hello", "chat_id": chat}, at.token)
        sign_in = {"login": "owner", "password": people.PASSWORD}
        for _ in range(size):
            token = at.api.call("POST", "/api/auth/login", sign_in)["access_token"]
            at.api.call("POST", "/api/auth/logout", token=token)
        return {"usage by days of a zone": at.cost(chosen.operations, "/api/usage?time_zone=Asia/Kathmandu"),
                "audit, a family of actions": at.cost(chosen.operations, "/api/audit?action=auth.&limit=20")}


CASES = {"lists": (lists, 10), "rooms": (rooms, 10), "members": (members, 50), "accounts": (accounts, 500), "import": (imports, 100), "routes": (routes, 10),
         "journal": (journal, 1), "ledgers": (ledgers, 10)}


def exponent(points):
    """Of the power of the size that fits best; 0: it costs the same at every size."""
    xs = [math.log(size) for size, _ in points]
    ys = [math.log(max(cost, 1e-9)) for _, cost in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys)) / sum((x - middle_x) ** 2 for x in xs)


def presence_bench(chosen):
    """Presence and open lists have a bench of their own, which runs beside the others."""
    command = ["python3", "-m", "tools.bench.bench_presence", "--binaries", str(chosen.binaries)]
    subprocess.run(command, cwd=measure.ROOT, check=True, env=os.environ)


def main():
    parser = measure.options(__doc__, rounds=1)
    parser.add_argument("--operations", type=int, default=300, help="of one measurement (default 300)")
    parser.add_argument("--only", choices=CASES, action="append", help="these cases")
    chosen = measure.parse(parser)
    factors = [1, 10, 100]
    if chosen.smoke:
        factors, chosen.operations = [1, 3], 10
    results = {}
    for name in chosen.only or CASES:
        case, base = CASES[name]
        for factor in factors:
            size = (max(1, base // 5) if chosen.smoke else base) * factor
            for what, cost in case(chosen, size).items():
                results.setdefault(what, []).append((size, cost))
    rows = [[what, f"{points[0][0]}", *(cost for _, cost in points), f"{exponent(points):.2f}",
             "grows" if exponent(points) > FLAT_MAX else ""] for what, points in results.items()]
    measure.table(["us of CPU (or bytes)", "size", *(f"x{factor}" for factor in factors), "exponent", ""], rows)
    measure.report("grow", chosen, results)
    if not chosen.only and not chosen.smoke:
        presence_bench(chosen)


if __name__ == "__main__":
    main()
