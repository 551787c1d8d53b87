"""RabbitMQ of Debian beside one that the system may run: own node, cookie, port mapper and folders."""
import base64
import contextlib
import pathlib
import re
import urllib.request

from tools.infra import processes
from tools.infra.server import CannotRun, Server

# Debian's command wants to be the user rabbitmq; the one below it does not.
SCRIPTS = pathlib.Path("/usr/lib/rabbitmq/lib")


class RabbitMq(Server):
    name = "rabbitmq"
    port_names = ("server", "management", "cluster", "mapper")
    start_seconds = 120

    def prepare(self):
        ports = self.state.ports
        settings = self.folder / "rabbitmq.conf"
        settings.touch(mode=0o600)
        settings.write_text(f"listeners.tcp.1 = {self.host}:{ports['server']}\nmanagement.tcp.ip = {self.host}\n"
                            f"management.tcp.port = {ports['management']}\n"
                            f"default_user = loquat\ndefault_pass = {self.state.password}\n")
        (self.folder / "plugins").write_text("[rabbitmq_management].\n")

    @property
    def env(self):
        ports = self.state.ports
        return {"HOME": str(self.folder), "RABBITMQ_NODENAME": f"loquat-{ports['server']}@localhost",
                "RABBITMQ_MNESIA_BASE": str(self.data), "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
                "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
                "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"), "RABBITMQ_PID_FILE": str(self.folder / "pid"),
                "RABBITMQ_DIST_PORT": str(ports["cluster"]), "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none",
                "ERL_EPMD_PORT": str(ports["mapper"]), "ERL_EPMD_ADDRESS": "127.0.0.1"}

    def command(self):
        found = sorted(SCRIPTS.glob("rabbitmq_server-*/sbin/rabbitmq-server"))
        if not found:
            raise CannotRun("RabbitMQ is missing; `./dev infra up` installs the package rabbitmq-server")
        return [found[-1]]

    def is_ready(self):
        request = urllib.request.Request(f"http://{self.host}:{self.state.ports['management']}/api/health/checks/local-alarms")
        request.add_header("Authorization", "Basic " + base64.b64encode(f"loquat:{self.state.password}".encode()).decode())
        with urllib.request.urlopen(request, timeout=2) as answer:
            return answer.status == 200

    def url(self):
        return f"amqp://loquat:{self.state.password}@{self.host}:{self.state.ports['server']}"

    def down(self):
        # The script waits for the node that it started and does not hand signals on.
        node = self.folder / "pid"
        if self.is_running() and node.exists():
            pid = int(node.read_text())
            if began := processes.started_at(pid):  # none: it was killed, and its script has not noticed yet
                processes.stop(processes.Running(pid, began))
        super().down()

    def after_stop(self):
        """A node leaves the mapper of names behind, which is ours alone by its port."""
        port = str(self.state.ports.get("mapper", ""))
        for environment in pathlib.Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                pid = int(environment.parts[2])
                is_mapper = re.match(rb"\S*epmd\0", (environment.parent / "cmdline").read_bytes())
                if is_mapper and f"ERL_EPMD_PORT={port}\0".encode() in environment.read_bytes():
                    processes.stop(processes.Running(pid, processes.started_at(pid)))
