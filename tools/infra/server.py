"""What is common to the servers: where they live, what is installed, and the state that outlives this program."""
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import threading

from tools.infra import processes

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / ".cache" / "infra"


class CannotRun(RuntimeError):
    """What is missing, or why it did not start, in one line."""


@dataclasses.dataclass
class State:
    """Of one server: chosen when it is made, kept until its data is dropped."""
    ports: dict = dataclasses.field(default_factory=dict)
    password: str = ""
    pid: int = 0
    began: int = 0

    def running(self):
        return processes.Running(self.pid, self.began)


class Server:
    """Each kind says its name, what it needs installed, how it is prepared, started and asked whether it is ready."""

    name = ""
    versions = ""                 # pinned; another one is installed anew
    port_names = ("server",)
    shared_ports = ()             # of those the names of ones that another server may have opened already
    start_seconds = 60
    stop_signal = signal.SIGTERM
    env = {}
    host = "127.0.0.1"            # where it listens, and where it is asked
    around = ()                   # before its command: what puts it into a place of its own

    def __init__(self, home=HOME):
        self.programs = home / "programs" / self.name
        self.folder = home / "run" / self.name
        self.data = self.folder / "data"
        self.log = self.folder / "log.txt"
        self.state = self.read_state()

    # What a kind adds.
    def install_into(self, folder):
        """Puts what is pinned into FOLDER; nothing where Debian's package is all."""

    def prepare(self):
        """Makes DATA and files of settings for the first start."""

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        """Answers a request; raises OSError or gives false while it does not."""
        raise NotImplementedError

    def url(self):
        raise NotImplementedError

    def before_start(self):
        """Waits for what a former self that was killed has left."""

    def after_stop(self):
        """Ends what it leaves behind."""

    # What all have.
    def new_state(self):
        return State(dict(zip(self.port_names, free_ports(len(self.port_names)))), secrets.token_hex(16))

    def read_state(self):
        path = self.folder / "state.json"
        return State(**json.loads(path.read_text())) if path.exists() else State()

    def write_state(self):
        path = self.folder / "state.json"
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(dataclasses.asdict(self.state)))
        new.replace(path)

    def write_url(self):
        """For tests and for who starts Loquat on it."""
        path = self.folder / "url"
        path.touch(mode=0o600)
        path.write_text(self.url() + "\n")

    def is_running(self):
        return self.state.pid != 0 and self.state.running().is_alive()

    def install(self):
        stamp = self.programs / "stamp"
        wanted = hashlib.sha256(self.versions.encode()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        shutil.rmtree(self.programs, ignore_errors=True)
        self.programs.mkdir(parents=True)
        self.install_into(self.programs)
        stamp.write_text(wanted)

    def up(self):
        """Running and ready, however it was before."""
        if self.is_running():
            self.wait_until_ready()
            return
        self.install()
        self.prepare_once()
        taken = [port for name, port in self.state.ports.items()
                 if not self.around and name not in self.shared_ports and not is_free(port)]
        if taken:
            raise CannotRun(f"port {taken[0]} of {self.name} was taken meanwhile; `./dev infra down {self.name} --drop` drops "
                            "its data and chooses another")
        self.before_start()
        started = processes.start([*self.around, *self.command()], self.log, self.data, self.env)
        self.state.pid, self.state.began = started.pid, started.began
        self.write_state()
        self.wait_until_ready()

    def prepare_once(self):
        if not self.state.ports:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.data.mkdir(parents=True)
            self.state = self.new_state()
            self.prepare()
            self.write_state()
            self.write_url()

    def wait_until_ready(self):
        running = self.state.running()
        if not processes.comes(lambda: not running.is_alive() or self.answers(), self.start_seconds):
            raise CannotRun(f"{self.name} has not become ready within {self.start_seconds} s; see {self.log}")
        if not running.is_alive():
            raise CannotRun(f"{self.name} ended as it started; see {self.log}")

    def answers(self):
        try:
            return self.is_ready()
        except (OSError, ValueError, subprocess.SubprocessError):
            return False

    def down(self):
        if self.is_running():
            processes.stop(self.state.running(), self.stop_signal)
        self.after_stop()
        if self.state.pid:
            self.state.pid = self.state.began = 0
            self.write_state()

    def drop(self):
        self.down()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.state = State()


# Below those that the kernel gives to clients: else a connection takes one before its server begins.
PORTS = range(20_000, 32_768)
given, given_lock = set(), threading.Lock()


def free_ports(count):
    """Of loopback, free now, and different ones, also from those that this program was given before."""
    ports = []
    with given_lock:
        for port in random.SystemRandom().sample(PORTS, len(PORTS)):
            if port not in given and is_free(port):
                given.add(port)
                ports.append(port)
            if len(ports) == count:
                return ports
    raise CannotRun(f"no {count} ports are free between {PORTS.start} and {PORTS.stop}")


def is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def run(command, log, cwd, env=None, seconds=600, give=None):
    """Waits for a program that prepares something; raises CannotRun with the last line of what it said."""
    with open(log, "ab") as out:
        process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=subprocess.PIPE, stdout=out,
                                   stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
        try:
            process.communicate(give, seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.returncode != 0:
        lines = log.read_text(errors="replace").strip().splitlines()
        raise CannotRun(f"{command[0]}: {lines[-1] if lines else process.returncode}; see {log}")


def need_program(name, why):
    found = shutil.which(name)
    if not found:
        raise CannotRun(f"{name} is missing: {why}")
    return found


def ask(port, request, seconds=2, host="127.0.0.1"):
    """What the server says first to the bytes of a request."""
    with socket.create_connection((host, port), seconds) as connection:
        connection.sendall(request)
        return connection.recv(4096)
