"""Clients of Eureka that know nothing of Loquat, each through a whole life at two registries, one of which is killed.

They are pinned in tools/testing/eureka and come into .cache/eureka-clients when the suite first runs. Netflix's own
client needs Maven and Java, and is left out where they are not.
"""
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading

from tools.infra.server import free_ports
from tools.testing.pinned import install, with_maven
from tools.testing.process import ROOT, ready_address, stop

PINS = ROOT / "tools" / "testing" / "eureka"
HOME = ROOT / ".cache" / "eureka-clients"
CLIENTS = {"py_eureka_client": [HOME / "python" / "bin" / "python", PINS / "life.py"],
           "eureka-js-client": ["node", PINS / "life.js"]}
JAVA = HOME / "java"
JAVA_CLIENT = ["java", "-cp", f"{JAVA}/target/eureka-life-1.jar:{JAVA}/lib/*", "Life"]
SECONDS = 120


@contextlib.contextmanager
def registries(binary, log):
    """Two that know each other: (process, address) each."""
    ports = free_ports(2)
    with contextlib.ExitStack() as ends:
        started = []
        for port, other in (ports, ports[::-1]):
            data = ends.enter_context(tempfile.TemporaryDirectory(prefix="loquat-registry-"))
            errors = ends.enter_context(open(log.with_name(f"registry-{len(started)}.log"), "wb"))
            process = subprocess.Popen(
                [binary, "serve", "registry", "--data", data, "--set", f"registry.port={port}",
                 "--set", f'registry.peers=["http://127.0.0.1:{other}"]',
                 "--set", "platform.internal_key=0123456789abcdef0123456789abcdef"],
                stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
            ends.callback(process.stdout.close)
            ends.callback(stop, process)
            started.append((process, ready_address(process, log)))
        yield started


def live(command, binary, log):
    """0 when the client has lived as it should."""
    with open(log, "w", encoding="utf-8") as out, registries(binary, log) as ((first, one), (_, two)):
        client = subprocess.Popen([str(part) for part in [*command, f"{one}/eureka", f"{two}/eureka"]],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, text=True,
                                  env={**os.environ, "NODE_PATH": str(HOME / "node_modules")}, start_new_session=True)
        impatience = threading.Timer(SECONDS, stop, [client])
        impatience.start()
        try:
            for line in client.stdout:
                out.write(line)
                out.flush()
                if line.strip() == "lose":
                    os.killpg(first.pid, signal.SIGKILL)
                    first.wait()
                    client.stdin.write("lost\n")
                    client.stdin.flush()
            return client.wait()
        finally:
            impatience.cancel()
            stop(client)
            client.stdout.close()
            with contextlib.suppress(BrokenPipeError):
                client.stdin.close()


def build_java(log):
    """The exit code of Maven; None where there is none."""
    if not shutil.which("mvn") or not shutil.which("java"):
        return None
    shutil.rmtree(JAVA, ignore_errors=True)
    shutil.copytree(PINS / "java", JAVA)
    return with_maven(["package", "dependency:copy-dependencies", f"-DoutputDirectory={JAVA}/lib"], log, JAVA)


def check(binary, log):
    """The exit codes of all clients; None for one that cannot be built here."""
    if not install(PINS, HOME, log):
        return [1]
    codes = [live(command, binary, log.with_name(f"eureka-{name}.log")) for name, command in CLIENTS.items()]
    built = build_java(log.with_name("eureka-maven.log"))
    return [*codes, live(JAVA_CLIENT, binary, log.with_name("eureka-client.log")) if built == 0 else built]
