"""Two processes of each service that may be two, on PostgreSQL, RabbitMQ and Redis.  Each is killed, some are paused, while
people send, and the consumers once more with messages at what speaks MongoDB: nothing acknowledged is lost, stored twice or out
of order, and what was killed is started again.  What those who send see of each fault is printed.

The servers are of its own, beside those that other suites use.
"""
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from tools.infra import processes
from tools.infra.ferretdb import FerretDb
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.testing.log_faults import PATIENCE, SETTINGS, under_faults
from tools.testing.own_servers import running
from tools.testing.process import loquat

TWICE = ("consumer", "chat", "realtime", "presence", "auth", "model", "gateway")


class Process:
    """One of those under the supervisor; another one after it was started again."""

    def __init__(self, platform, name):
        self.platform, self.name = platform, name

    def pid(self):
        """Once all are ready: only one of two is away at a time."""
        if not processes.comes(self.platform.is_ready, PATIENCE):
            raise RuntimeError(f"{self.name} is to be next, and not all are ready:\n{self.platform.ps()}")
        return int(re.search(rf"^{self.name}\s+(\d+)", self.platform.ps(), re.M).group(1))


def killed(process):
    os.kill(process.pid(), signal.SIGKILL)


def paused(process):
    pid = process.pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(5)  # the fault itself: so long it does not answer
    finally:
        os.kill(pid, signal.SIGCONT)


class Platform:
    """`loquat up --processes` on those servers, each service with a role of its own; messages at the fourth where there is one."""

    def __init__(self, binary, folder, servers):
        postgres, rabbitmq, redis, *mongo = (server.url() for server in servers)
        self.binary, self.data, self.owner = str(binary), str(folder / "data"), postgres
        of_services = f"postgresql://loquat_{{service}}@{postgres.split('@')[1]}?passfile={folder}/{{service}}.pgpass"
        kinds = {"SQL": ("postgres", of_services), "LOG": ("rabbitmq", rabbitmq),
                 **{need: ("redis", redis) for need in ("BROADCAST", "LIMITS", "PRESENCE")}, **{"MESSAGES": ("mongo", url) for url in mongo}}
        self.env = {**os.environ}
        for need, (kind, url) in kinds.items():
            self.env |= {f"LOQUAT_STORE__{need}__KIND": kind, f"LOQUAT_STORE__{need}__URL": url}

    def ps(self):
        return subprocess.run([self.binary, "ps", "--data", self.data], capture_output=True, text=True, check=False).stdout

    def is_ready(self):
        lines = self.ps().splitlines()[1:]
        return lines and all(line.split()[2] == "ready" for line in lines)

    def migrate(self):
        subprocess.run([self.binary, "migrate", "--data", self.data], env={**self.env, "LOQUAT_MIGRATE_URL": self.owner}, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


AT_POSTGRES, AT_MONGO = (Postgres, RabbitMq, Redis), (Postgres, RabbitMq, Redis, FerretDb)


@contextlib.contextmanager
def running_platform(binary, log, settings=SETTINGS, kinds=AT_POSTGRES):
    """Two processes of each service on servers of their own; yields (platform, address)."""
    with tempfile.TemporaryDirectory(prefix="loquat-") as folder, running(*kinds) as servers:
        platform = Platform(binary, pathlib.Path(folder), servers)
        platform.migrate()
        words = ["--processes", "--instances", "2", *settings]
        with loquat(platform.binary, log.with_name(f"{log.stem}-loquat.log"), words, platform.data, platform.env) as address:
            yield platform, address


def of_all(platform):
    faults = [(Process(platform, name + second), killed) for name in TWICE for second in ("", "-2")]
    return faults + [(Process(platform, name), paused) for name in ("consumer", "consumer-2", "chat", "auth-2")]


def of_consumers(platform):
    return [(Process(platform, "consumer"), killed), (Process(platform, "consumer-2"), killed), (Process(platform, "consumer"), paused)]


def check(binary, log):
    """An exit code."""
    return tried(binary, log, "processes", AT_POSTGRES, of_all)


def check_mongo(binary, log):
    """The same of those who read and write messages at MongoDB."""
    return tried(binary, log, "mongodb", AT_MONGO, of_consumers)


def tried(binary, log, name, kinds, faults):
    with open(log, "w", encoding="utf-8") as out:
        try:
            with running_platform(binary, log, kinds=kinds) as (platform, address):
                return [under_faults(name, address, faults(platform), out)]
        except (RuntimeError, OSError, KeyError, subprocess.CalledProcessError) as error:
            print(f"{name} {error}", flush=True)
            out.write(f"{error}\n")
            return [1]
