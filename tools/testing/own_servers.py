"""Real servers of a suite's own, beside those that other suites use: it kills, fills and drops them."""
import contextlib

from tools.infra.server import HOME


def own(kind, place):
    server = kind(HOME / place)
    server.programs = HOME / "programs" / server.name
    return server


@contextlib.contextmanager
def running(*kinds, place="faults"):
    """Those servers, ready; gone with their data afterwards. Of each kind there is one in a place at a time."""
    servers = [own(kind, place) for kind in kinds]
    try:
        for server in servers:
            server.up()
        yield servers
    finally:
        for server in servers:
            with contextlib.suppress(OSError):
                server.drop()
