"""Servers on loopback, each in a session of its own, stopped in the end whatever happens."""
import contextlib
import pathlib
import re
import socket
import subprocess
import tempfile
import time

from tools.bench.measure import LOAD_CORE, SERVER_CORE, pinned
from tools.testing import own_servers
from tools.testing.process import ready_address, stop

BODY = '{"id":"019aa7c4-6a4b-7c3e-9f53-2f6f0a9d1c11","title":"' + "x" * 130 + '","ok":true}'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise RuntimeError(f"no server on port {port}: {process.args}")


@contextlib.contextmanager
def serving(command, port, core, log, seconds=20):
    with open(log, "wb") as out:
        process = subprocess.Popen(pinned(core, command), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    try:
        wait_for_port(port, process, seconds)
        yield process.pid
    finally:
        stop(process)


def nginx_config(folder, body):
    return f"""
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit; worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s; server_tokens off; tcp_nodelay on;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  {body}
}}
"""


@contextlib.contextmanager
def nginx(body, port, core):
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as folder:
        config = pathlib.Path(folder) / "nginx.conf"
        config.write_text(nginx_config(folder, body))
        with serving(["nginx", "-p", folder, "-c", config], port, core, pathlib.Path(folder) / "log") as session:
            yield session


@contextlib.contextmanager
def origin(body_bytes=len(BODY)):
    """What stands behind the gateways: a fixed answer, a file where it is longer than some 200 bytes. Yields its port."""
    with origins(1, body_bytes) as ports:
        yield ports[0]


@contextlib.contextmanager
def origins(count, body_bytes=len(BODY)):
    """As many addresses of one process, so that who asks them finds the same pace behind each number of them."""
    ports = [free_port() for _ in range(count)]
    with tempfile.TemporaryDirectory(prefix="bench-origin-") as folder:
        pathlib.Path(folder).chmod(0o755)  # nginx's workers are somebody else
        (pathlib.Path(folder) / "body").write_bytes(b"x" * body_bytes)
        answer = f"return 200 '{BODY}';" if body_bytes <= 200 else f"root {folder}; rewrite ^ /body break; sendfile on;"
        listen = " ".join(f"listen 127.0.0.1:{port} reuseport;" for port in ports)
        body = f"server {{ {listen} location / {{ default_type application/json; {answer} }} }}"
        with nginx(body, ports[0], LOAD_CORE):
            yield ports


@contextlib.contextmanager
def nginx_proxy(upstream_port, speaks=""):
    """`speaks` stands behind its listening address: " http2" for that without TLS."""
    port = free_port()
    body = f"""
  upstream origin {{ server 127.0.0.1:{upstream_port}; keepalive 256; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port}{speaks} reuseport;
    location / {{ proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }} }}"""
    with nginx(body, port, SERVER_CORE) as session:
        yield f"http://127.0.0.1:{port}", session


@contextlib.contextmanager
def haproxy(upstream_port, public_key=None, algorithm="RS256"):
    """With a key file, every request needs a bearer token that it verifies and that has not expired."""
    port = free_port()
    check = "" if public_key is None else f"""
  http-request deny deny_status 401 unless {{ req.hdr(authorization) -m found }}
  http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('$.alg')
  http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless {{ var(txn.alg) -m str {algorithm} }}
  http-request deny deny_status 401 unless {{ http_auth_bearer,jwt_verify(txn.alg,"{public_key}") -m int 1 }}
  http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}"""
    with tempfile.TemporaryDirectory(prefix="bench-haproxy-") as folder:
        config = pathlib.Path(folder) / "haproxy.cfg"
        config.write_text(f"""
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout client 600s
  timeout server 600s
  timeout connect 5s
  timeout http-keep-alive 600s
  http-reuse always
frontend in
  bind 127.0.0.1:{port}{check}
  default_backend origin
backend origin
  server one 127.0.0.1:{upstream_port} pool-max-conn 256
""")
        with serving(["haproxy", "-db", "-f", config], port, SERVER_CORE, pathlib.Path(folder) / "log") as session:
            yield f"http://127.0.0.1:{port}", session


@contextlib.contextmanager
def nats():
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-nats-") as folder:
        command = ["env", "GOMAXPROCS=1", "nats-server", "-a", "127.0.0.1", "-p", port]
        with serving(command, port, SERVER_CORE, pathlib.Path(folder) / "log") as session:
            yield port, session


@contextlib.contextmanager
def loquat(binaries, data, settings=(), config=None, core=SERVER_CORE):
    """A platform with one edge loop and without limits. Yields its address and its process. A setting that begins with -- is a
    word of its command line."""
    command = [binaries / "loquat", "up", "--port", "0", "--data", data, "--set", "platform.edge_loops=1",
               "--set", "platform.log_level=warn", "--set", "gateway.access_log=false", "--set", "gateway.limits.enabled=false",
               # Accounts are made by the hundred; their passwords need not be costly to guess.
               "--set", "auth.hash_memory_kib=8", "--set", "auth.hash_passes=1", "--set", "auth.access_token_seconds=3600"]
    for setting in settings:
        command += [setting] if setting.startswith("--") else ["--set", setting]
    if config:
        command += ["--config", config]
    log = pathlib.Path(data) / "bench.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as errors:
        process = subprocess.Popen(command if core is None else pinned(core, command), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
    try:
        yield ready_address(process, log), process
    finally:
        stop(process, 30)
        process.stdout.close()


def real(*kinds):
    """Real servers for one bench after the other, beside those of suites."""
    return own_servers.running(*kinds, place="bench")


def at_postgres(postgres):
    return ["store.sql.kind=postgres", f"store.sql.url={postgres.url()}"]


def at_log(server, options=""):
    return [f"store.log.kind={server.name}", f"store.log.url={server.url()}{options}"]


def at_redis(redis):
    return [f"store.{need}.{what}" for need in ("broadcast", "limits", "presence") for what in ("kind=redis", f"url={redis.url()}")]


def pids_of(binaries, data, *services):
    """Of the processes of a platform that has one for each service; all of them without names."""
    said = subprocess.run([binaries / "loquat", "ps", "--data", data], capture_output=True, text=True, check=True).stdout
    found = [(name.partition("-")[0], int(pid)) for name, pid in re.findall(r"^(\S+)\s+(\d+)\s", said, re.M)]
    return [pid for name, pid in found if not services or name in services]
