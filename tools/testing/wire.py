"""Samples of what clients of Eureka, Spring Cloud Config, Spring's gateway and its actuator send, one by one against the program.

What they ask and what must come back, to the byte, stands in tools/testing/wire_samples.
"""
import contextlib
import http.server
import pathlib
import socket
import tempfile
import threading
import time

from tools.infra.server import free_ports
from tools.testing.process import loquat
from tools.testing.wire_samples import actuator, config, eureka, exchange, gateway


class Shown(http.server.BaseHTTPRequestHandler):
    """Answers with the request as it came, and knows what was posted."""
    posted = []

    def do_POST(self):
        self.posted.append(self.path)
        self.do_GET()

    def do_GET(self):
        fields = "".join(f"{name.lower()}: {value}\n" for name, value in self.headers.items())
        body = f"{self.command} {self.path}\n{fields}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Upstream", "shown")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def upstreams():
    """The ports of a server that shows requests, and of one that takes them and says nothing."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shown) as echo, socket.create_server(("127.0.0.1", 0)) as silent:
        thread = threading.Thread(target=echo.serve_forever)
        thread.start()
        try:
            yield {"echo": echo.server_port, "silent": silent.getsockname()[1]}
        finally:
            echo.shutdown()
            thread.join()


def write_files(folder):
    for name, text in config.FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@contextlib.contextmanager
def platform(binary, log, settings=()):
    """Everything in one process; yields the addresses of the gateway, the registry and the config server, and the
    port of the server that shows requests."""
    with tempfile.TemporaryDirectory(prefix="loquat-wire-") as folder, upstreams() as ports:
        files, routes = pathlib.Path(folder) / "files", pathlib.Path(folder) / "routes.yml"
        write_files(files)
        routes.write_text(gateway.ROUTES.format(**ports))
        registry, server = free_ports(2)
        chosen = [f"registry.port={registry}", f"config.port={server}", f"config.folder={files}", f"gateway.routes_file={routes}",
                  "gateway.limits.enabled=false", f"platform.internal_key={actuator.KEY['X-Internal-API-Key']}", *settings]
        with loquat(binary, log, [word for one in chosen for word in ("--set", one)]) as address:
            yield address, f"http://127.0.0.1:{registry}", f"http://127.0.0.1:{server}", ports["echo"]


def tables(binary, log):
    """(address, table, prefix) of everything, while it runs."""
    with platform(binary, log, ["config.encrypt.key=foo", "config.refreshed_applications=[managed]"]) as (address, registry, server, echo):
        yield registry, eureka.managed_at(echo), "/eureka"
        is_refreshed(server)
        yield registry, [eureka.GONE], "/eureka"
        for prefix in ("/eureka", "/eureka/v2", "/eureka/v1"):
            yield registry, [*eureka.LIFE, *eureka.lenient(), *eureka.PEERS], prefix
        yield registry, eureka.OUTSIDE, ""
        yield server, config.TABLE, ""
        for one in (registry, server):
            yield one, [*actuator.OPEN, *actuator.KNOWN], ""
        yield address, gateway.TABLE, ""
    with platform(binary, log) as (_, _, server, _):
        yield server, config.WITHOUT_KEY, ""


def is_refreshed(server, seconds=10):
    """Tells the application to refresh until it hears of it: the config server follows the registry."""
    end = time.monotonic() + seconds
    while not Shown.posted and time.monotonic() < end:
        exchange.send(server, exchange.Ask("refresh", "POST", "/actuator/busrefresh/managed"))
    is_well = set(Shown.posted) == {"/manage/refresh"}
    print(f"{'ok' if is_well else 'not ok'} an application's own actuator: {Shown.posted}", flush=True)
    if not is_well:
        raise AssertionError(f"the application's actuator was asked for {Shown.posted}")


def check(binary, log):
    """An exit code for each sample."""
    codes = []
    with open(log, "w", encoding="utf-8") as out, contextlib.redirect_stdout(out):
        for address, table, prefix in tables(binary, log.with_name("wire-loquat.log")):
            wrong = exchange.run(address, table, prefix)
            codes += [1] * wrong + [0] * (len(table) - wrong)
    return codes
