"""Centrifugo, a peer of the edges: built once from its Go module, several of it on one Redis."""
import contextlib
import json
import os
import pathlib
import tempfile

from tools.bench import servers
from tools.bench.measure import ROOT
from tools.infra.server import need_program, run

MODULE, VERSION = "github.com/centrifugal/centrifugo/v6", "v6.9.1"
FOLDER = ROOT / ".cache" / "bench" / f"centrifugo-{VERSION}"


def program():
    """The first time this takes minutes."""
    made = FOLDER / "centrifugo"
    if not made.exists():
        go = need_program("go", "Centrifugo is built with Go (https://go.dev/dl)")
        FOLDER.mkdir(parents=True, exist_ok=True)
        run([go, "install", f"{MODULE}@{VERSION}"], FOLDER / "install.log", FOLDER, {"GOBIN": str(FOLDER), "GOFLAGS": "-mod=mod"})
    return made


def settings(port, redis):
    """Anybody may read and write; nothing is kept for those who come back."""
    return {"http_server": {"address": "127.0.0.1", "port": port},
            "client": {"insecure": True},
            "channel": {"without_namespace": {"allow_subscribe_for_client": True, "allow_publish_for_client": True}},
            "engine": {"type": "redis", "redis": {"address": redis.url()}},
            "log": {"level": "warn"}}


@contextlib.contextmanager
def behind_nginx(port, core):
    door = servers.free_port()
    body = f"""server {{ listen 127.0.0.1:{door}; location / {{ proxy_pass http://127.0.0.1:{port}; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "Upgrade"; proxy_set_header Host $http_host; }} }}"""
    with servers.nginx(body, door, core) as session:
        workers = pathlib.Path(f"/proc/{session}/task/{session}/children").read_text(encoding="ascii").split()
        yield door, [int(pid) for pid in workers]


@contextlib.contextmanager
def running(redis, count, doors=False):
    """`count` of it, one core each at most; with `doors` nginx before each. Yields the ports and all processes."""
    ports, pids = [servers.free_port() for _ in range(count)], []
    cores = ",".join(map(str, range(os.cpu_count())))
    with tempfile.TemporaryDirectory(prefix="bench-centrifugo-") as name, contextlib.ExitStack() as stack:
        for port in ports:
            config = pathlib.Path(name) / f"{port}.json"
            config.touch(mode=0o600)
            config.write_text(json.dumps(settings(port, redis)))
            command = ["env", "GOMAXPROCS=1", program(), f"--config={config}"]
            pids.append(stack.enter_context(servers.serving(command, port, cores, pathlib.Path(name) / f"{port}.log", 60)))
        if doors:
            made = [stack.enter_context(behind_nginx(port, cores)) for port in ports]
            ports, pids = [port for port, _ in made], pids + [pid for _, workers in made for pid in workers]
        yield ports, pids
