"""Each service is a process of its own, on PostgreSQL, RabbitMQ and Redis, and is killed or paused while people send: nothing
acknowledged is lost, nothing is stored twice, and what was killed is started again.

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
from tools.infra.postgres import Postgres
from tools.infra.rabbitmq import RabbitMq
from tools.infra.redis import Redis
from tools.testing.log_faults import ENOUGH, PATIENCE, SETTINGS, Api, Senders, history, one_fault, own, wrong_in
from tools.testing.process import ready_address, stop


class Process:
    """One of those under the supervisor; another one after it was started again."""

    def __init__(self, platform, name):
        self.platform, self.name = platform, name

    def pid(self):
        said = subprocess.run([self.platform.binary, "ps", "--data", self.platform.data], capture_output=True, text=True,
                              check=False).stdout
        return int(re.search(rf"^{self.name}\s+(\d+)", said, re.M).group(1))


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
    """`loquat up --processes` on those servers, each service with a role of its own."""

    def __init__(self, binary, folder, servers):
        postgres, rabbitmq, redis = (server.url() for server in servers)
        self.binary, self.data, self.owner = str(binary), str(folder / "data"), postgres
        of_services = f"postgresql://loquat_{{service}}@{postgres.split('@')[1]}?passfile={folder}/{{service}}.pgpass"
        kinds = {"SQL": ("postgres", of_services), "LOG": ("rabbitmq", rabbitmq),
                 **{need: ("redis", redis) for need in ("BROADCAST", "LIMITS", "PRESENCE")}}
        self.env = {**os.environ}
        for need, (kind, url) in kinds.items():
            self.env |= {f"LOQUAT_STORE__{need}__KIND": kind, f"LOQUAT_STORE__{need}__URL": url}

    @contextlib.contextmanager
    def running(self, log):
        """Its address.  It must end with 0."""
        subprocess.run([self.binary, "migrate", "--data", self.data], env={**self.env, "LOQUAT_MIGRATE_URL": self.owner}, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(log, "wb") as errors:
            process = subprocess.Popen([self.binary, "up", "--processes", "--port", "0", "--data", self.data, *SETTINGS],
                                       env=self.env, stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
        try:
            yield ready_address(process, log)
        finally:
            code = stop(process, 30)
            process.stdout.close()
        if code != 0:
            raise RuntimeError(f"the platform ended with {code}; see {log}")


def try_all(platform, log, out):
    with platform.running(log.with_name("process-faults-loquat.log")) as address:
        api = Api(address)
        api.token = api.call("POST", "/api/auth/register", {"username": "ana", "password": "a long enough password"})[1]["access_token"]
        chat = api.call("POST", "/api/chats", {"kind": "group", "title": "Garden"})[1]["id"]
        with Senders(api, chat) as senders:
            if not processes.comes(lambda: senders.total() >= ENOUGH, PATIENCE):
                raise RuntimeError(f"nothing is acknowledged: {dict(senders.answers)}")
            for name, fault in (("consumer", killed), ("chat", killed), ("realtime", killed), ("presence", killed), ("auth", killed),
                                ("consumer", paused)):
                one_fault(Process(platform, name), fault, senders, out)
            senders.deadline = time.monotonic() + PATIENCE
        acknowledged = senders.acknowledged
        processes.comes(lambda: len(history(api, chat)) >= len(acknowledged), PATIENCE)
        wrong = wrong_in(history(api, chat), acknowledged)
        print(f"processes {len(acknowledged)} acknowledged, {len(wrong)} wrong", flush=True)
        out.write("\n".join(wrong[:20]) + "\n")
        return 1 if wrong else 0


def check(binary, log):
    """An exit code."""
    servers = [own(kind) for kind in (Postgres, RabbitMq, Redis)]
    with open(log, "w", encoding="utf-8") as out, tempfile.TemporaryDirectory(prefix="loquat-") as folder:
        try:
            for server in servers:
                server.up()
            return [try_all(Platform(binary, pathlib.Path(folder), servers), log, out)]
        except (RuntimeError, OSError, KeyError, subprocess.CalledProcessError) as error:
            print(f"processes {error}", flush=True)
            out.write(f"{error}\n")
            return [1]
        finally:
            for server in servers:
                with contextlib.suppress(OSError):
                    server.drop()
