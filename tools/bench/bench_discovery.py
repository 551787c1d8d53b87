"""The registry with many instances: CPU of a heartbeat, of whole and delta fetches, time until a watcher hears of a change.

Beside Spring's server as it was measured on another machine (one instance of each figure: see REFERENCE): a ratio says the
order of magnitude, no more.
"""
import http.client
import json
import pathlib
import statistics
import tempfile
import threading
import time

from tools.bench import measure
from tools.bench.measure import SERVER_CORE
from tools.bench.servers import serving, free_port

# CPU in microseconds of Spring Cloud Netflix 2025.0: a beat 740 to 1,450; GET apps with 200 instances 2.0 to 2.9 ms; with
# all intervals at their least a change was seen after 4.1 to 5.4 s.
REFERENCE = {"beat": 740, "fetch_200": 2_000, "visible": 4_100}
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


def visible_ms(caller, port, count):
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
    return {"visible_ms": statistics.median(took), "visible_most_ms": max(took)}


def measure_once(chosen, folder):
    instances, calls = (200, 20) if chosen.smoke else (chosen.instances, 2_000)
    port = free_port()
    command = [chosen.binaries / "loquat", "serve", "registry", "--data", folder / "data", "--set", f"registry.port={port}"]
    with serving(command, port, SERVER_CORE, folder / "log") as session:
        caller = Caller(port)
        made = [registration(n, max(1, instances // 10)) for n in range(instances)]
        before = measure.cpu_seconds(session)
        for path, _, body in made:
            caller.call("POST", path, body, wanted=204)
        result = {"instances": instances, "register_us": (measure.cpu_seconds(session) - before) * 1e6 / instances}
        result["beat_us"] = cpu_us(session, calls, lambda n: caller.call("PUT", f"{made[n % instances][0]}/{made[n % instances][1]}?status=UP"))
        # The first answer is made, the others are handed out.
        result["fetch_first_us"] = cpu_us(session, 1, lambda n: caller.call("GET", "/eureka/apps/", headers=ZIPPED))
        result["fetch_us"] = cpu_us(session, max(5, calls // 20), lambda n: caller.call("GET", "/eureka/apps/", headers=ZIPPED))
        result["bytes"] = len(caller.call("GET", "/eureka/apps/"))
        result["bytes_zipped"] = len(caller.call("GET", "/eureka/apps/", headers=ZIPPED))
        result["delta_us"] = cpu_us(session, max(5, calls // 20), lambda n: caller.call("GET", "/eureka/apps/delta", headers=ZIPPED))
        result.update(visible_ms(caller, port, 5 if chosen.smoke else 100))
        result["rss_mib"] = measure.rss_bytes(session) / 2**20
        return result


def main():
    parser = measure.options(__doc__.splitlines()[0], rounds=3)
    parser.add_argument("--instances", type=int, default=10_000)
    chosen = measure.parse(parser)
    rounds = []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="bench-discovery-") as folder:
            rounds.append(measure_once(chosen, pathlib.Path(folder)))
    of = {key: measure.median_of(rounds, key) for key in rounds[0]}
    per_200 = of["fetch_us"] * 200 / of["instances"]
    measure.table(["", "loquat", "reference", "ratio"], [
        ["instances", of["instances"], "", ""],
        ["CPU us/registration", of["register_us"], "", ""],
        ["CPU us/heartbeat", of["beat_us"], REFERENCE["beat"], REFERENCE["beat"] / max(of["beat_us"], 1e-9)],
        ["CPU us/whole fetch, gzip, once made", of["fetch_us"], "", ""],
        ["CPU us/whole fetch for 200 instances", per_200, REFERENCE["fetch_200"], REFERENCE["fetch_200"] / max(per_200, 1e-9)],
        ["CPU us/first fetch", of["fetch_first_us"], "", ""],
        ["CPU us/delta fetch", of["delta_us"], "", ""],
        ["ms until a watcher hears", of["visible_ms"], REFERENCE["visible"], REFERENCE["visible"] / of["visible_ms"]],
        ["ms at most", of["visible_most_ms"], "", ""],
        ["MiB of memory", of["rss_mib"], "", ""],
    ])
    measure.report("discovery", chosen, {"loquat": rounds})


if __name__ == "__main__":
    main()
