"""Everything that can happen to Loquat on real servers, one thing after the other while people write, read and ask: each process and
each server is killed, paused, started again, cut off from the others both ways and one way, and finds its disk full.

What was promised is compared at the end: nothing acknowledged is lost, doubled or out of order, no reader has a gap that was not
announced, of one person one answer at a time. Ends with 1 when something of that is not so, or when it does not recover by itself.
Needs root: each part gets an address of its own in a network that this program makes.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from tools.faults import users as seen
from tools.faults.faults import AIMS, KINDS, SAID, chosen
from tools.faults.fleet import TWICE, Fleet
from tools.faults.network import Network
from tools.infra import processes
from tools.infra.kafka import Kafka
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.testing.process import LOGS, ROOT

LOG_KINDS = {"rabbitmq": RabbitMq, "kafka": Kafka}
MINUTES_MAX = 50   # tokens of those who use it last an hour
PATIENCE = 60      # seconds until everybody sends, reads and asks again
QUIET = 1.5        # seconds without a failure before the next fault
ISOLATION = ("unshare", "--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc")


def arguments():
    parser = argparse.ArgumentParser(prog="./dev faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", choices=LOG_KINDS, default="rabbitmq", help="where the log is")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="a part, a service, a kind of fault, or part/kind")
    parser.add_argument("--minutes", type=float, default=MINUTES_MAX, help=f"begin no fault later (at most {MINUTES_MAX})")
    parser.add_argument("--seed", type=int, default=1, help="of the order of faults and of what is written")
    parser.add_argument("--list", action="store_true", help="show the faults")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "release" / "bin", metavar="FOLDER",
                        help="programs that are there already; without it those of the preset release are built")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def parts_of(log):
    return ["registry", "config", *TWICE, *(f"{name}-2" for name in TWICE), "postgres", "redis", log]


def shown(seconds):
    return "never" if seconds is None else f"{seconds:.1f} s"


class Table:
    HEAD = ("part", "fault", "sends", "shown", "answers", "longest wait", "unseen", "aim", "errors that people saw")

    def __init__(self, log):
        self.log = open(log, "w", encoding="utf-8")
        self.row(self.HEAD)

    def row(self, cells):
        widths = (10, 22, 7, 7, 8, 12, 7, 25, 0)
        line = "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths)).rstrip()
        print(line, flush=True)
        self.log.write(line + "\n")
        self.log.flush()


class Trial:
    """One fault: done, waited out, measured."""

    def __init__(self, fleet, users, everybody):
        self.fleet, self.users, self.everybody = fleet, users, everybody

    def back(self, since):
        sights = self.users.since(since)
        return {kind: seen.back_after(sights, kind, since, self.everybody[kind]) for kind in ("sent", "shown", "answered")}

    def is_quiet(self):
        return not any(sight.kind in ("failed", "undone") for sight in self.users.since(time.monotonic() - QUIET))

    def run(self, fault, table):
        """What is wrong, a line each."""
        part = next(part for part in self.fleet.parts() if part.name == fault.part)
        begun = time.monotonic()
        wrong = KINDS[fault.kind](part, self.fleet.network) or []
        # Of a part that others stand in for it counts from its beginning; where there is no other one, from its end.
        since = begun if fault.service in TWICE or fault.part in ("registry", "config") else time.monotonic()
        recovers = processes.comes(lambda: None not in self.back(since).values(), PATIENCE)
        back = self.back(since)
        recovers = processes.comes(lambda: not self.fleet.late() and self.is_quiet(), PATIENCE) and recovers
        sights = self.users.since(begun)
        told = ", ".join(f"{count} x {code}" for code, count in seen.errors(sights, begun).most_common()) or "none"
        table.row((fault.part, SAID[fault.kind], *(shown(back[kind]) for kind in ("sent", "shown", "answered")),
                   shown(seen.longest_wait(sights, begun)), shown(seen.longest_unseen(sights, begun)), AIMS[fault.service], told))
        if not recovers:
            wrong.append(f"it does not recover by itself within {PATIENCE} s; not ready: {', '.join(self.fleet.late()) or 'none'}")
        # PostgreSQL forgets its last moments when it is killed, and the log brings them again.
        if fault.service != "postgres":
            wrong += [f"{text} was read after it had been edited further" for text in seen.undone(sights)]
        for process in self.fleet.processes:
            process.pause = 0.25
        return [f"{fault.name}: {line}" for line in wrong]


def try_faults(given, fleet, program, logs):
    """What is wrong, a line each."""
    faults = chosen([part.name for part in fleet.parts()], given.only)
    random.Random(given.seed).shuffle(faults)
    end = time.monotonic() + 60 * min(given.minutes, MINUTES_MAX)
    users = seen.Users(program, given.seed, [process.url for process in fleet.processes if process.service == "gateway"],
                       logs / "users.log")
    wrong, done = [], 0
    try:
        users.wait_until_ready()
        time.sleep(5)  # everybody has begun
        table = Table(logs / "table.txt")
        trial = Trial(fleet, users, users.everybody())
        for fault in faults:
            if time.monotonic() > end:
                break
            done += 1
            if found := trial.run(fault, table):
                wrong += found
                break
    finally:
        wrong += users.end()
    print(f"\n{users.summary}\n{done} of {len(faults)} faults, seed {given.seed}, {len(wrong)} wrong", flush=True)
    return wrong


def inside(given):
    logs = LOGS / "faults"
    logs.mkdir(parents=True, exist_ok=True)
    kinds = (Postgres, Redis, LOG_KINDS[given.log])
    with tempfile.TemporaryDirectory(prefix="loquat-") as place:
        pathlib.Path(place).chmod(0o755)
        with Fleet(given.bin / "loquat", place, logs, Network(), kinds) as fleet:
            wrong = try_faults(given, fleet, given.bin / "loquat-fault-load", logs)
    for line in wrong[:30]:
        print(f"  {line}")
    return 1 if wrong else 0


def main():
    given = arguments()
    try:
        faults = chosen(parts_of(given.log), given.only)
    except KeyError as error:
        sys.exit(f"faults: nothing is called {error.args[0]}; see ./dev faults --list")
    if given.list:
        print("\n".join(fault.name for fault in faults))
        return 0
    if os.geteuid() != 0:
        sys.exit("faults: needs root, which a network of its own wants")
    if given.inside:
        return inside(given)
    for kind in (Postgres, Redis, LOG_KINDS[given.log]):
        kind().install()
    return subprocess.run([*ISOLATION, sys.executable, "-m", "tools.faults", *sys.argv[1:], "--inside"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
