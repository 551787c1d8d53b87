"""Running programs: each with a log file and a time limit, none left behind."""
import concurrent.futures
import contextlib
import os
import pathlib
import re
import select
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"


def stop(process, seconds=10):
    """Asks the process group to end, then makes it."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(seconds)
    return process.wait()


def run(command, log, timeout=600, cwd=ROOT, env=None, append=False):
    """The exit code; 124 when the time limit came first. Output goes to LOG."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab" if append else "wb") as out:
        process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "NO_COLOR": "1", **(env or {})},
                                   start_new_session=True)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            out.write(f"\ngave up after {timeout} s\n".encode())
            return 124
        finally:
            stop(process)


def on_all_cores(work, items, more=0):
    """What `work` gives for each item, in their order; as many are under way as there are cores, and `more`."""
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0)) + more) as pool:
        return list(pool.map(work, items))


@contextlib.contextmanager
def loquat(binary, log, arguments=(), data=None, env=None):
    """A platform on a free port and on a fresh data folder, or the one given; yields its address. It must end with 0 when asked
    to."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="loquat-") as fresh, open(log, "wb") as errors:
        process = subprocess.Popen([str(binary), "up", "--port", "0", "--data", data or fresh, *arguments],
                                   env=env, stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
        try:
            yield ready_address(process, log)
        finally:
            code = stop(process, 30)
            process.stdout.close()
        if code != 0:
            raise RuntimeError(f"loquat ended with {code}; see {log}")


def ready_address(process, log, seconds=60):
    """What follows `ready ` on the program's standard output."""
    out, text, end = process.stdout.fileno(), b"", time.monotonic() + seconds
    while time.monotonic() < end and not re.search(rb"^ready .*\n", text, re.M):
        if select.select([out], [], [], 1)[0]:
            piece = os.read(out, 4096)
            if not piece:
                break
            text += piece
    for line in text.decode().splitlines():
        if line.startswith("ready "):
            return line.split()[1]
    raise RuntimeError(f"loquat did not say that it is ready; see {log}")
