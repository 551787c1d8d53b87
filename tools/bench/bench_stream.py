"""Answers of an assistant through the whole product, from a paced provider: added time, memory, bytes."""
import collections
import contextlib
import pathlib
import re
import subprocess
import tempfile
import time

from tools.bench import measure, servers

# As in loquat-bench.
DELTA_BYTES, ALONE_DELTAS = 9, 4
# The provider keeps all answers back until the last one has been asked for.
CONFIG = """
model:
  openai: {{url: "http://127.0.0.1:{port}/v1", first_token_ms_max: 600000, concurrent_max: 100000, list_models: false}}
  models: [{{id: paced, provider: openai}}]
  answers_max: 100000
"""


@contextlib.contextmanager
def counted_writes(pid, data, written):
    """Bytes that `pid` hands to the system for each file of its data folder: file -> bytes, in `written` afterwards."""
    trace = data.parent / "trace"
    command = ["strace", "-f", "-y", "-qq", "-s", "0", "-e", "trace=pwrite64,write,pwritev,writev", "-o", trace, "-p", str(pid)]
    with subprocess.Popen(command) as tracer:
        time.sleep(0.5)
        try:
            yield
        finally:
            tracer.terminate()
    for line in trace.read_text().splitlines():
        found = re.search(r"<([^>]*)>.*= (\d+)$", line)
        if found and found[1].startswith(f"{data}/"):
            written[found[1].removeprefix(f"{data}/").split("/")[0]] += int(found[2])


def print_files(chosen, stalled):
    """What each file takes for a byte of text, all at the same time."""
    written = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="bench-stream-") as folder:
        measure_once(chosen, pathlib.Path(folder), stalled, written)
    text = DELTA_BYTES * (chosen.generations * chosen.deltas + chosen.alone * ALONE_DELTAS)
    measure.table(["file", "bytes", "bytes/text byte"], [[name, count, count / text] for name, count in written.most_common()])


def measure_once(chosen, folder, stalled, written=None):
    port = servers.free_port()
    config = folder / "loquat.yaml"
    config.write_text(CONFIG.format(port=port))
    with servers.loquat(chosen.binaries, folder / "data", config=config, core=None) as (address, process):
        counting = contextlib.nullcontext() if written is None else counted_writes(process.pid, folder / "data", written)
        with counting:
            return measure.load(chosen.binaries, "stream", "--port", address.rsplit(":", 1)[1], "--pid", process.pid,
                            "--provider-port", port, "--generations", chosen.generations, "--alone", chosen.alone,
                            "--deltas", chosen.deltas, "--apart", chosen.apart, "--stalled", stalled)


def row(name, rounds):
    keys = ["generations", "alone.first_token.p50_ms", "alone.first_token.p99_ms", "first_relayed.p50_ms", "first_relayed.p99_ms",
            "relayed.p99_ms", "longest_gap_ms", "deltas_per_second", "server_cpu_us_per_delta"]
    return [name, *(measure.median_of(rounds, key) for key in keys)]


def size_row(name, rounds):
    keys = ["bytes_per_generation", "bytes_per_reader", "event_bytes_per_text_byte", "disk_bytes_per_text_byte", "whole", "broken"]
    return [name, *(measure.median_of(rounds, key) for key in keys)]


def main():
    parser = measure.options(__doc__, rounds=3)
    parser.add_argument("--generations", type=int, default=5_000, help="at the same time, each of another user (default 5000)")
    parser.add_argument("--alone", type=int, default=200, help="answers one after the other, before (default 200)")
    parser.add_argument("--deltas", type=int, default=64, help="of one answer (default 64)")
    parser.add_argument("--apart", type=int, default=20, help="milliseconds between two deltas (default 20)")
    parser.add_argument("--slow", action="store_true", help="beside, a run in which every tenth reader reads nothing")
    parser.add_argument("--files", action="store_true", help="only count what is written to each file (needs strace)")
    chosen = measure.parse(parser)
    if chosen.files:
        print_files(chosen, 0.0)
        return
    if chosen.smoke:
        chosen.generations, chosen.alone, chosen.deltas, chosen.apart, chosen.slow = 20, 3, 8, 5, True
    shares = {"loquat": 0.0, "every tenth stalled": 0.1} if chosen.slow else {"loquat": 0.0}
    results = {name: [] for name in shares}
    for _ in range(chosen.rounds):
        for name, share in shares.items():
            with tempfile.TemporaryDirectory(prefix="bench-stream-") as folder:
                results[name].append(measure_once(chosen, pathlib.Path(folder), share))
    broken = [one for rounds in results.values() for one in rounds if one["broken"] or one["alone"]["broken"]]
    if broken:
        raise SystemExit(f"events are missing: {broken[0]['why_broken'] or broken[0]['alone']['why_broken']}")
    measure.table(["", "answers", "alone first p50 ms", "p99", "first relayed p50 ms", "p99", "relayed p99", "longest gap ms",
                   "deltas/s", "CPU us/delta"], [row(name, rounds) for name, rounds in results.items()])
    measure.table(["", "bytes/answer", "bytes/reader", "event bytes/text byte", "disk bytes/text byte", "whole", "broken"],
                  [size_row(name, rounds) for name, rounds in results.items()])
    measure.report("stream", chosen, {"generations": chosen.generations, "deltas": chosen.deltas, "apart_ms": chosen.apart, **results})


if __name__ == "__main__":
    main()
