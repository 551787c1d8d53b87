"""The gateway as a proxy: plain, with JWT (--jwt), with many routes (--routes N), with all that keeps it going (--resilience), in system calls (--calls)."""
import contextlib
import http.client
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

from tools.bench import measure, people, servers

# The tokens stand in a file, one a line; each request takes the next.
TOKENS_SCRIPT = """
local tokens, at = {}, 0
function init()
  for line in io.lines("%s") do tokens[#tokens + 1] = "Bearer " .. line end
end
function request()
  at = at %% #tokens + 1
  return wrk.format("GET", "/bench/x", {["Authorization"] = tokens[at]})
end
"""
ROUTES_SCRIPT = """
local at = 0
function request()
  at = (at * 7919 + 104729) %% %d
  return wrk.format("GET", string.format("/bench/team%%d/service%%d/items/42", at %% 100, math.floor(at / 100)))
end
"""


def write_config(path, upstream_port, routes, access="anyone", mark="a"):
    """`routes` routes of the form /bench/teamN/serviceM/items/{id}, and /bench/x."""
    upstreams = [f"http://127.0.0.1:{upstream_port}"]
    rows = [{"id": "plain", "path": "/bench/x", "upstreams": upstreams, "access": access}]
    rows += [{"id": f"{mark}{n}", "path": f"/bench/team{n % 100}/service{n // 100}/items/{{id}}", "upstreams": upstreams, "access": access}
             for n in range(routes)]
    # JSON is YAML.
    pathlib.Path(path).write_text(json.dumps({"gateway": {"routes": rows}}))
    return path


def check_works(url, **more):
    result = measure.wrk(url, 1, connections=4, **more)
    if result["failed"] or result["bad_status"] or not result["requests"]:
        raise RuntimeError(f"{url} does not answer well: {result}")


def show(results, base):
    """The ratio is the median of each round's: what else the machine does meets both sides of one round."""
    rows = []
    for name, rounds in results.items():
        cpu = measure.median_of(rounds, "cpu_us_per_request")
        rows.append([name, cpu, measure.median_ratio(rounds, results[base], "cpu_us_per_request"),
                     measure.median_of(rounds, "requests_per_second"), measure.median_of(rounds, "p50_ms"),
                     measure.median_of(rounds, "p99_ms"), sum(row["failed"] + row["bad_status"] for row in rounds)])
    measure.table(["server", "CPU us/request", f"ratio to {base}", "requests/s", "p50 ms", "p99 ms", "failed"], rows)


def interleave(chosen, contenders, **more):
    """{name: [one result a round]}; each round asks all, one after the other."""
    results = {name: [] for name in contenders}
    for _ in range(chosen.rounds):
        for name, (url, session, own) in contenders.items():
            results[name].append(measure.wrk_with_cpu(session, url + "/bench/x", chosen.seconds, **{**more, **own}))
    return results


CALLS = ["recvfrom", "sendto", "sendmsg", "epoll_wait", "epoll_ctl", "timerfd_settime", "futex", "read", "write", "mprotect", "madvise"]


def system_calls(pid, url, seconds, connections):
    """System calls a request while wrk asks: name -> number. Counted by the kernel, which slows nothing down."""
    events = ",".join(f"syscalls:sys_enter_{name}" for name in CALLS)
    counting = ["perf", "stat", "-x", ",", "-e", events, "-p", str(pid)]
    with subprocess.Popen(counting, stderr=subprocess.PIPE, text=True) as counter:
        time.sleep(0.5)
        result = measure.wrk(url, seconds, connections=connections)
        counter.send_signal(signal.SIGINT)
        rows = [line.split(",") for line in counter.communicate()[1].splitlines() if "sys_enter_" in line]
    counts = {row[2].removeprefix("syscalls:sys_enter_"): int(row[0]) for row in rows if row[0].isdigit()}
    return {name: count / result["requests"] for name, count in counts.items()}


def calls(chosen, folder, stack):
    port = stack.enter_context(servers.origin())
    results = {}
    for name, binaries in {"loquat": chosen.binaries, **({"beside": chosen.beside} if chosen.beside else {})}.items():
        config = write_config(folder / f"{name}.yaml", port, 0)
        address, process = stack.enter_context(servers.loquat(binaries, folder / name, config=config))
        check_works(address + "/bench/x")
        results[name] = system_calls(process.pid, address + "/bench/x", chosen.seconds, chosen.connections)
    names = sorted({name for counted in results.values() for name, count in counted.items() if count >= 0.005})
    measure.table(["calls a request", *results], [[name, *(counted.get(name, 0.0) for counted in results.values())] for name in names])
    return results


def plain(chosen, folder, stack):
    port = stack.enter_context(servers.origin())
    config = write_config(folder / "loquat.yaml", port, 0)
    address, process = stack.enter_context(servers.loquat(chosen.binaries, folder / "data", config=config))
    contenders = {"nginx": (*stack.enter_context(servers.nginx_proxy(port)), {}),
                  "haproxy": (*stack.enter_context(servers.haproxy(port)), {}),
                  "loquat": (address, process.pid, {})}
    if chosen.beside:
        address, process = stack.enter_context(servers.loquat(chosen.beside, folder / "beside", config=config))
        contenders["beside"] = (address, process.pid, {})
    for url, _, _ in contenders.values():
        check_works(url + "/bench/x")
    results = interleave(chosen, contenders, connections=chosen.connections)
    show(results, "nginx")
    return results


def register(registry, ports):
    """Servers at these ports, as instances of `origin`."""
    connection = http.client.HTTPConnection("127.0.0.1", registry)
    for port in ports:
        instance = {"instanceId": f"origin:{port}", "hostName": "127.0.0.1", "ipAddr": "127.0.0.1", "app": "ORIGIN", "vipAddress": "origin",
                    "status": "UP", "port": {"$": port, "@enabled": "true"}, "leaseInfo": {"durationInSecs": 3600},
                    "dataCenterInfo": {"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name": "MyOwn"}}
        connection.request("POST", "/eureka/apps/ORIGIN", json.dumps({"instance": instance}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 204:
            raise RuntimeError(f"the registry says {answer.status}")


def resilience(chosen, folder, stack):
    """What it costs to find servers by the registry, choose among them, check them, and be ready to repeat, break and fall back."""
    ports = stack.enter_context(servers.origins(3))
    one = write_config(folder / "plain.yaml", ports[0], 0)
    row = {"id": "all", "path": "/bench/x", "upstreams": ["lb://origin"],
           "health_path": "/bench/x", "fallback": {"status": 200, "body": "{}"}}
    everything = folder / "everything.yaml"
    everything.write_text(json.dumps({"gateway": {"trace_percent": 100, "routes": [row]}}))
    contenders = {}
    for name, config in {"plain": one, "everything": everything}.items():
        registry = servers.free_port()
        address, process = stack.enter_context(servers.loquat(chosen.binaries, folder / name, [f"registry.port={registry}"], config=config))
        contenders[name] = (address, process.pid, {})
    register(registry, ports)
    time.sleep(0.5)  # the gateway hears of them in a moment
    contenders["nginx"] = (*stack.enter_context(servers.nginx_proxy(ports[0])), {})
    contenders["haproxy"] = (*stack.enter_context(servers.haproxy(ports[0])), {})
    for url, _, _ in contenders.values():
        check_works(url + "/bench/x")
    results = interleave(chosen, contenders, connections=chosen.connections)
    show(results, "plain")
    return results


def jwt(chosen, folder, stack):
    port = stack.enter_context(servers.origin())
    config = write_config(folder / "loquat.yaml", port, 0, access="user")
    address, process = stack.enter_context(servers.loquat(
        chosen.binaries, folder / "data", [f"auth.signing_algorithm={chosen.algorithm}"], config=config))
    api = people.Api(address)
    tokens = people.different_tokens(api, api.register("bench"), 20 if chosen.smoke else chosen.tokens)
    file = people.write_lines(folder / "tokens", tokens)
    key = people.write_public_key(api, folder / "key.pem", chosen.algorithm)
    script = {"script": TOKENS_SCRIPT % file}
    contenders = {"haproxy, no token": (*stack.enter_context(servers.haproxy(port)), {}),
                  "haproxy": (*stack.enter_context(servers.haproxy(port, key, chosen.algorithm)), script),
                  "loquat": (address, process.pid, script)}
    for url, _, own in contenders.values():
        check_works(url + "/bench/x", **own)
    results = interleave(chosen, contenders, connections=chosen.connections)
    show(results, "haproxy")
    return results


def routes(chosen, folder, stack):
    port = stack.enter_context(servers.origin())
    count = 100 if chosen.smoke else chosen.routes
    few = write_config(folder / "few.yaml", port, 1)
    many = write_config(folder / "many.yaml", port, count)
    few_address, few_process = stack.enter_context(servers.loquat(chosen.binaries, folder / "few", config=few))
    many_address, many_process = stack.enter_context(servers.loquat(chosen.binaries, folder / "many", config=many))
    contenders = {"1 route": (few_address, few_process.pid, {"script": ROUTES_SCRIPT % 1}),
                  f"{count} routes": (many_address, many_process.pid, {"script": ROUTES_SCRIPT % count})}
    for url, _, own in contenders.values():
        check_works(url + "/bench/x", **own)
    results = interleave(chosen, contenders, connections=chosen.connections)
    show(results, "1 route")
    results["reload"] = [reload_under_load(chosen, many, port, count, many_address, many_process)]
    print("while reloading:", results["reload"][0])
    return results


def reload_under_load(chosen, config, port, count, address, process):
    """Changes the file and asks the gateway to read it again, once a second, while requests run."""
    done, reloads = threading.Event(), 0
    result = {}
    seconds = max(2, chosen.seconds * 2)
    worker = threading.Thread(target=lambda: (result.update(measure.wrk_with_cpu(
        process.pid, address + "/bench/x", seconds, connections=chosen.connections, script=ROUTES_SCRIPT % count)), done.set()))
    worker.start()
    while not done.wait(1):
        reloads += 1
        write_config(config, port, count, mark=f"r{reloads}-")
        os.kill(process.pid, signal.SIGHUP)
    worker.join()
    time.sleep(0.1)
    return {**result, "reloads": reloads, "alive": process.poll() is None}


def main():
    parser = measure.options(__doc__)
    parser.add_argument("--jwt", action="store_true", help="every request carries one of many tokens")
    parser.add_argument("--algorithm", choices=["RS256", "ES256"], default="RS256", help="that signs the tokens")
    parser.add_argument("--tokens", type=int, default=10_000)
    parser.add_argument("--routes", type=int, default=0, metavar="N", help="choose among N routes, and reload them under load")
    parser.add_argument("--resilience", action="store_true", help="three servers of the registry, checks, repeats, circuits, fallback: beside plain")
    parser.add_argument("--calls", action="store_true", help="count system calls a request (needs perf and the right to use it)")
    parser.add_argument("--beside", type=pathlib.Path, help="binaries of another build, asked in turn with these")
    parser.add_argument("--connections", type=int, default=64)
    chosen = measure.parse(parser)
    kinds = {"gateway-calls": calls, "gateway": plain, "gateway-jwt": jwt, "gateway-routes": routes,
             "gateway-resilience": resilience}
    wanted = ["gateway-calls"] if chosen.calls else ["gateway-jwt"] if chosen.jwt else ["gateway-routes"] if chosen.routes else \
        ["gateway-resilience"] if chosen.resilience else ["gateway"]
    for name in kinds if chosen.smoke and not chosen.calls else wanted:
        with tempfile.TemporaryDirectory(prefix="bench-gateway-") as folder, contextlib.ExitStack() as stack:
            results = kinds[name](chosen, pathlib.Path(folder), stack)
        peers = {"nginx": measure.version_of("nginx", "-v"), "haproxy": measure.version_of("haproxy", "-v")}
        measure.report(name, chosen, {"connections": chosen.connections, "versions": peers, **results})


if __name__ == "__main__":
    main()
