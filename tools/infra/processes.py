"""Long-running programs: started apart from their terminal, known again by process id and time of start, stopped by it."""
import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import time

CHILDREN = {}  # those that this program started itself, by process id


@dataclasses.dataclass(frozen=True)
class Running:
    pid: int
    began: int  # clock ticks since the machine started: another process under the same id has another one

    def is_alive(self):
        return started_at(self.pid) == self.began


def started_at(pid):
    """None when there is no such process, or only what is left of one that has ended."""
    with contextlib.suppress(OSError):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        return None if fields[0] in "ZX" else int(fields[19])
    return None


def start(command, log, cwd, env=None):
    """Its output is added to LOG."""
    with open(log, "ab") as out:
        process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}, start_new_session=True)
    CHILDREN[process.pid] = process
    return Running(process.pid, started_at(process.pid))


def stop(running, sign=signal.SIGTERM, seconds=30):
    """Asks it to end with SIGN, then makes it; whether it went when it was asked."""
    for one, patience in ((sign, seconds), (signal.SIGKILL, 10)):
        with contextlib.suppress(ProcessLookupError):
            if running.is_alive():
                os.kill(running.pid, one)
        if comes(lambda: not running.is_alive(), patience):
            if running.pid in CHILDREN:
                CHILDREN.pop(running.pid).wait()
            return one is sign
    raise RuntimeError(f"process {running.pid} does not end, not even by SIGKILL")


def comes(happens, seconds):
    """Whether it happens in time; asks again until then."""
    end = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
