"""Real servers of a suite's own, beside those that other suites use: it kills, fills and drops them."""
import contextlib

from tools.infra.server import HOME


def own(kind):
    server = kind(HOME / "faults")
    server.programs = HOME / "programs" / server.name
    return server


@contextlib.contextmanager
def running(*kinds):
    """Those servers, ready; gone with their data afterwards."""
    servers = [own(kind) for kind in kinds]
    try:
        for server in servers:
            server.up()
        yield servers
    finally:
        for server in servers:
            with contextlib.suppress(OSError):
                server.drop()
