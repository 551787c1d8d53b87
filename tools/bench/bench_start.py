"""From exec to the first answer, and memory when idle."""
import http.client
import pathlib
import subprocess
import tempfile
import time
import urllib.parse

from tools.bench import measure
from tools.bench.servers import free_port
from tools.testing.process import stop


def first_answer(port, process, seconds=30):
    """Waits for a 200 from /healthz; asks again every millisecond."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return time.perf_counter()
        except OSError:
            time.sleep(0.001)
        finally:
            connection.close()
    raise RuntimeError("the platform did not answer")


def start_once(binaries, data, idle_seconds):
    port = free_port()
    begun = time.perf_counter()
    with open(pathlib.Path(data) / "bench.log", "wb") as log:
        process = subprocess.Popen([binaries / "loquat", "up", "--port", str(port), "--data", data], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)
    try:
        answered = first_answer(port, process)
        cpu = measure.cpu_seconds(process.pid)
        time.sleep(idle_seconds)
        row = {"first_answer_seconds": answered - begun, "cpu_seconds": cpu, "rss_idle_bytes": measure.rss_bytes(process.pid),
               "idle_cpu_share": (measure.cpu_seconds(process.pid) - cpu) / max(idle_seconds, 0.1)}
        begun = time.perf_counter()
    finally:
        code = stop(process, 30)
    return {**row, "stop_seconds": time.perf_counter() - begun, "exit_code": code}


def main():
    chosen = measure.parse(measure.options(__doc__, seconds=3, rounds=9))
    results = {"new_data": [], "old_data": []}
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="bench-start-") as data:
            results["new_data"].append(start_once(chosen.binaries, data, chosen.seconds))
            results["old_data"].append(start_once(chosen.binaries, data, chosen.seconds))
    rows = [[name, measure.median_of(rounds, "first_answer_seconds") * 1e3, measure.median_of(rounds, "cpu_seconds") * 1e3,
             measure.median_of(rounds, "rss_idle_bytes") / 2**20, measure.median_of(rounds, "idle_cpu_share") * 100,
             measure.median_of(rounds, "stop_seconds") * 1e3]
            for name, rounds in results.items()]
    measure.table(["folder", "first answer ms", "CPU ms", "idle RSS MiB", "idle CPU %", "stop ms"], rows)
    measure.report("start", chosen, results)


if __name__ == "__main__":
    main()
