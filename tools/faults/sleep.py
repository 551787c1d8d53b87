"""Processes that are stopped for a while, as a machine that is paused or too busy stops them."""
import contextlib
import os
import signal


def signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@contextlib.contextmanager
def asleep(part):
    """All of its processes: of a server whose sessions are processes, those too."""
    stopped = part.place.processes()
    signal_all(stopped, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(stopped, signal.SIGCONT)
