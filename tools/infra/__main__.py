"""usage: ./dev infra COMMAND [NAME...]

  up        install what is missing, start, wait until each answers
  down      stop; data stays (down --drop: data goes too)
  status    what runs, and where
  logs      the last lines of their logs

Real servers for Loquat to run on and to be tested with, on loopback, in .cache/infra, on ports of their own: postgres, redis,
rabbitmq, kafka, ferretdb (speaks MongoDB). Without a name: all of them.
"""
import argparse
import concurrent.futures
import contextlib
import fcntl
import subprocess
import sys
import time

from tools.infra.ferretdb import FerretDb
from tools.infra.kafka import Kafka
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.infra.server import HOME, ROOT, CannotRun

KINDS = {kind.name: kind for kind in (Postgres, Redis, RabbitMq, Kafka, FerretDb)}
LINES = 20


@contextlib.contextmanager
def one_at_a_time():
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def brought_up(server):
    begun = time.monotonic()
    try:
        server.up()
    except (CannotRun, OSError, subprocess.SubprocessError) as error:
        print(f"{server.name:10} {error}", file=sys.stderr, flush=True)
        return False
    print(f"{server.name:10} ready after {time.monotonic() - begun:.1f} s  {server.url()}", flush=True)
    return True


def up(servers):
    """Side by side: each waits mostly for itself."""
    with one_at_a_time(), concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
        return 0 if all(pool.map(brought_up, servers)) else 1


def down(servers, drop):
    with one_at_a_time(), concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
        list(pool.map(lambda server: server.drop() if drop else server.down(), servers))
    return 0


def status(servers):
    for server in servers:
        if not server.is_running():
            print(f"{server.name:10} stopped")
            continue
        print(f"{server.name:10} {'ready' if server.answers() else 'not ready':9}  pid {server.state.pid}  {server.url()}")
    return 0 if all(server.is_running() for server in servers) else 3


def logs(servers):
    for server in servers:
        print(f"--- {server.log}")
        if server.log.exists():
            print("\n".join(server.log.read_text(errors="replace").splitlines()[-LINES:]))
    return 0


@contextlib.contextmanager
def kept_running(names):
    """Starts these for a while; one that ran before goes on afterwards."""
    started = [name for name in names if not KINDS[name]().is_running()]
    if names:
        subprocess.run(["./dev", "infra", "up", *names], cwd=ROOT, check=True)
    try:
        yield
    finally:
        if started:
            subprocess.run(["./dev", "infra", "down", *started], cwd=ROOT, check=False)


def main(arguments):
    parser = argparse.ArgumentParser(prog="./dev infra", usage=__doc__.removeprefix("usage: "), add_help=True)
    parser.add_argument("command", choices=("up", "down", "status", "logs"), help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--drop", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments or ["--help"])
    unknown = [name for name in given.names if name not in KINDS]
    if unknown:
        parser.error(f"there is no server '{unknown[0]}'; there are {', '.join(KINDS)}")
    servers = [KINDS[name]() for name in given.names or KINDS]
    if given.command == "down":
        return down(servers, given.drop)
    return {"up": up, "status": status, "logs": logs}[given.command](servers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
