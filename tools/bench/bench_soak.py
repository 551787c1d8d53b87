"""Mixed load for a long time: memory of the process, the heap in use and every cache, and how they grow after a warm-up."""
import contextlib
import json
import math
import os
import pathlib
import random
import subprocess
import tempfile
import threading
import time
import urllib.request

from tools.bench import measure, people, servers

# Caches at sizes that a short run fills, so that what still grows afterwards has no limit.
SMALL_CACHES = ["chat.members_cached_max=2000", "chat.people_cached_max=100", "chat.repeats_cached_max=2000",
                "chat.heads_cached_mib=1", "chat.stream_cache_mib=1", "platform.token_cache_entries=1000"]
CONFIG = "model: {simulated: {first_token_ms: 0, token_ms: 2}}\n"
MIB = 1024 * 1024


class Load:
    """Threads with a connection each, every one doing all kinds of things in turn until told to stop."""

    def __init__(self, address, sessions, rooms):
        self.address, self.sessions, self.rooms = address, sessions, rooms
        self.stopping = threading.Event()
        self.talks = {}
        self.counts, self.failures, self.lock = {}, [], threading.Lock()

    def steps(self):
        return {"send": (self.send, 40), "read": (self.read, 15), "list": (self.list_chats, 15), "presence": (self.presence, 10),
                "sign in": (self.sign_in, 4), "answer": (self.answer, 4), "make": (self.make, 2), "search": (self.search, 10)}

    def send(self, api, dice, token):
        body = {"text": "x" * dice.randrange(10, 400), "client_id": f"c{dice.getrandbits(64):x}"}
        api.call("POST", f"/api/chats/{dice.choice(self.rooms)}/messages", body, token)

    def read(self, api, dice, token):
        api.call("GET", f"/api/chats/{dice.choice(self.rooms)}/messages?limit=50", token=token)

    def list_chats(self, api, _dice, token):
        api.call("GET", "/api/chats?limit=50", token=token)

    def presence(self, api, dice, token):
        others = ",".join(session["user"]["id"] for session in dice.sample(self.sessions, min(5, len(self.sessions))))
        api.call("GET", f"/api/presence?user_ids={others}", token=token)

    def sign_in(self, api, dice, _token):
        name = dice.choice(self.sessions)["user"]["username"]
        session = api.call("POST", "/api/auth/login", {"login": name, "password": people.PASSWORD})
        session = api.call("POST", "/api/auth/refresh", {"refresh_token": session["refresh_token"]})
        api.call("POST", "/api/auth/logout", token=session["access_token"])

    def answer(self, api, _dice, token):
        chat = self.talks.get(token)
        body = {"message": "Tell me about loquats."} | ({"chat_id": chat} if chat else {})
        self.talks[token] = api.call("POST", "/api/chat/send", body, token)["chat_id"]

    def make(self, api, dice, token):
        chat = api.call("POST", "/api/chats", {"kind": "group", "title": f"soak {dice.getrandbits(40):x}"}, token)["id"]
        api.call("DELETE", f"/api/chats/{chat}", token=token)

    def search(self, api, dice, token):
        api.call("GET", f"/api/users?query=soak{dice.randrange(100)}&limit=20", token=token)

    def count(self, what, by=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + by

    def run(self, seed):
        dice, api = random.Random(seed), people.Api(self.address)
        names, weights = zip(*((name, weight) for name, (_, weight) in self.steps().items()))
        steps = self.steps()
        while not self.stopping.is_set():
            name = dice.choices(names, weights)[0]
            try:
                steps[name][0](api, dice, self.sessions[seed % len(self.sessions)]["access_token"])
                self.count(name)
            except Exception as failure:  # pylint: disable=broad-exception-caught
                self.failures.append(f"{name}: {failure}")
                api = people.Api(self.address)

    def keep_sockets(self, chosen, folder):
        """Sockets that follow a room, one of which sends; all of them come anew every few seconds."""
        tokens = people.write_lines(folder / "tokens", [session["access_token"] for session in self.sessions])
        chats = people.write_lines(folder / "chats", self.rooms[:1])
        command = [chosen.binaries / "loquat-bench", "fanout", "--port", self.address.rsplit(":", 1)[1], "--pid", str(os.getpid()),
                   "--tokens", tokens, "--chats", chats, "--connections", "20", "--publishers", "1", "--outstanding", "1",
                   "--seconds", "0.3" if chosen.smoke else "10", "--warm-up", "0.1"]
        while not self.stopping.is_set():
            ran = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
            if ran.returncode != 0:
                self.failures.append(f"sockets: {ran.stderr.strip()[-300:]}")
            self.count("sockets", 20)

    @contextlib.contextmanager
    def running(self, chosen, folder):
        started = [threading.Thread(target=self.run, args=(seed,)) for seed in range(chosen.threads)]
        started.append(threading.Thread(target=self.keep_sockets, args=(chosen, folder)))
        for one in started:
            one.start()
        try:
            yield
        finally:
            self.stopping.set()
            for one in started:
                one.join()


def sample(load):
    """Memory and caches as the server tells its administrator: name -> number."""
    token = load.sessions[0]["access_token"]
    request = urllib.request.Request(f"{load.address}/internal/metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    wanted = ("loquat_memory_bytes", "loquat_chat_cached", "loquat_presence_people", "loquat_store_cached_bytes", "loquat_log_held_bytes",
              "loquat_realtime_connections")
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith(wanted) and "_total" not in line)
    return {short_name(name): float(value) for name, value in pairs}


def short_name(name):
    """loquat_chat_cached{what="rooms"} -> cached rooms"""
    family, _, labels = name.removeprefix("loquat_").removeprefix("chat_").partition("{")
    return f"{family.replace('_', ' ')} {labels.partition('=')[2].strip(chr(34) + '}')}".strip()


def slope(points):
    """Of the straight line that fits best, per minute."""
    middle = sum(at for at, _ in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    mean = sum(value for _, value in points) / len(points)
    return 60 * sum((at - middle) * (value - mean) for at, value in points) / spread if spread else 0.0


def fill(chosen, folder, load, address):
    """Messages at the highest rate until what the log and the page caches of stores may keep in memory is full."""
    if not chosen.fill:
        return
    tokens = people.write_lines(folder / "fill-tokens", [session["access_token"] for session in load.sessions])
    chats = people.write_lines(folder / "fill-chats", load.rooms)
    result = measure.load(chosen.binaries, "send", "--port", address.rsplit(":", 1)[1], "--pid", os.getpid(), "--tokens", tokens,
                          "--chats", chats, "--connections", 16, "--outstanding", 16, "--seconds", chosen.fill, "--warm-up", 0.1)
    print(f"filled: {result['per_second'] * chosen.fill:,.0f} messages in {chosen.fill:.0f} s", flush=True)


def watch(chosen, folder, load):
    samples, begin = [], time.monotonic()
    with load.running(chosen, folder):
        while time.monotonic() - begin < chosen.seconds:
            load.stopping.wait(chosen.every)
            done = sum(load.counts.values())
            samples.append((time.monotonic() - begin, {**sample(load), "done": done}))
    return samples


def print_thirds(samples, names):
    """How fast each grows in each third of the run: a minute, and for 1,000 things done."""
    rows = []
    for number in range(3):
        part = samples[number * len(samples) // 3 : (number + 1) * len(samples) // 3]
        done = slope([(at, values["done"]) for at, values in part])
        for name in names:
            minute = slope([(at, values.get(name, 0)) for at, values in part]) / (MIB if "bytes" in name else 1)
            rows.append([f"third {number + 1}: {name}", minute, 1000 * minute / done if done else 0.0])
    measure.table(["MiB or entries", "a minute", "per 1,000 done"], rows)


def print_course(samples, names):
    chosen = samples[:: max(1, math.ceil(len(samples) / 15))]
    rows = [[f"{at:,.0f}", *(values.get(name, 0) / MIB if "bytes" in name else values.get(name, 0) for name in names)] for at, values in chosen]
    measure.table(["second", *names], rows)


def main():
    parser = measure.options(__doc__, seconds=900, rounds=1)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--every", type=float, default=5, help="seconds between two looks (default 5)")
    parser.add_argument("--warm-up", type=float, default=0.4, help="part of the time that does not count (default 0.4)")
    parser.add_argument("--fill", type=float, default=20, help="seconds of sending beforehand, which fills the caches of log and stores (default 20)")
    parser.add_argument("--default-caches", action="store_true", help="do not make caches small")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.seconds, chosen.every, chosen.threads, chosen.people, chosen.fill = 1.5, 0.25, 3, 5, 0.2
    settings = [] if chosen.default_caches else SMALL_CACHES
    with tempfile.TemporaryDirectory(prefix="bench-soak-") as name:
        config = pathlib.Path(name) / "loquat.yaml"
        config.write_text(CONFIG)
        with servers.loquat(chosen.binaries, pathlib.Path(name) / "data", settings, config=config, core=None) as (address, _):
            api = people.Api(address)
            sessions = [api.register(f"soak{n}") for n in range(chosen.people)]
            rooms = [api.make_room(sessions[0], f"room {n}", sessions[1:]) for n in range(20)]
            load = Load(address, sessions, rooms)
            fill(chosen, pathlib.Path(name), load, address)
            samples = watch(chosen, pathlib.Path(name), load)
    names = sorted({name for _, values in samples for name in values})
    print_course(samples, names)
    if chosen.smoke and load.failures:
        raise SystemExit(load.failures[0])
    late = [one for one in samples if one[0] >= chosen.seconds * chosen.warm_up]
    slopes = {name: slope([(at, values.get(name, 0)) for at, values in late]) for name in names}
    measure.table(["after the warm-up, a minute", "MiB or entries"],
                  [[name, slopes[name] / MIB if "bytes" in name else slopes[name]] for name in names])
    print_thirds(samples, [name for name in names if name != "done"])
    print("done:", json.dumps(load.counts))
    print(f"failed: {len(load.failures)}", *load.failures[:5], sep="\n  ")
    measure.report("soak", chosen, {"counts": load.counts, "failures": load.failures[:100], "slopes_a_minute": slopes, "samples": samples})


if __name__ == "__main__":
    main()
