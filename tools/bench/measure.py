"""CPU time of processes, wrk runs, medians and the report."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")
# Cores of the two sides; a machine with one core shares it.
SERVER_CORE, LOAD_CORE = 0, min(1, os.cpu_count() - 1)

WRK_REPORT = """
function done(summary, latency, requests)
  local e = summary.errors
  io.stderr:write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50_ms":%.4f,"p99_ms":%.4f,"failed":%d,"bad_status":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.timeout, e.status))
end
"""


def options(doc, seconds=5, rounds=5):
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--rounds", type=int, default=rounds, help=f"A B A B ...; medians are taken over them (default {rounds})")
    parser.add_argument("--seconds", type=float, default=seconds, help=f"of one measurement (default {seconds})")
    parser.add_argument("--smoke", action="store_true", help="one short round: does it work? Its figures mean nothing")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "build" / "release" / "bin")
    return parser


def parse(parser):
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.rounds, chosen.seconds = 1, 0.3
    return chosen


def pinned(core, command):
    return ["taskset", "-c", str(core), *map(str, command)]


def cpu_seconds(session):
    """User and system time of all processes of a session (a server and its workers), and of workers in sessions of their own, also of
    those that have ended."""
    total = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if session in (int(fields[1]), int(fields[3])):
                total += int(fields[11]) + int(fields[12])
            if int(entry) == session:
                total += int(fields[13]) + int(fields[14])
    return total / TICKS


def own_cpu_seconds(pid):
    """Of one process alone."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def wrk(url, seconds, connections=64, script="", headers=()):
    """One run of wrk on the load core; `script` is Lua that may define request()."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write(script + WRK_REPORT)
        lua.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", lua.name]
        for header in headers:
            command += ["-H", header]
        ran = subprocess.run(pinned(LOAD_CORE, [*command, url]), capture_output=True, text=True, check=True)
    return json.loads(ran.stderr.strip().splitlines()[-1])


def wrk_with_cpu(session, url, seconds, **more):
    """As wrk, with the CPU time that the server spent on a request."""
    before = cpu_seconds(session)
    result = wrk(url, seconds, **more)
    result["cpu_us_per_request"] = (cpu_seconds(session) - before) * 1e6 / max(1, result["requests"])
    result["requests_per_second"] = result["requests"] / result["seconds"]
    return result


def load(binaries, *arguments, core=LOAD_CORE):
    """One run of loquat-bench on the load core; on all of them without one."""
    command = [str(word) for word in (binaries / "loquat-bench", *arguments)]
    command = command if core is None else pinned(core, command)
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"this failed: {' '.join(command)}")
    return json.loads(ran.stdout)


def median_of(rounds, key):
    """The median over rounds of a number; `key` may be a path such as latency.p50_ms."""
    values = []
    for row in rounds:
        for part in key.split("."):
            row = row.get(part, {}) if isinstance(row, dict) else {}
        if isinstance(row, (int, float)):
            values.append(row)
    return statistics.median(values) if values else float("nan")


def median_ratio(rounds, base, key):
    """The median over rounds of this number's ratio to that of `base` in the same round."""
    return statistics.median(row[key] / other[key] for row, other in zip(rounds, base))


def table(head, rows):
    text = [[cell if isinstance(cell, str) else f"{cell:,.3g}" if abs(cell) < 1000 else f"{cell:,.0f}" for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *text]) for i in range(len(head))]
    for row in [head, *text]:
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))))


def version_of(*command):
    if not shutil.which(command[0]):
        return "not installed"
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return (ran.stdout + ran.stderr).strip().splitlines()[0]


def report(name, chosen, results):
    """Prints the raw results as one line of JSON and keeps them in build/bench."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    now = datetime.datetime.now(datetime.timezone.utc)
    raw = {"bench": name, "time": now.isoformat(timespec="seconds"), "commit": commit.stdout.strip(),
           "cores": os.cpu_count(), "kernel": platform.release(), "smoke": chosen.smoke, "seconds": chosen.seconds,
           "results": results}
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}-{now:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(raw, indent=1) + "\n")
    print(json.dumps(raw))
    print(f"kept in {path.relative_to(ROOT)}")
