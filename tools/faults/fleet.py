"""Loquat as processes on servers, each with an address of its own, and started again when it ends, as a supervisor does."""
import os
import pathlib
import signal
import subprocess
import threading
import time

from tools.faults.network import run
from tools.infra import processes
from tools.infra.rabbitmq import RabbitMq
from tools.infra.server import HOME

TWICE = ("auth", "model", "presence", "consumer", "chat", "realtime", "gateway")
KEY = "0123456789abcdef0123456789abcdef"
PORTS = {"gateway": 8080, "registry": 8761, "config": 8888}
READY_SECONDS = 120
PAUSE, PAUSE_MAX = 0.25, 30  # before it is started again, as the supervisor's


def on_small_disk(folder, megabytes):
    folder.mkdir(parents=True, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", folder)


class Process:
    """One of Loquat's."""
    kind = "process"

    def __init__(self, name, fleet):
        self.name, self.fleet = name, fleet
        self.service = name.partition("-")[0]
        self.place = fleet.network.add(name)
        self.folder = fleet.folder / name
        on_small_disk(self.folder, 64)
        self.log = fleet.logs / f"{name}.log"
        self.log.unlink(missing_ok=True)
        self.running, self.began, self.pause, self.at = None, 0, PAUSE, 0
        self.restarts = -1

    @property
    def url(self):
        return f"http://{self.place.address}:{PORTS.get(self.service, 7100)}"

    def start(self):
        with open(self.log, "ab") as out:
            self.running = subprocess.Popen([*self.place.around, *self.fleet.command(self)], env=self.fleet.env, stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=subprocess.STDOUT)
        self.began = self.log.stat().st_size
        self.restarts += 1

    def is_ready(self):
        if self.running is None or self.running.poll() is not None:
            return False
        with open(self.log, "rb") as log:
            log.seek(self.began)
            return b"ready http://" in log.read()

    def keep(self):
        """Starts it again when it has ended; asked again and again."""
        if self.running is not None and self.running.poll() is None:
            return
        now = time.monotonic()
        if self.at == 0:
            self.at = now + (self.pause if self.running else 0)
            self.pause = min(self.pause * 2, PAUSE_MAX)
        elif now >= self.at:
            self.at = 0
            self.start()

    def kill(self):
        self.running.kill()
        self.running.wait()

    def restart(self):
        self.running.terminate()
        self.running.wait()

    def mend(self):
        """After its disk had no room: whoever keeps it does what is needed."""


class ServerProcess:
    kind = "server"

    def __init__(self, kind, fleet):
        self.name = kind.name
        self.server = kind(fleet.folder / "servers")
        self.server.programs = HOME / "programs" / self.name
        self.place = fleet.network.add(self.name)
        self.server.host, self.server.around = self.place.address, self.place.around
        self.folder = self.server.folder
        on_small_disk(self.folder, 768)

    def start(self):
        self.server.up()

    def is_ready(self):
        return self.server.is_running() and self.server.answers()

    def pid(self):
        """RabbitMQ's is a child of the script that was started."""
        return int((self.server.folder / "pid").read_text()) if isinstance(self.server, RabbitMq) else self.server.state.pid

    def kill(self):
        pid = self.pid()
        processes.stop(processes.Running(pid, processes.started_at(pid)), signal.SIGKILL)
        self.restart()

    def restart(self):
        self.server.down()
        self.server.up()

    def mend(self):
        """One that ended for want of room is started again, and RabbitMQ always: its streams stay down when the room ran out
        under them, while it says that it is well."""
        if isinstance(self.server, RabbitMq) or not processes.comes(lambda: self.server.is_running() and self.server.answers(), 5):
            self.restart()


class Fleet:
    """All of it."""

    def __init__(self, binary, folder, logs, network, kinds):
        self.binary, self.folder, self.logs, self.network = binary, pathlib.Path(folder), logs, network
        self.env = dict(os.environ)
        self.servers = [ServerProcess(kind, self) for kind in kinds]
        self.processes = [Process(name, self) for name in ("registry", "config", *TWICE, *(f"{name}-2" for name in TWICE))]
        self.is_over = threading.Event()
        self.keeper = threading.Thread(target=self.keep_all)
        (self.folder / "served").mkdir()

    def parts(self):
        return [*self.processes, *self.servers]

    def url_of(self, name):
        return next(process.url for process in self.processes if process.name == name)

    def command(self, process):
        own = process.place.address
        settings = {
            "platform.internal_key": KEY, "platform.log_level": "warn", "platform.edge_loops": 1, "platform.drain_seconds": 2,
            "platform.registry": f"[{self.url_of('registry')}]", "platform.config_server": f"[{self.url_of('config')}]",
            "registry.address": own, "config.address": own, "config.folder": self.folder / "served",
            "gateway.address": own, "gateway.port": PORTS["gateway"], "gateway.limits.enabled": "false",
            "chat.instances": "several", "consumer.instances": "several", "auth.access_token_seconds": 3600,
            "realtime.heart_beat_ms": 1000, "model.simulated.first_token_ms": 50, "model.simulated.token_ms": 5,
        }
        service_port = 7000 if process.service in PORTS else 7100
        return [str(part) for part in (
            self.binary, "serve", process.service, "--data", process.folder, "--service-address", own, "--service-port", service_port,
            *(word for name, value in settings.items() for word in ("--set", f"{name}={value}")))]

    def use_servers(self):
        """Schemas, a role for each service, and where each process finds what."""
        urls = {server.name: server.server.url() for server in self.servers}
        log = next(name for name in urls if name in ("kafka", "rabbitmq"))
        roles = f"postgresql://loquat_{{service}}@{urls['postgres'].split('@')[1]}?passfile={self.folder}/{{service}}.pgpass"
        kinds = {"SQL": ("postgres", roles), "LOG": (log, urls[log]),
                 **{need: ("redis", urls["redis"]) for need in ("BROADCAST", "LIMITS", "PRESENCE")}}
        for need, (kind, url) in kinds.items():
            self.env |= {f"LOQUAT_STORE__{need}__KIND": kind, f"LOQUAT_STORE__{need}__URL": url}
        done = subprocess.run([self.binary, "migrate", "--data", self.folder / "migrated"], capture_output=True, text=True, check=False,
                              env={**self.env, "LOQUAT_MIGRATE_URL": urls["postgres"]})
        if done.returncode != 0:
            raise RuntimeError(f"loquat migrate: {done.stderr}")

    def __enter__(self):
        try:
            for server in self.servers:
                server.start()
            self.use_servers()
            # Those that others ask at their start come first.
            for service in ("config", "registry"):
                first = next(process for process in self.processes if process.name == service)
                first.start()
                if not processes.comes(first.is_ready, READY_SECONDS):
                    raise RuntimeError(f"{service} is not ready after {READY_SECONDS} s; see {first.log}")
            self.keeper.start()
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.is_over.set()
        if self.keeper.ident:
            self.keeper.join()
        for process in reversed(self.processes):
            if process.running is not None:
                process.running.terminate()
        for process in self.processes:
            if process.running is not None:
                try:
                    process.running.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
        for server in self.servers:
            server.server.down()
        for part in self.parts():
            run("umount", "--lazy", part.folder)
        self.network.close()

    def keep_all(self):
        while not self.is_over.wait(0.05):
            for process in self.processes:
                process.keep()

    def late(self):
        return [part.name for part in self.parts() if not part.is_ready()]

    def wait_until_ready(self):
        if not processes.comes(lambda: not self.late(), READY_SECONDS):
            raise RuntimeError(f"not ready after {READY_SECONDS} s: {', '.join(self.late())}; see {self.logs}")
        for process in self.processes:
            process.pause = PAUSE
