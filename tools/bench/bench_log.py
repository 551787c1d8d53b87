"""Durable appends at the port of the log, one after the other and many at once, and opening a large log.

--servers: at RabbitMQ and Kafka too, those that `./dev infra up rabbitmq kafka` has started.
"""
import pathlib
import tempfile

from tools.bench import measure
from tools.infra.kafka import Kafka
from tools.infra.rabbitmq import RabbitMq


def on_servers(chosen, results):
    for server in (RabbitMq(), Kafka()):
        for name, outstanding in {"one": 1, "many": chosen.outstanding}.items():
            for _ in range(chosen.rounds):
                results.setdefault(f"{server.name}, {name}", []).append(
                    measure.load(chosen.binaries, "log", "--url", server.url() + "?partitions=1", "--outstanding", outstanding,
                                 "--seconds", chosen.seconds))


def main():
    parser = measure.options(__doc__, rounds=3)
    parser.add_argument("--outstanding", type=int, default=1_600, help="appends at the same time (default 1600)")
    parser.add_argument("--mib", type=int, default=1_024, help="of the log that is opened (default 1024)")
    parser.add_argument("--servers", action="store_true", help="at RabbitMQ and Kafka too")
    chosen = measure.parse(parser)
    if chosen.smoke:
        chosen.outstanding, chosen.mib = 8, 70
    results = {"one": [], "many": [], "open": []}
    for _ in range(chosen.rounds):
        for name, outstanding in {"one": 1, "many": chosen.outstanding}.items():
            with tempfile.TemporaryDirectory(prefix="bench-log-") as folder:
                results[name].append(measure.load(chosen.binaries, "log", "--folder", pathlib.Path(folder) / "log",
                                                  "--outstanding", outstanding, "--seconds", chosen.seconds))
        with tempfile.TemporaryDirectory(prefix="bench-log-") as folder:
            results["open"].append(measure.load(chosen.binaries, "log-open", "--folder", pathlib.Path(folder) / "log",
                                                "--bytes", chosen.mib << 20))
    if chosen.servers:
        on_servers(chosen, results)
    keys = ["per_second", "cpu_us_per_append", "latency.p50_ms", "latency.p99_ms"]
    labels = {"one": "1", "many": str(chosen.outstanding)}
    labels |= {name: name for name in results if ", " in name}
    measure.table(["outstanding", "appends/s", "CPU us/append", "p50 ms", "p99 ms"],
                  [[label, *(measure.median_of(results[name], key) for key in keys)]
                   for name, label in labels.items()])
    measure.table(["opening", "ms", "CPU ms"], [[f"{chosen.mib} MiB", measure.median_of(results["open"], "open_ms"),
                                                 measure.median_of(results["open"], "open_cpu_ms")]])
    measure.report("log", chosen, results)


if __name__ == "__main__":
    main()
