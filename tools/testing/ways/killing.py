"""A server that dies as by a loss of power of its machine."""
import contextlib
import os
import signal

from tools.infra import processes


def kill(server, pid=None):
    """Its process group has no time for anything; PID where the server is another process than the one that was started."""
    running = server.state.running()
    for one in filter(None, (pid, server.state.pid if server.is_running() else None)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    processes.comes(lambda: not running.is_alive(), 10)
