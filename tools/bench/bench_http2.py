"""HTTP/2 through the gateway, many streams on few connections, beside nginx; and what it costs beside HTTP/1.1."""
import contextlib
import pathlib
import re
import subprocess
import tempfile

from tools.bench import bench_gateway, measure, servers


def h2load(url, seconds, connections, streams, is_http2=True):
    """One run of h2load on the load core; without TLS, by a client that knows beforehand."""
    command = ["h2load", "-t1", f"-c{connections}", f"-m{streams if is_http2 else 1}", f"-D{max(1, round(seconds))}", *([] if is_http2 else ["--h1"]), url]
    ran = subprocess.run(measure.pinned(measure.LOAD_CORE, command), capture_output=True, text=True, check=True)
    counts = dict((name, int(number)) for number, name in re.findall(r"(\d+) (succeeded|failed|errored|timeout)", ran.stdout))
    took = re.search(r"finished in ([\d.]+)(m?s)", ran.stdout)
    return {"requests": counts["succeeded"], "failed": counts["failed"] + counts["errored"] + counts["timeout"],
            "seconds": float(took.group(1)) / (1000 if took.group(2) == "ms" else 1)}


def with_cpu(session, url, chosen, **more):
    before = measure.cpu_seconds(session)
    result = h2load(url + "/bench/x", chosen.seconds, chosen.connections, chosen.streams, **more)
    result["cpu_us_per_request"] = (measure.cpu_seconds(session) - before) * 1e6 / max(1, result["requests"])
    result["requests_per_second"] = result["requests"] / result["seconds"]
    return result


def run(chosen, folder, stack):
    port = stack.enter_context(servers.origin(chosen.bytes))
    config = bench_gateway.write_config(folder / "loquat.yaml", port, 0)
    address, process = stack.enter_context(servers.loquat(chosen.binaries, folder / "data", config=config))
    nginx = stack.enter_context(servers.nginx_proxy(port, " http2"))
    contenders = {"nginx": (*nginx, {}), "loquat": (address, process.pid, {}), "loquat HTTP/1.1": (address, process.pid, {"is_http2": False})}
    results = {name: [] for name in contenders}
    for _ in range(chosen.rounds):
        for name, (url, session, own) in contenders.items():
            results[name].append(with_cpu(session, url, chosen, **own))
    failed = {name: sum(row["failed"] for row in rounds) for name, rounds in results.items()}
    if any(failed.values()) or not all(row["requests"] for rounds in results.values() for row in rounds):
        raise RuntimeError(f"requests failed, or none was answered: {failed}")
    rows = [[name, measure.median_of(rounds, "cpu_us_per_request"), measure.median_ratio(rounds, results["nginx"], "cpu_us_per_request"),
             measure.median_of(rounds, "requests_per_second")] for name, rounds in results.items()]
    measure.table(["server", "CPU us/request", "ratio to nginx", "requests/s"], rows)
    return results


def main():
    parser = measure.options(__doc__)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--streams", type=int, default=16, help="at once on each connection")
    parser.add_argument("--bytes", type=int, default=200, help="of an answer's body")
    chosen = measure.parse(parser)
    with tempfile.TemporaryDirectory(prefix="bench-http2-") as folder, contextlib.ExitStack() as stack:
        results = run(chosen, pathlib.Path(folder), stack)
    peers = {"nginx": measure.version_of("nginx", "-v"), "h2load": measure.version_of("h2load", "--version")}
    measure.report("http2", chosen, {"connections": chosen.connections, "streams": chosen.streams, "bytes": chosen.bytes, "versions": peers, **results})


if __name__ == "__main__":
    main()
