"""The registry with many instances: CPU of a heartbeat, of whole and delta fetches, time until a change is seen.

Beside Spring's server of Eureka (eureka_server/, built with Maven into .cache), where Maven and Java are there. It is
asked for its delta until that has the change, which is the soonest that a client could see it; ours tells watchers.
"""
import contextlib
import http.client
import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

from tools.bench import measure
from tools.bench.measure import SERVER_CORE
from tools.bench.servers import serving, free_port

SOURCES = pathlib.Path(__file__).with_name("eureka_server")
JAVA_SERVER = measure.ROOT / ".cache" / "eureka-server"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
ZIPPED = {**JSON, "Accept-Encoding": "gzip"}


def registration(number, applications):
    app = f"APP{number % applications}"
    instance = {"instanceId": f"host{number}:{app.lower()}:8080", "hostName": f"host{number}.example", "app": app,
                "ipAddr": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "status": "UP",
                "port": {"$": 8080, "@enabled": "true"}, "securePort": {"$": 443, "@enabled": "false"},
                "dataCenterInfo": {"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name": "MyOwn"},
                "leaseInfo": {"renewalIntervalInSecs": 30, "durationInSecs": 900},
                "metadata": {"zone": "north", "management.port": "8081"}, "vipAddress": app.lower(),
                "homePageUrl": f"http://host{number}.example:8080/", "statusPageUrl": f"http://host{number}.example:8080/actuator/info",
                "healthCheckUrl": f"http://host{number}.example:8080/actuator/health"}
    return f"/eureka/apps/{app}", instance["instanceId"], json.dumps({"instance": instance})


class Caller:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, method, path, body=None, headers=JSON, wanted=200):
        self.connection.request(method, path, body, dict(headers))
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != wanted:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return text


def cpu_us(session, calls, call):
    """CPU of the server for each of so many calls."""
    before = measure.cpu_seconds(session)
    for n in range(calls):
        call(n)
    return (measure.cpu_seconds(session) - before) * 1e6 / calls


class Watcher(threading.Thread):
    """When each change was heard of, by the id of its instance."""
    def __init__(self, port):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.heard, self.is_current = {}, threading.Event()

    def run(self):
        self.connection.request("GET", "/api/registry/watch")
        answer = self.connection.getresponse()
        for line in answer:
            if line.startswith(b"data: "):
                now, data = time.perf_counter(), json.loads(line[6:])
                if data["type"] == "current":
                    self.is_current.set()
                elif data["type"] == "change":
                    self.heard[data["instance"]["id"]] = now


def until_watched_ms(caller, port, count):
    watcher = Watcher(port)
    watcher.start()
    watcher.is_current.wait(60)
    took = []
    for n in range(count):
        path, name, body = registration(1_000_000 + n, 10)
        begun = time.perf_counter()
        caller.call("POST", path, body, wanted=204)
        while name not in watcher.heard and time.perf_counter() - begun < 10:
            time.sleep(0.0005)
        took.append((watcher.heard[name] - begun) * 1e3)
    return took


def until_in_delta_ms(caller, count):
    took = []
    for n in range(count):
        path, name, body = registration(1_000_000 + n, 10)
        begun = time.perf_counter()
        caller.call("POST", path, body, wanted=204)
        while name.encode() not in caller.call("GET", "/eureka/apps/delta") and time.perf_counter() - begun < 40:
            time.sleep(0.02)
        took.append((time.perf_counter() - begun) * 1e3)
    return took


@contextlib.contextmanager
def ours(chosen, folder):
    port = free_port()
    command = [chosen.binaries / "loquat", "serve", "registry", "--data", folder / "data", "--set", f"registry.port={port}"]
    with serving(command, port, SERVER_CORE, folder / "log") as session:
        yield port, session, lambda caller, count: until_watched_ms(caller, port, count)


@contextlib.contextmanager
def springs(_, folder):
    port = free_port()
    command = ["java", "-XX:+UseSerialGC", "-jar", JAVA_SERVER / "target" / "eureka-server-1.jar", f"--server.port={port}"]
    with serving(command, port, SERVER_CORE, folder / "log", seconds=120) as session:
        yield port, session, lambda caller, count: until_in_delta_ms(caller, min(count, 5))


def has_springs():
    """Builds it when it is first wanted."""
    if not shutil.which("mvn") or not shutil.which("java"):
        return False
    if not (JAVA_SERVER / "target" / "eureka-server-1.jar").exists():
        shutil.rmtree(JAVA_SERVER, ignore_errors=True)
        shutil.copytree(SOURCES, JAVA_SERVER)
        print("building Spring's server of Eureka")
        return subprocess.run(["mvn", "-q", "-B", "package"], cwd=JAVA_SERVER, check=False).returncode == 0
    return True


def measure_once(chosen, server, instances, folder):
    calls = 20 if chosen.smoke else 2_000
    with server(chosen, folder) as (port, session, until_seen_ms):
        caller = Caller(port)
        made = [registration(n, max(1, instances // 10)) for n in range(instances)]

        def beat(n):
            caller.call("PUT", f"{made[n % instances][0]}/{made[n % instances][1]}?status=UP")

        empty = measure.rss_bytes(session)
        before = measure.cpu_seconds(session)
        for path, _, body in made:
            caller.call("POST", path, body, wanted=204)
        result = {"register_us": (measure.cpu_seconds(session) - before) * 1e6 / instances}
        cpu_us(session, calls, beat)  # a server that compiles while it runs has done so then
        result["beat_us"] = cpu_us(session, calls, beat)
        # The first answer is made, the others are handed out.
        result["fetch_first_us"] = cpu_us(session, 1, lambda n: caller.call("GET", "/eureka/apps/", headers=ZIPPED))
        result["fetch_us"] = cpu_us(session, max(5, calls // 20), lambda n: caller.call("GET", "/eureka/apps/", headers=ZIPPED))
        result["bytes"] = len(caller.call("GET", "/eureka/apps/"))
        result["bytes_zipped"] = len(caller.call("GET", "/eureka/apps/", headers=ZIPPED))
        result["delta_us"] = cpu_us(session, max(5, calls // 20), lambda n: caller.call("GET", "/eureka/apps/delta", headers=ZIPPED))
        took = until_seen_ms(caller, 5 if chosen.smoke else 100)
        result |= {"seen_ms": statistics.median(took), "seen_most_ms": max(took)}
        result["rss_mib"] = measure.rss_bytes(session) / 2**20
        result["rss_kib_an_instance"] = (measure.rss_bytes(session) - empty) / 1024 / instances
        return result


FIGURES = {"CPU us/registration": "register_us", "CPU us/heartbeat": "beat_us", "CPU us/first whole fetch, gzip": "fetch_first_us",
           "CPU us/whole fetch, gzip, once made": "fetch_us", "CPU us/delta fetch, gzip": "delta_us", "KiB whole, gzip": "bytes_zipped",
           "ms until a change is seen": "seen_ms", "ms at most": "seen_most_ms", "MiB of memory": "rss_mib",
           "KiB of memory an instance": "rss_kib_an_instance"}


def show(instances, results):
    rows = []
    for title, key in FIGURES.items():
        values = [measure.median_of(rounds, key) / (1024 if title.startswith("KiB whole") else 1) for rounds in results.values()]
        rows.append([title, *values, *([values[0] / max(values[1], 1e-9)] if len(values) > 1 else [])])
    measure.table([f"{instances} instances", *results, *(["ratio"] if len(results) > 1 else [])], rows)


def main():
    parser = measure.options(__doc__.splitlines()[0], rounds=3)
    parser.add_argument("--instances", type=int, nargs="+", default=[200, 10_000])
    chosen = measure.parse(parser)
    contenders = {"loquat": ours, **({"spring": springs} if not chosen.smoke and has_springs() else {})}
    everything = {}
    for instances in [200] if chosen.smoke else chosen.instances:
        results = {name: [] for name in contenders}
        for _ in range(chosen.rounds):
            for name, server in contenders.items():
                with tempfile.TemporaryDirectory(prefix="bench-discovery-") as folder:
                    results[name].append(measure_once(chosen, server, instances, pathlib.Path(folder)))
        show(instances, results)
        everything[str(instances)] = results
    measure.report("discovery", chosen, everything)


if __name__ == "__main__":
    main()
